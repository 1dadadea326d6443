"""GeoID v2: the shared id of a piece of land, made of its outline alone and without a network.

The outline is repaired, put on six decimals and covered by S2 cells of level 1 to 20; the GeoID is the SHA-256 of the
sorted tokens of these cells. A point stands for the leaf cell (level 30) it lies in. Two surveys of one field have two
GeoIDs, and a GeoID tells nobody where the land is who has not its outline.

Source: AgStack Asset Registry 2, regime `v2` as of 12 August 2026 (under review), and its published test vectors.
Registries still in service may give ids of an older regime, which differ.
"""

import hashlib
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from eudr_check.errors import EudrCheckError
from eudr_check.text import sentence

REGIME = "agstack-geoid-v2"
"""Label that goes with every GeoID: ids of two regimes never meet."""
DECIMALS = 6
LEVELS = (1, 20)
CELLS = 1_000_000
"""More cells than the outline of any plot takes: the cover is never cut short."""


def geoid(geometry: BaseGeometry) -> str | None:
    """The GeoID v2 of an outline or point.

    Args:
        geometry: shapely geometry in EPSG:4326 (longitude, latitude); heights are ignored.

    Returns:
        64 hexadecimal digits; None where nothing with an area, and no single point, is left to cover.

    Raises:
        EudrCheckError: the library of S2 cells is not installed (extra `geoid`).

    Example:
        >>> geoid(shapely.Point(-76.07, -6.04))[:8]
        'a32bf34a'
    """
    if geometry is None or geometry.is_empty:
        return None
    if geometry.geom_type == "Point":
        return _digest([_leaf(geometry)])
    parts = [part for part in _polygons(_on_six_decimals(geometry)) if part.area > 0]
    return _digest(_cover(parts)) if parts else None


def _s2() -> Any:
    try:
        # An optional extra, which no installer has for Windows.
        import s2geometry
    except ImportError as error:
        raise EudrCheckError(sentence("refusals", "extra_needed", needs="GeoID", extra="geoid")) from error
    return s2geometry


def _leaf(point: Any) -> str:
    s2 = _s2()
    return str(s2.S2CellId(s2.S2LatLng.FromDegrees(point.y, point.x)).ToToken())


def _on_six_decimals(geometry: Any) -> Any:
    valid = shapely.force_2d(shapely.make_valid(geometry))
    # `round` of Python, digit by digit as the regime has it: numpy rounds some halves otherwise.
    return shapely.transform(valid, _rounded)


def _rounded(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([[round(x, DECIMALS), round(y, DECIMALS)] for x, y in corners.tolist()])


def _polygons(geometry: Any) -> list[Any]:
    """The polygons in a geometry, however deep they lie."""
    if geometry.geom_type == "Polygon":
        return [geometry]
    return [polygon for part in getattr(geometry, "geoms", ()) for polygon in _polygons(part)]


def _cover(parts: list[Any]) -> list[str]:
    s2 = _s2()
    # S2 tells outlines from holes by what lies in what.
    outline = s2.S2Polygon()
    outline.InitNested([_loop(s2, ring) for part in parts for ring in (part.exterior, *part.interiors)])
    coverer = s2.S2RegionCoverer()
    least, most = LEVELS
    coverer.set_min_level(least)
    coverer.set_max_level(most)
    coverer.set_max_cells(CELLS)
    union = s2.S2CellUnion()
    union.Init([cell.id() for cell in coverer.GetCovering(outline)])
    return sorted(str(cell.ToToken()) for cell in union.cell_ids())


def _loop(s2: Any, ring: Any) -> Any:
    corners = ring.coords[:-1]
    loop = s2.S2Loop([s2.S2LatLng.FromDegrees(y, x).ToPoint() for x, y in corners])
    loop.Normalize()
    return loop


def _digest(tokens: list[str]) -> str | None:
    return hashlib.sha256("".join(tokens).encode()).hexdigest() if tokens else None
