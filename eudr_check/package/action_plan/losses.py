"""Loss after the cut-off on plots, as a technician has to find it: where it lies, in which year, how much."""

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check.law.regulation import CUTOFF_YEAR

COLUMNS = ["plot", "column", "year", "area_ha", "disturbed", "geometry"]
CODES = frozenset(
    {"agreed_deforestation", "deforestation_one_method", "event_on_forest", "event_on_tree_crop", "canopy_disturbance",
     "possibly_before_cutoff", "baseline_disputed", "point_cell_agreed", "wider_disc_not_clean",
     "event_on_planted_forest", "primary_to_plantation", "regenerating_to_plantation", "natural_to_other_wooded",
     "primary_to_planted", "forest_to_agriculture"}
)  # fmt: skip
"""Reasons that speak of an event: their place is where it was seen."""


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
    after = after.assign(plot=after["plots"]).explode("plot")
    after = after[after["plot"].isin(plots.index[plots.geometry.notna()])]
    whole = np.asarray(after.geometry)
    ground = np.asarray(plots.geometry.reindex(after["plot"]))
    is_area = shapely.get_dimensions(ground) == 2
    part = np.where(is_area, shapely.intersection(whole, shapely.make_valid(ground)), whole)
    share = np.divide(shapely.area(part), shapely.area(whole))
    found = gpd.GeoDataFrame(
        {
            "plot": after["plot"],
            "column": after["column"],
            "year": after["year"],
            "area_ha": after["area_ha"] * share,
            "disturbed": after["column"].isin(disturbed),
        },
        geometry=part,
        crs=4326,
    )
    kept = found[share > 0].sort_values(["plot", "area_ha", "year"], ascending=[True, False, True], kind="stable")
    return kept.reset_index(drop=True)[COLUMNS]


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
    there = todo["plot"].isin(lost_at.index) & todo["code"].isin(CODES)
    placed = todo.assign(**{name: pd.to_numeric(todo[name]) for name in ("longitude", "latitude")})
    for name in ("longitude", "latitude"):
        placed.loc[there, name] = lost_at[name].reindex(placed.loc[there, "plot"]).to_numpy(float)
    return placed
