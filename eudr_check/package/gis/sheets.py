"""What is printed, a sheet each: cooperatives, and plots that need attention, with all that stands on their sheets."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from eudr_check.package import palette
from eudr_check.text import number, say, topic
from eudr_check.text.clean import clean

ATTENTION = ("high", "more_info_needed", "undetermined")
"""Outcomes after which somebody has to do something."""
COUNTED = ("low", *ATTENTION, "cleared_by_review")
FRAME_MM = (180.0, 148.0)
"""Width and height of the map of a sheet."""
SCALES = np.array([factor * 10**power for power in range(3, 9) for factor in (1, 2.5, 5)][2:])
"""Denominators of maps on paper, from 1:5 000 on."""
ROOM = 1.1
"""Share of the map that what it shows may take, and a margin."""
LEAST_DEGREE = 2e-4
"""From the middle of a point to the edge of its box: 22 m."""
OUTLINE_DEGREE = 1e-5
"""How far an outline on a sheet may be from that of the plot: 1.1 m, less than the width of its line at 1:5 000."""
METRES_PER_DEGREE = 111_320.0
FIGURES = ("area_ha", "forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "unknown_ha")
_DECIMALS = 3

Numbers = NDArray[np.float64]


def cooperatives(plots: pa.Table, outcomes: pd.DataFrame, names: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Boxes around the usable plots of each cooperative, with what was found there.

    Args:
        plots: PLOTS with geometries as WKB, EPSG:4326.
        outcomes: ASSESSMENTS in the same order.
        names: of cooperatives as people know them, by their short names.

    Returns:
        A polygon per cooperative with a usable plot, ordered by its short name.
    """
    usable = plots["usable"].to_numpy(zero_copy_only=False).astype(bool)
    owners = plots["cooperative"].to_pandas()[usable]
    counts = pd.crosstab(owners, outcomes["final_outcome"].to_numpy()[usable]).reindex(columns=COUNTED, fill_value=0)
    boxes = pd.DataFrame(_boxes(plots), columns=["west", "south", "east", "north"])
    around = boxes[usable].groupby(owners).agg({"west": "min", "south": "min", "east": "max", "north": "max"}).dropna()
    shorts = list(around.index)
    frame = pd.DataFrame(
        {
            "cooperative": shorts,
            "cooperative_name": [clean(names.get(one, one)) for one in shorts],
            **{name: counts[name].reindex(shorts).to_numpy(dtype=np.int64) for name in COUNTED},
        }
    )
    return _on_sheets(frame.astype({"cooperative": "str", "cooperative_name": "str"}), around.to_numpy())


def attention(
    plots: pa.Table,
    outcomes: pd.DataFrame,
    reasons: pd.DataFrame,
    names: Mapping[str, str],
    pictures: Path | None,
    language: str,
) -> gpd.GeoDataFrame:
    """Usable plots that somebody has to look at, with the words of their sheets.

    Args:
        plots: PLOTS with geometries as WKB, EPSG:4326.
        outcomes: ASSESSMENTS in the same order. reasons: REASONS.
        names: of cooperatives as people know them, by their short names.
        pictures: table of the looks of a package; None without pictures.
        language: of the reasons.

    Returns:
        A multipolygon per plot, for looking at, a box around a point; ordered by cooperative, the gravest outcome and
        the largest loss first.
    """
    asking = outcomes["final_outcome"].isin(ATTENTION).to_numpy()
    chosen = np.flatnonzero(asking & plots["usable"].to_numpy(zero_copy_only=False).astype(bool))
    mine, found = plots.take(chosen), outcomes.iloc[chosen]
    ids = mine["plot"].to_pandas()
    shorts = mine["cooperative"].to_pandas()
    frame = pd.DataFrame(
        {
            "plot": ids,
            "plot_id": mine["plot_id"].to_pandas(),
            "cooperative": shorts,
            "cooperative_name": [clean(names.get(one, one)) for one in shorts],
            "final_outcome": found["final_outcome"].to_numpy(),
            "area_ha": mine["area_ha"].to_pandas(),
            **{name: found[name].to_numpy(dtype=float) for name in FIGURES[1:]},
            "why": _why(ids, reasons, language),
            **_looks(ids, pictures),
        }
    )
    rank = frame["final_outcome"].map({name: -accent.rank for name, accent in palette.OUTCOMES.items()})
    order = frame.assign(rank=rank.astype(float), lost=-frame["deforestation_ha"].fillna(0)).sort_values(
        ["cooperative", "rank", "lost", "plot"], kind="stable"
    )
    texts = [name for name in frame if name not in FIGURES]
    said = order[list(frame)].reset_index(drop=True).astype(dict.fromkeys(texts, "str"))
    made = _on_sheets(said, _boxes(mine)[order.index])
    shapes = shapely.from_wkb(mine["geometry"].to_numpy(zero_copy_only=False))[order.index]
    shapes = shapely.simplify(shapes, OUTLINE_DEGREE)
    shapes = np.where(shapely.get_dimensions(shapes) == 2, shapes, made.geometry.to_numpy())
    parts, of = shapely.get_parts(shapes, return_index=True)
    areas = shapely.multipolygons(parts, indices=of)
    return made.set_geometry(gpd.GeoSeries(areas, index=made.index, crs="EPSG:4326"))


