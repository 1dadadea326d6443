"""Outlines of areas that come near plots, for maps: whole as far as a map of all plots reaches."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.layers.polygons.files import polygons_of
from eudr_check.typing import Geometries

LEAST_DEGREE = 1.0
"""Beyond the plots, at least; else as far as they lie from one another."""
ABOUT_A_METRE = 1e-5
"""Degrees by which a drawn outline may be off."""


def of_layer(shapes: Geometries, labels: Sequence[str], ground: Geometries) -> pd.DataFrame:
    """Areas as maps show them.

    Args:
        shapes: areas that were read and come near plots, EPSG:4326; outlines may cross themselves.
        labels: what each is called.
        ground: of all plots.

    Returns:
        `feature` and `geometry`, each outline once, cut to the plots and their surroundings.
    """
    drawn = shapely.simplify(shapely.make_valid(np.asarray(shapes, dtype=object)), ABOUT_A_METRE)
    # Cutting and mending leave lines and points as well.
    drawn = shapely.normalize(polygons_of(shapely.clip_by_rect(drawn, *_around(ground))))
    found = pd.DataFrame({"feature": list(labels), "geometry": drawn, "wkb": shapely.to_wkb(drawn)})
    found = found[~shapely.is_missing(drawn)].drop_duplicates(["feature", "wkb"]).sort_values(["feature", "wkb"])
    return found[["feature", "geometry"]]


def table(found: Sequence[pd.DataFrame]) -> gpd.GeoDataFrame:
    """AREA_OUTLINES of the areas of all layers."""
    none: dict[str, object] = {"geometry": []}
    rows = tables.typed(tables.AREA_OUTLINES, pd.concat(found, ignore_index=True) if found else none)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def _around(ground: Geometries) -> list[float]:
    west, south, east, north = shapely.total_bounds(ground).tolist()
    margin = max(LEAST_DEGREE, (east - west) / 2, (north - south) / 2)
    # Whole tenths of a degree: plots that come and go do not move the cut.
    return [round(edge, 1) for edge in (west - margin, south - margin, east + margin, north + margin)]
