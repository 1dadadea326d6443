"""Outlines as the page holds them: whole numbers, end to end."""

import numpy as np
import shapely

from eudr_check.typing import Geometries

PER_DEGREE = 100_000
"""Outlines are drawn to 1e-5 degree, about a metre; the figures are computed from the plots themselves."""


def packed(geometries: Geometries) -> dict[str, list[int]]:
    """Rings of plots, patches or areas as differences of whole numbers, end to end.

    Returns:
        `origin`: x, y of the first position, in 1e-5 degree; `steps`: x and y differences in turn; `rings`: positions
        per ring; `of`: which of them each ring belongs to. Rings closer than a metre to a straight line are thinned.
    """
    simple = shapely.simplify(shapely.force_2d(geometries), 0.5 / PER_DEGREE)
    # Shells one way, holes the other: the page fills many plots at once by winding, and overlaps stay filled.
    parts, of = shapely.get_parts(shapely.orient_polygons(simple), return_index=True)
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    points = parts[is_point]
    rings, ring_of = shapely.get_rings(parts[~is_point], return_index=True)
    pieces = np.concatenate([points, rings])
    plot_indices = np.concatenate([of[is_point], of[~is_point][ring_of]])
    order = np.argsort(plot_indices, kind="stable")
    pieces, plot_indices = pieces[order], plot_indices[order]
    coordinates, piece = shapely.get_coordinates(pieces, return_index=True)
    whole = np.round(coordinates * PER_DEGREE).astype(np.int64)
    origin = whole[0] if len(whole) else np.zeros(2, np.int64)
    steps = np.diff(whole, axis=0, prepend=origin[None])
    return {
        "origin": origin.tolist(),
        "steps": steps.ravel().tolist(),
        "rings": np.bincount(piece, minlength=len(pieces)).tolist(),
        "of": plot_indices.tolist(),
    }