def _boxes(plots: pa.Table) -> Numbers:
    """West, south, east and north of each plot, (n, 4), degrees; NaN without geometry."""
    return shapely.bounds(shapely.from_wkb(plots["geometry"].to_numpy(zero_copy_only=False)))


def _on_sheets(frame: pd.DataFrame, edges: Numbers) -> gpd.GeoDataFrame:
    """The rows with their boxes, and scale and projection of their maps."""
    west, south, east, north = edges.reshape(-1, 4).T
    x, y = (west + east) / 2, (south + north) / 2
    across, along = np.maximum((east - west) / 2, LEAST_DEGREE), np.maximum((north - south) / 2, LEAST_DEGREE)
    width_m = 2 * across * METRES_PER_DEGREE * np.cos(np.radians(y))
    least = ROOM * 1000 * np.maximum(width_m / FRAME_MM[0], 2 * along * METRES_PER_DEGREE / FRAME_MM[1])
    scale = SCALES[np.searchsorted(SCALES, least).clip(max=len(SCALES) - 1)].astype(np.int64)
    zone = np.floor((x + 180) / 6).astype(int) % 60 + 1
    epsg = np.where(y >= 0, 32600, 32700) + zone
    said = frame.assign(scale=scale, projection=np.array([f"EPSG:{one}" for one in epsg], dtype=str))
    shapes = shapely.box(x - across, y - along, x + across, y + along)
    return gpd.GeoDataFrame(said.astype({"projection": "str"}), geometry=shapes, crs="EPSG:4326")


def _why(plots: pd.Series, reasons: pd.DataFrame, language: str) -> list[str]:
    """The reasons of each plot, a line each."""
    known = reasons[reasons.index.isin(plots)]
    hectares = {name: [_figure(one, language) for one in known[name]] for name in _IN_SENTENCES}
    lines = [
        # A code of another version has no sentence here; it is a reason all the same.
        say("reasons", code, language, layers=layers, **dict(zip(hectares, figures, strict=True)))
        if code in topic("reasons")
        else code
        for code, layers, *figures in zip(known["code"], known["layers"], *hectares.values(), strict=True)
    ]
    said: dict[str, list[str]] = {plot: [] for plot in plots}
    for plot, line in zip(known.index, lines, strict=True):
        said[plot].append(line)
    return ["\n".join(mine) for mine in said.values()]


_IN_SENTENCES = ("area_ha", "threshold_ha", "margin_ha")


def _figure(value: float, language: str) -> str:
    return "–" if np.isnan(value) else number(float(value), language, _DECIMALS)


def _looks(plots: pd.Series, pictures: Path | None) -> dict[str, list[str | None]]:
    """Dates of the pictures before the cut-off and of now in which a plot is seen; None where nothing clear is."""
    wanted = {"picture_before": "before_cutoff", "picture_now": "latest"}
    if pictures is None:
        return {field: [None] * len(plots) for field in wanted}
    known = pd.read_csv(pictures, dtype=str, keep_default_na=False, usecols=["plot", "look", "date"])
    found = {}
    for field, look in wanted.items():
        dates = known[known["look"] == look].drop_duplicates("plot").set_index("plot")["date"]
        found[field] = [date or None for date in dates.reindex(plots).fillna("")]
    return found
