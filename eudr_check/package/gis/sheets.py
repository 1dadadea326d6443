"""What is printed, a sheet each: cooperatives, and plots that need attention, with all that stands on their sheets."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from eudr_check.package import palette
from eudr_check.text import say, topic
from eudr_check.text.clean import clean
from eudr_check.text.many import figures
from eudr_check.typing import Floats, Positions

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
ROWS = 5_000
"""Plots drawn up at once: their outlines and sentences take 6 kB each."""


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
) -> Iterator[gpd.GeoDataFrame]:
    """Usable plots that somebody has to look at, with the words of their sheets.

    Args:
        plots: PLOTS with geometries as WKB, EPSG:4326.
        outcomes: ASSESSMENTS in the same order. reasons: REASONS.
        names: of cooperatives as people know them, by their short names.
        pictures: table of the looks of a package; None without pictures.
        language: of the reasons.

    Returns:
        By parts of `ROWS`, at least one: a multipolygon per plot, for looking at, a box around a point; ordered by
        cooperative, the gravest outcome and the largest loss first.
    """
    chosen = _in_order(plots, outcomes)
    of_reason = pd.Index(plots["plot"].take(chosen).to_pandas()).get_indexer(reasons.index)
    by_plot = np.argsort(of_reason, kind="stable")
    for begin in range(0, max(len(chosen), 1), ROWS):
        rows = chosen[begin : begin + ROWS]
        first, last = np.searchsorted(of_reason[by_plot], [begin, begin + len(rows)])
        own = by_plot[first:last]
        mine = plots.select([*_OF_PLOTS, "geometry"]).take(rows)
        said = _said(mine, outcomes.iloc[rows], names)
        said["why"] = _why(len(rows), reasons.iloc[own], of_reason[own] - begin, language)
        for name, dates in _looks(said["plot"], pictures).items():
            said[name] = dates
        yield _outlined(said.astype({name: "str" for name in said if name not in FIGURES}), mine["geometry"])


_OF_PLOTS = ("plot", "plot_id", "cooperative", "area_ha")


def _in_order(plots: pa.Table, outcomes: pd.DataFrame) -> Positions:
    """Rows of the plots that somebody has to look at, in the order of their sheets."""
    asking = outcomes["final_outcome"].isin(ATTENTION).to_numpy()
    chosen = np.flatnonzero(asking & plots["usable"].to_numpy(zero_copy_only=False).astype(bool))
    found = outcomes.iloc[chosen]
    rank = found["final_outcome"].map({name: -accent.rank for name, accent in palette.OUTCOMES.items()})
    keys = pd.DataFrame(
        {
            "cooperative": plots["cooperative"].take(chosen).to_pandas().to_numpy(),
            "rank": rank.to_numpy(dtype=float),
            "lost": -found["deforestation_ha"].fillna(0).to_numpy(dtype=float),
            "plot": plots["plot"].take(chosen).to_pandas().to_numpy(),
        },
        index=chosen,
    )
    return keys.sort_values([*keys], kind="stable").index.to_numpy(dtype=np.intp)


def _said(plots: pa.Table, outcomes: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """What stands on a sheet besides its reasons and pictures."""
    shorts = plots["cooperative"].to_pandas()
    return pd.DataFrame(
        {
            "plot": plots["plot"].to_pandas(),
            "plot_id": plots["plot_id"].to_pandas(),
            "cooperative": shorts,
            "cooperative_name": [clean(names.get(one, one)) for one in shorts],
            "final_outcome": outcomes["final_outcome"].to_numpy(),
            "area_ha": plots["area_ha"].to_pandas(),
            **{name: outcomes[name].to_numpy(dtype=float) for name in FIGURES[1:]},
        }
    )


def _outlined(said: pd.DataFrame, outlines: pa.ChunkedArray) -> gpd.GeoDataFrame:
    """The rows with their outlines (WKB) for looking at."""
    shapes = shapely.from_wkb(outlines.to_numpy(zero_copy_only=False))
    made = _on_sheets(said, shapely.bounds(shapes))
    shapes = shapely.simplify(shapes, OUTLINE_DEGREE)
    shapes = np.where(shapely.get_dimensions(shapes) == 2, shapes, made.geometry.to_numpy())
    parts, of = shapely.get_parts(shapes, return_index=True)
    areas = shapely.multipolygons(parts, indices=of)
    return made.set_geometry(gpd.GeoSeries(areas, index=made.index, crs="EPSG:4326"))


def _boxes(plots: pa.Table) -> Floats:
    """West, south, east and north of each plot, (n, 4), degrees; NaN without geometry."""
    parts = plots.select(["geometry"]).to_batches(ROWS)
    boxes = [shapely.bounds(shapely.from_wkb(part[0].to_numpy(zero_copy_only=False))) for part in parts]
    return np.concatenate([np.empty((0, 4)), *boxes])


def _on_sheets(frame: pd.DataFrame, edges: Floats) -> gpd.GeoDataFrame:
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


def _why(plots: int, reasons: pd.DataFrame, of: Positions, language: str) -> list[str]:
    """The reasons of each plot, a line each; `of` tells the plot of each."""
    hectares = {name: figures(reasons[name].to_numpy(dtype=float), language, _DECIMALS) for name in _IN_SENTENCES}
    said: list[list[str]] = [[] for _ in range(plots)]
    known = topic("reasons")
    for plot, code, layers, *said_ha in zip(
        of.tolist(), reasons["code"], reasons["layers"], *hectares.values(), strict=True
    ):
        # A code of another version has no sentence here; it is a reason all the same.
        if code in known:
            code = say("reasons", code, language, layers=layers, **dict(zip(hectares, said_ha, strict=True)))
        said[plot].append(code)
    return ["\n".join(mine) for mine in said]


_IN_SENTENCES = ("area_ha", "threshold_ha", "margin_ha")


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
