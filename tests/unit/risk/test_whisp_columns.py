"""The table that callers of Whisp get says what the policies of Whisp's trees say, over the same evidence."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eudr_check import risk
from eudr_check.risk.whisp import columns
from eudr_check.variables import Variable
from tests.helpers import risk_tables as made

TREE10 = replace(made.BASELINE, column="hansen.tree10", layer="hansen_gfc@v1.13", role="context", method="hansen")
VARIABLES = (*made.ALL, TREE10)
AREA, PARTS, PLOTS = 2.0, 5, 120


@pytest.fixture(scope="module")
def ground() -> tuple[Any, pd.DataFrame]:
    """Plots in five parts each, with values drawn by chance, unknown ones among them."""
    chance = np.random.default_rng(2020)
    names = [f"P{number}" for number in range(PLOTS)]
    rows = []
    for name in names:
        for size in np.diff([0, *np.sort(chance.uniform(0, AREA, PARTS - 1)), AREA]):
            values = {one.column: _drawn(one.kind, chance) for one in VARIABLES}
            rows.append({"plot": name, "ha": float(size), **values})
    return made.plots(dict.fromkeys(names, AREA)), made.evidence(rows, VARIABLES)


def _drawn(kind: str, chance: np.random.Generator) -> int:
    if chance.uniform() < 0.08:
        return -1
    return int(chance.integers(0, 2)) if kind == "state" else int(chance.choice([0, 0, 0, 2003, 2020, 2021, 2024]))


def test_answers_are_those_of_the_policy(ground: tuple[Any, pd.DataFrame]) -> None:
    """`risk_pcrop` of every plot is the outcome under `whisp_pcrop`, for all its answers."""
    plots, evidence = ground
    found = columns.columns(plots, evidence, VARIABLES)
    assessed, _ = risk.assess(plots, evidence, VARIABLES, risk.policy("whisp_pcrop@2026-10"), None)

    assert found["risk_pcrop"].tolist() == assessed["outcome"].tolist()
    assert set(found["risk_pcrop"]) >= {"low", "undetermined"}


@pytest.mark.parametrize(("edition", "says"), [("2026-07", "low"), ("2026-10", "undetermined")])
def test_a_fifth_disturbed_before_explains_a_plot_no_more(edition: str, says: str) -> None:
    """Whisp asks for half of a plot since October, and callers get no less; without a map of crops it stays open."""
    rows: list[dict[str, Any]] = [
        {"ha": 0.4, "jrc_gfc2020.forest": 1, "hansen.loss_year": 2015},
        {"ha": 1.6, "jrc_gfc2020.forest": 1, "hansen.tree10": 1, "hansen.loss_year": 2022},
    ]
    plots = made.plots({"coop/1": AREA})
    evidence = made.evidence([{"plot": "coop/1", **row} for row in rows], VARIABLES)
    assessed, _ = risk.assess(plots, evidence, VARIABLES, risk.policy(f"whisp_pcrop@{edition}"), None)
    told = columns.columns(plots, evidence, VARIABLES)

    assert assessed["outcome"].tolist() == [says]
    assert told["risk_pcrop"].tolist() == ["undetermined"]
    assert told["Ind_03_disturbance_before_2020"].tolist() == ["unknown"]


def test_years_add_up_to_what_the_tree_counts(ground: tuple[Any, pd.DataFrame]) -> None:
    """Hectares by year are those before and after the cut-off, and empty where those are."""
    plots, evidence = ground
    found = columns.columns(plots, evidence, VARIABLES)

    for family, total in (("TMF_def", "TMF_def"), ("TMF_deg", "TMF_deg"), ("GFC_loss_year", "GFC_loss")):
        years = [f"{family}_{year}" for year in range(2021, 2026)]
        added, stated = found[years].sum(axis=1, skipna=False), found[f"{total}_after_2020"]
        both = added.notna() & stated.notna()
        assert both.any()
        np.testing.assert_allclose(added[both], stated[both])
        assert added.isna().equals(stated.isna())


def test_only_unread_ground_leaves_a_column_empty(ground: tuple[Any, pd.DataFrame]) -> None:
    """Hectares are those of the evidence where all of a plot was read, and nothing where any was not."""
    plots, evidence = ground
    found = columns.columns(plots, evidence, VARIABLES)["EUFO_2020"]
    forest = evidence[made.BASELINE.column]
    unread = (forest == -1).groupby(level="plot").any().reindex(plots.index)
    hectares = evidence["area_ha"].where(forest == 1, 0.0).groupby(level="plot").sum().reindex(plots.index)

    assert found.isna().equals(unread)
    np.testing.assert_allclose(found[~unread], hectares[~unread])


@pytest.mark.parametrize("there", [VARIABLES, made.ALL[:1]], ids=["all layers", "one layer"])
def test_an_indicator_of_which_no_layer_tells_is_unknown(
    ground: tuple[Any, pd.DataFrame], there: tuple[Variable, ...]
) -> None:
    """No column of Whisp gives plantations after 2020, and no map gives what was not read: neither is a no."""
    plots, evidence = ground
    event = tuple(one for one in VARIABLES if one.role == "event")[:1]
    used = tuple(dict.fromkeys((*there, *event)))
    found = columns.columns(plots, evidence, used)

    assert set(found["Ind_08_planted_plantations_after_2020"]) == {"unknown"}
    for name in columns.INDICATORS.values():
        says_no = (found[name] == "no").any()
        assert not says_no or there is VARIABLES, name
