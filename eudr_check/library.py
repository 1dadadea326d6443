"""The library: GeoDataFrames in, tables out. Nothing is printed, and nothing kept unless a folder is given.

`screen` does all of it in one call. `check`, `tabulate` and `assess` are its steps, for those who bring rasters of
their own; `eu_geojson` writes the file that the EU Information System takes and `eu_check` judges one. Tables are of
`eudr_check.tables`: hectares on the WGS84 ellipsoid, -1 where a layer is not known.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import xarray as xr

from eudr_check import layers as layer_room
from eudr_check import overlay as overlay_room
from eudr_check import plots as plot_room
from eudr_check import risk
from eudr_check.config import Harvest, LayerChoice, Production
from eudr_check.errors import PackageError, PlotsError
from eudr_check.package.eu import feature_text, file_rules
from eudr_check.package.eu import geojson as eu
from eudr_check.package.eu.file_faults import Fault
from eudr_check.run.harvest import Finished, run
from eudr_check.run.screen import harvest_of
from eudr_check.variables import Variable

ID, FILE = "plot_id", "plots.parquet"
ASSESSED = (
    "outcome", "reasons", "forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "unknown_ha", "margin_ha",
    "stability", "unobserved_since", "policy",
)  # fmt: skip


def screen(
    plots: gpd.GeoDataFrame,
    *,
    catalogue: Path | None = None,
    layers: Sequence[str] = (),
    policy: str | None = None,
    commodity: str = "coffee",
    country: str | None = None,
    offline: bool = False,
    folder: Path | None = None,
) -> gpd.GeoDataFrame:
    """Check plots, overlay them with forest maps and say what the evidence means, in one call.

    Args:
        plots: polygons or points in any CRS; the index holds the ids and must be unique. Columns are read as those of a
            plot file are (`producer`, `area`, `country`, `planted_year` ...).
        catalogue: STAC folder of the layers; None reads the published tiles over the network.
        layers: ids of shipped layers, such as `hansen_gfc@v1.13`; none: those of `eudr-check screen`.
        policy: a shipped policy, such as `whisp_pcrop@2026-10`; None: that of `eudr-check screen`.
        commodity: commodity of the Regulation, or its name in four languages.
        country: country of production of rows that name none: ISO code or name.
        offline: make no connection; what is not on this machine stays unknown.
        folder: where the run is kept, so that blocks are fetched once; None forgets it.

    Returns:
        One row per row of `plots` with its index: `usable`; `findings`, a tuple of codes, those of the whole file
        included; `area_ha` and ASSESSMENTS up to `policy`, null where a finding blocks the plot; the geometry as it was
        judged (EPSG:4326; repaired where a finding says so).

    Raises:
        EudrCheckError: an index that is not unique, an unknown layer, policy, commodity or country.

    Examples:
        >>> import shapely
        >>> square = shapely.box(-76.971234, -6.041234, -76.969234, -6.039234)
        >>> plots = gpd.GeoDataFrame(geometry=[square], index=["rosa"], crs="EPSG:4326")
        >>> screen(plots, country="PE", offline=True)[["outcome", "unknown_ha"]].round(2)
                   outcome  unknown_ha
        rosa  undetermined         4.9
    """
    with _folder(folder) as at:
        harvest = _harvest(plots, at, commodity=commodity, country=country, catalogue=catalogue)
        chosen: dict[str, Any] = {} if policy is None else {"policy": policy}
        if layers:
            chosen["layers"] = tuple(LayerChoice(id=one, source=harvest.layers[0].source) for one in layers)
        return tidy(plots, run(harvest.model_copy(update=chosen), until="assess", offline=offline))


def check(
    plots: gpd.GeoDataFrame, *, commodity: str = "coffee", country: str | None = None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Check and repair plots as a plot file is checked.

    Args:
        plots: as in `screen`.
        commodity: as in `screen`.
        country: as in `screen`.

    Returns:
        PLOTS (index `plot`: `screen/` and the id; EPSG:4326) and FINDINGS; `source_row` counts the rows from 1.

    Raises:
        EudrCheckError: as `screen`.

    Examples:
        >>> import shapely
        >>> crossed = shapely.Polygon([(-77, -6), (-76.999, -6.001), (-76.999, -6), (-77, -6.0012)])
        >>> rows = gpd.GeoDataFrame(geometry=[crossed], index=["rosa"], crs="EPSG:4326")
        >>> plots, findings = check(rows, country="PE")
        >>> plots["usable"].to_dict(), findings.loc[findings["severity"] == "block", "code"].tolist()
        ({'screen/rosa': False}, ['self_crossing'])
    """
    with _folder(None) as at:
        harvest = _harvest(plots, at, commodity=commodity, country=country, catalogue=at)
        return plot_room.load(harvest.plots, commodity=harvest.commodity)


def tabulate(plots: gpd.GeoDataFrame, cube: xr.Dataset, *, gps_error_m: float = 5.0) -> pd.DataFrame:
    """Hectares of plots per combination of raster values, exact to the part of a cell that a boundary cuts off.

    Args:
        plots: PLOTS, as `check` gives them; rows that are not `usable` are left out.
        cube: dimensions (y, x), y descending, cell centres in degrees, CRS EPSG:4326 by rioxarray; int16 variables,
            each named as a `Variable.column`: states 1, 0 or -1 (unknown), events the year, 0 or -1.
        gps_error_m: horizontal error of the boundaries in metres.

    Returns:
        EVIDENCE: index `plot`, `footprint`, a column per variable, `area_ha`, `area_inner_ha`, `area_outer_ha` (the
        boundary moved by the GPS error). A plot that the cube does not hold whole is unknown in every variable.

    Raises:
        PlotsError: the rows are no PLOTS.
        OverlayError: plots and cube do not fit, see `eudr_check.overlay.cross_tabulate`.
    """
    _checked(plots)
    tabulated = overlay_room.tabulate(plots, cube, gps_error_m)
    combined = overlay_room.combine([pa.Table.from_pandas(tabulated)])
    evidence, _ = overlay_room.conserve(plots, combined)
    return evidence


