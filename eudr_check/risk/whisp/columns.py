"""The table that users of Whisp know: its columns by its names, with what was not read left empty.

Source: openforis-whisp 3.0.0a22, October 2026 (`lookup_datasets.csv`, `reformat.py`, `risk.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eudr_check.risk.convergence.evidence_arrays import EvidenceArrays
from eudr_check.risk.convergence.sums import per_plot
from eudr_check.risk.policy import Whisp, policy
from eudr_check.risk.whisp import trees
from eudr_check.risk.whisp.whisp import ground, indicators_of, tabulate
from eudr_check.variables import UNKNOWN, YES, Variable

EDITION = "2026-10"
RISKS = {"pcrop": "risk_pcrop", "acrop": "risk_acrop", "timber": "risk_timber"}
INDICATORS = {
    "ind_01": "Ind_01_treecover",
    "ind_02": "Ind_02_commodities",
    "ind_03": "Ind_03_disturbance_before_2020",
    "ind_04": "Ind_04_disturbance_after_2020",
    "ind_05": "Ind_05_primary_2020",
    "ind_06": "Ind_06_nat_reg_forest_2020",
    "ind_07": "Ind_07_planted_plantations_2020",
    "ind_08": "Ind_08_planted_plantations_after_2020",
    "ind_09": "Ind_09_treecover_after_2020",
    "ind_10": "Ind_10_agri_after_2020",
    "ind_11": "Ind_11_logging_concession_before_2020",
}


@dataclass(frozen=True)
class Yearly:
    """A family of columns, one per year."""

    name: str
    first: int
    last: int
    column: str | None = None
    """EVIDENCE column of the year of an event; None: no layer of ours gives it."""
    only_where: str | None = None

    @property
    def columns(self) -> dict[int, str]:
        """Name of the column by year."""
        return {year: f"{self.name}_{year}" for year in range(self.first, self.last + 1)}


YEARLY = (
    Yearly("TMF_def", 2000, 2025, "tmf.deforestation_year"),
    Yearly("TMF_deg", 2000, 2025, "tmf.degradation_year"),
    Yearly("GFC_loss_year", 2001, 2025, "hansen.loss_year", "hansen.tree10"),
    Yearly("RADD_year", 2019, 2026, "radd.alert_year"),
    Yearly("DIST_year", 2024, 2026, "dist_alert.alert_year", "jrc_gfc2020.forest"),
    Yearly("GLAD-L_year", 2017, 2026),
    Yearly("GLAD-S2_year", 2019, 2026, "glad_s2.alert_year"),
    Yearly("ESA_fire", 2001, 2020),
    Yearly("MODIS_fire", 2000, 2026),
)
STATISTICS = (
    "EUFO_2020", "GLAD_Primary", "TMF_undist", "GFC_TC_2020", "Forest_FDaP", "ESA_TC_2020", "SBTN_natural_2020",
    "ForTy_forest_2020",
    "TMF_plant", "Oil_palm_Descals", "Oil_palm_FDaP", "Coffee_FDaP", "Cocoa_FDaP", "Cocoa_ETH", "Rubber_FDaP",
    "Rubber_RBGE_2020", "Soy_Song_2020", "ForTy_tree_crops_2020",
    *(column for family in YEARLY for column in family.columns.values()),
    *(f"{name}_{when}_2020" for name in ("TMF_deg", "TMF_def", "GFC_loss", "RADD", "GLAD-L", "GLAD-S2", "MODIS_fire")
      for when in ("before", "after")),
    "DIST_after_2020", "ESA_fire_before_2020", "GFT_primary", "IFL_2020", "European_Primary_Forest",
    "GFT_naturally_regenerating",
    "GFT_planted_plantation", "IIASA_planted_plantation", "TMF_regrowth_2024", "ESRI_2024_TC", "Oil_palm_2024_FDaP",
    "Rubber_2024_FDaP", "Coffee_FDaP_2024", "Cocoa_2024_FDaP", "ESRI_crop_gain_2020_2024", "GFW_logging_before_2020",
    "ForTy_primary_2020", "ForTy_nat_reg_2020", "ForTy_planted_2020", "ForTy_plantation_2020",
)  # fmt: skip


def columns(plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable]) -> pd.DataFrame:
    """Hectares, indicators and answers of Whisp's three trees for every plot, whatever grows there.

    Args:
        plots: PLOTS.
        evidence: EVIDENCE.
        variables: its layer variables.

    Returns:
        `STATISTICS` in hectares, NaN where any ground of the plot is unread or no layer gives the column; `Ind_*` as
        `yes`, `no` or `unknown`; `risk_*` as `low`, `more_info_needed`, `high` or `undetermined`. Index of `plots`.
    """
    arrays = ground(plots, evidence, variables)
    judged = (
        plots["usable"].to_numpy(dtype=bool)
        & arrays.present("area_ha")
        & any(variable.role == "event" for variable in variables)
    )
    found: dict[str, np.ndarray] = dict(_yearly(arrays, {variable.column for variable in variables}))
    asked: dict[str, np.ndarray] = {}
    answers: dict[str, np.ndarray] = {}
    for tree, risk in RISKS.items():
        rules = policy(f"whisp_{tree}@{EDITION}")
        assert isinstance(rules, Whisp)
        table = tabulate(plots, arrays, variables, rules, "area_ha")
        for name in table.hectares:
            found[str(name)] = np.where(table.unread[name] > 0, np.nan, table.hectares[name])
        indicators = indicators_of(table, rules)
        for name in rules.columns:
            words = indicators[name].map({True: "yes", False: "no"}).astype(object).fillna("unknown")
            # Of an indicator without any column no map says no.
            asked[INDICATORS[name]] = np.where(judged & bool(rules.columns[name]), words, "unknown")
        answer = np.where(judged, trees.levels(tree, indicators), trees.UNDETERMINED)
        answers[risk] = np.array(trees.ANSWERS, dtype=object)[answer]
    statistics = pd.DataFrame({name: found.get(name, np.nan) for name in STATISTICS}, index=plots.index)
    statistics[~judged] = np.nan
    said = {name: asked.get(name, "unknown") for name in INDICATORS.values()}
    return pd.concat([statistics, pd.DataFrame({**said, **answers}, index=plots.index)], axis=1)


def _yearly(arrays: EvidenceArrays, there: set[str]) -> Iterator[tuple[str, np.ndarray]]:
    area = arrays.areas["area_ha"]
    for family in YEARLY:
        if family.column not in there or (family.only_where is not None and family.only_where not in there):
            continue
        value = arrays.values[family.column]
        counts, doubtful, unread = np.ones(len(value), dtype=bool), np.zeros(len(value), dtype=bool), value == UNKNOWN
        if family.only_where is not None:
            where = arrays.values[family.only_where]
            counts, doubtful, unread = where == YES, where == UNKNOWN, unread & (where != 0)
        for year, name in family.columns.items():
            shown = per_plot(arrays.plot_index, area, arrays.count, counts & (value == year))
            open_ground = per_plot(arrays.plot_index, area, arrays.count, unread | (doubtful & (value == year)))
            yield name, np.where(open_ground > 0, np.nan, shown)
