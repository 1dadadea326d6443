"""Loss after the cut-off on plots, as a technician has to find it: where it lies, in which year, how much."""

from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.lookup import among
from eudr_check.typing import Geometries, Mask

COLUMNS = ["plot", "column", "year", "area_ha", "disturbed", "geometry"]
CODES = frozenset(
    {"agreed_deforestation", "deforestation_one_method", "event_on_forest", "event_on_tree_crop", "canopy_disturbance",
     "possibly_before_cutoff", "baseline_disputed", "point_cell_agreed", "wider_disc_not_clean",
     "event_on_planted_forest", "primary_to_plantation", "regenerating_to_plantation", "natural_to_other_wooded",
     "primary_to_planted", "forest_to_agriculture"}
)  # fmt: skip
"""Reasons that speak of an event: their place is where it was seen."""


def read(path: Path) -> gpd.GeoDataFrame:
    """PATCHES that can be a loss after the cut-off, from their file, never holding the others."""
    file = pq.ParquetFile(path)
    groups = (file.read_row_group(number) for number in range(file.num_row_groups))
    wanted = pc.field("year") > CUTOFF_YEAR
    after = pa.concat_tables([file.schema_arrow.empty_table(), *(group.filter(wanted) for group in groups)])
    shapes = shapely.from_wkb(after["geometry"].to_numpy())
    return gpd.GeoDataFrame(after.drop_columns("geometry").to_pandas(), geometry=shapes, crs=4326)


def on_plots(plots: gpd.GeoDataFrame, patches: gpd.GeoDataFrame, disturbed: Collection[str]) -> gpd.GeoDataFrame:
    """The part of every patch that lies on a plot; of a plot that is a point, the patches around it.

    Args:
        plots: PLOTS, EPSG:4326. patches: PATCHES. disturbed: columns that show disturbed canopy, which is no
            loss.

    Returns:
        `COLUMNS`, `disturbed` where it is no loss; the largest part of a plot first; hectares are the share of the
        patch that lies on the plot.
    """
    after = patches[patches["year"] > CUTOFF_YEAR].reset_index(drop=True)
    on = after["plots"].explode()
    ground = np.asarray(plots.geometry)
    at, patch = plots.index.get_indexer(pd.Index(on)), on.index.to_numpy()
    at, patch = at[at >= 0], patch[at >= 0]
    whole = np.asarray(after.geometry)
    is_area = shapely.get_dimensions(ground) == 2
    met = ~shapely.is_missing(ground[at]) & (~is_area[at] | _boxes_meet(whole[patch], ground[at]))
    at, patch = at[met], patch[met]
    whole, after = whole[patch], after.iloc[patch].reset_index(drop=True)
    plots_met, of = np.unique(at, return_inverse=True)
    valid = shapely.make_valid(ground[plots_met])[of]
    part = np.where(is_area[at], shapely.intersection(whole, valid), whole)
    share = np.divide(shapely.area(part), shapely.area(whole))
    found = gpd.GeoDataFrame(
        {
            "plot": plots.index[at],
            "column": after["column"],
            "year": after["year"],
            "area_ha": after["area_ha"] * share,
            "disturbed": after["column"].isin(disturbed),
        },
        geometry=part,
        crs=4326,
    )
    kept = found[share > 0].sort_values(["plot", "area_ha", "year"], ascending=[True, False, True], kind="stable")
    return gpd.GeoDataFrame(kept.reset_index(drop=True)[COLUMNS])


def _boxes_meet(one: Geometries, other: Geometries) -> Mask:
    """Whether the boxes of geometries meet, pair by pair: most plots beside a patch do not reach it."""
    (west, south, east, north), (from_, below, to, above) = shapely.bounds(one).T, shapely.bounds(other).T
    meet: Mask = (west <= to) & (from_ <= east) & (south <= above) & (below <= north)
    return meet


def marks(losses: gpd.GeoDataFrame) -> pd.DataFrame:
    """A position inside the largest loss of every plot, degrees."""
    largest = losses.drop_duplicates("plot")
    inside = shapely.point_on_surface(np.asarray(largest.geometry))
    return pd.DataFrame(
        {"longitude": shapely.get_x(inside), "latitude": shapely.get_y(inside)}, index=pd.Index(largest["plot"])
    ).round(6)


def marked(todo: pd.DataFrame, lost_at: pd.DataFrame) -> pd.DataFrame:
    """Actions of which those that speak of a loss lie where it was seen, not on the middle of the plot.

    Args:
        todo: from `actions`. lost_at: from `marks`.
    """
    there = among(todo["plot"], lost_at.index) & todo["code"].isin(CODES)
    placed = todo.assign(**{name: pd.to_numeric(todo[name]) for name in ("longitude", "latitude")})
    for name in ("longitude", "latitude"):
        placed.loc[there, name] = lost_at[name].reindex(placed.loc[there, "plot"]).to_numpy(float)
    return placed