def assess(
    plots: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    layers: Sequence[str | Variable],
    *,
    policy: str = "convergence@1",
    production: Production | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What evidence means under a policy.

    Args:
        plots: PLOTS.
        evidence: EVIDENCE of all usable plots.
        layers: what its columns are: ids of shipped layers, or variables of one's own.
        policy: a shipped policy, or the path of a policy file.
        production: dates of production, compared with the days the layers cover; None compares none.

    Returns:
        ASSESSMENTS in the order of `plots`, and REASONS.

    Raises:
        EudrCheckError: rows that are no PLOTS; an unknown layer or policy; evidence that lacks a column or speaks of an
            unknown plot.
    """
    _checked(plots)
    variables: list[Variable] = []
    for one in layers:
        variables += (
            [one] if isinstance(one, Variable) else layer_room.definition(LayerChoice(id=one, source="-")).variables
        )
    return risk.assess(plots, evidence, variables, risk.policy(policy), production)


def eu_geojson(plots: gpd.GeoDataFrame, *, producer_as: str = "cooperative") -> dict[str, object]:
    """Plots as the EU Information System takes them: four properties, six decimals, no hole.

    Args:
        plots: PLOTS that are to be declared; which those are, their outcomes say.
        producer_as: `cooperative` names the cooperative as producer, `producer` the person.

    Returns:
        A GeoJSON FeatureCollection.

    Raises:
        PlotsError: the rows are no PLOTS.
        PackageError: plots that cannot be sent, each with the reason.
    """
    _checked(plots)
    made = eu.export(plots, producer_as)
    refused = made.changes[made.changes["refused"]]
    if len(refused):
        raise PackageError("; ".join(f"{row.plot}: {row.message}" for row in refused.itertuples()))
    found: dict[str, Any] = json.loads(feature_text.collection(feature_text.feature_texts(made.features, names=True)))
    return found


def eu_check(file: Path | bytes | str | Mapping[str, object], *, cattle: bool = False) -> list[Fault]:
    """A GeoJSON against the EU Information System's own file rules.

    Args:
        file: a path, the bytes or text of a file, or an object as `json` reads it.
        cattle: the file is for cattle: points have no upper area.

    Returns:
        Its faults in order; an empty list means nothing the system is known to refuse.

    Raises:
        PackageError: the file cannot be opened.

    Examples:
        >>> [fault.code for fault in eu_check({"type": "FeatureCollection", "features": []})]
        ['no-geometry']
    """
    if isinstance(file, Path):
        return file_rules.check_file(file, cattle=cattle)
    if isinstance(file, Mapping):
        file = json.dumps(file, ensure_ascii=False)
    return file_rules.check(file.encode() if isinstance(file, str) else file, cattle=cattle)


def _checked(plots: pd.DataFrame) -> None:
    """Refuse rows that are no PLOTS."""
    missing = [name for name in ("cooperative", "usable", "geometry_kind", "area_ha") if name not in plots]
    if missing:
        raise PlotsError(f"these are no PLOTS, columns are missing: {', '.join(missing)}; eudr_check.check makes them")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="eudr-check-") as scratch:
        yield Path(scratch)


def _harvest(
    plots: gpd.GeoDataFrame, at: Path, *, commodity: str, country: str | None, catalogue: Path | None
) -> Harvest:
    """The settings of a screening of plots, which are written as a file: all are read by the readers of files."""
    if not plots.index.is_unique:
        twice = plots.index[plots.index.duplicated()].unique()
        raise PlotsError(f"the index is the id of a plot and must be unique; more than once: {list(twice[:5])}")
    file = at / FILE
    plots.reset_index(drop=True).assign(**{ID: [str(key) for key in plots.index]}).to_parquet(file)
    harvest = harvest_of(file, commodity=commodity, catalogue=catalogue, out=at / "run", country=country)
    named = harvest.plots[0].model_copy(update={"columns": {"plot_id": ID}})
    return harvest.model_copy(update={"plots": (named,)})


def tidy(asked: pd.DataFrame, finished: Finished) -> gpd.GeoDataFrame:
    """One row per row that was asked about, found again by its row in the file; columns as `screen` gives them."""
    plots, findings = finished.plots, finished.findings
    assert finished.assessments is not None
    assessed = finished.assessments.loc[plots.index[plots["usable"]], list(ASSESSED)]
    joined = plots[["source_row", "usable", "area_ha", "geometry"]].join(assessed)
    rows = joined.set_index(joined["source_row"].astype(int)).drop(columns="source_row")
    rows = rows.reindex(range(1, len(asked) + 1))
    rows["usable"] = rows["usable"].eq(True)
    everywhere = list(findings.loc[findings["source_row"].isna() & findings["plot"].isna(), "code"])
    of_row = findings.groupby("source_row")["code"].agg(list)
    of_plot = findings[findings["source_row"].isna()].groupby("plot")["code"].agg(list)
    key = dict(zip(plots["source_row"], plots.index, strict=True))
    rows["findings"] = [
        tuple(dict.fromkeys([*of_row.get(row, []), *of_plot.get(key.get(row), []), *everywhere])) for row in rows.index
    ]
    columns = ["usable", "findings", "area_ha", *ASSESSED, "geometry"]
    return gpd.GeoDataFrame(rows[columns].set_axis(asked.index), geometry="geometry", crs="EPSG:4326")
