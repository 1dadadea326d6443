"""Outlines as the page holds them: whole numbers, end to end."""

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.typing import Geometries

PER_DEGREE = 100_000
"""Outlines are drawn to 1e-5 degree, about a metre; the figures are computed from the plots themselves."""
AT_A_TIME = 1 << 14
"""Geometries thinned at a time: each is there three times meanwhile."""
_Rings = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


def packed(geometries: Geometries) -> dict[str, NDArray[np.int32]]:
    """Rings of plots, patches or areas as differences of whole numbers, end to end.

    Returns:
        `origin`: x, y of the first position, in 1e-5 degree; `steps`: x and y differences in turn; `rings`: positions
        per ring; `of`: which of them each ring belongs to. Rings closer than a metre to a straight line are thinned.
    """
    begins = range(0, len(geometries), AT_A_TIME)
    nothing: _Rings = np.empty((0, 2), np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
    parts = [nothing, *(_rings(geometries[begin : begin + AT_A_TIME], begin) for begin in begins)]
    whole, rings, of = (np.concatenate([part[number] for part in parts]) for number in range(3))
    origin = whole[0] if len(whole) else np.zeros(2, np.int32)
    return {"origin": origin, "steps": np.diff(whole, axis=0, prepend=origin[None]).ravel(), "rings": rings, "of": of}


def _rings(geometries: Geometries, begin: int) -> _Rings:
    """Positions (n, 2), positions per ring, and the geometry of each ring, counted from `begin`."""
    flat = shapely.force_2d(geometries) if shapely.has_z(geometries).any() else geometries
    simple = shapely.simplify(flat, 0.5 / PER_DEGREE)
    # Shells one way, holes the other: the page fills many plots at once by winding, and overlaps stay filled.
    parts, of = shapely.get_parts(shapely.orient_polygons(simple), return_index=True)
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    points = parts[is_point]
    rings, ring_of = shapely.get_rings(parts[~is_point], return_index=True)
    pieces = np.concatenate([points, rings])
    of_pieces = np.concatenate([of[is_point], of[~is_point][ring_of]])
    order = np.argsort(of_pieces, kind="stable")
    coordinates, piece = shapely.get_coordinates(pieces[order], return_index=True)
    whole = np.round(coordinates * PER_DEGREE).astype(np.int32)
    counts = np.bincount(piece, minlength=len(pieces)).astype(np.int32)
    return whole, counts, (of_pieces[order] + begin).astype(np.int32)
