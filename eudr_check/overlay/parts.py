"""A plot cut along cell lines into parts of one kind of ground each; every square metre stays.

The outline of the plot and those of the cells on it are laid into one net of lines; each mesh of the net lies in one
cell of the plot. Meshes of one kind that share an edge make a piece. Pieces too small to be found on the ground go to
the neighbour they share the longest edge with, but only pieces of kinds that may: nothing cleared or unknown ever
becomes a piece of something better.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.polygonize import outlines
from eudr_check.typing import Floats, Geometries, Positions

Kinds = NDArray[np.int16]
Area = shapely.Polygon | shapely.MultiPolygon
SLIVER_HA = 0.1
"""Pieces below this, about one cell of 30 m, are nothing that somebody could walk around."""


GRID_DEG = 1e-12
"""A tenth of a micrometre: how far positions are moved so that all lines meet in common ones."""


@dataclass(frozen=True)
class Part:
    """One part of a plot."""

    kind: int
    geometry: Area
    holds_ha: Mapping[int, float]
    """Hectares by kind of ground: what slivers brought with them included."""


@dataclass(frozen=True)
class Cells:
    """Ground by cells."""

    kind: Kinds
    """int16 (ny, nx), from 1; 0 where there is none."""
    x_lines: Floats
    """float64 (nx + 1,) longitudes, ascending."""
    y_lines: Floats
    """float64 (ny + 1,) latitudes, descending."""

    def around(self, bounds: Floats) -> "Cells":
        """The cells that a box (west, south, east, north in degrees) touches."""
        west, south, east, north = bounds
        left, right = np.searchsorted(self.x_lines, [west, east], side="right") - 1
        top, bottom = np.searchsorted(-self.y_lines, [-north, -south], side="right") - 1
        rows, columns = slice(max(top, 0), max(bottom + 1, 0)), slice(max(left, 0), max(right + 1, 0))
        kind = self.kind[rows, columns].copy()
        y, x = kind.shape
        return Cells(kind, self.x_lines[columns.start :][: x + 1], self.y_lines[rows.start :][: y + 1])

    def outlines(self) -> tuple[Geometries, Kinds]:
        """Polygons of cells of one kind that share edges, and their kinds."""
        found = outlines(self.kind, self.x_lines, self.y_lines)
        return found.polygons(), found.value


def split(
    plot: Area,
    cells: Sequence[Cells],
    part_of: Mapping[int, int],
    moving: Collection[int],
    unread: int,
) -> list[Part]:
    """Cut a plot into parts.

    Args:
        plot: valid, EPSG:4326.
        cells: ground around it; of every tile it lies in.
        part_of: kind of part by kind of ground.
        moving: kinds of part whose slivers may go to a neighbour.
        unread: kind of ground where no cell is.

    Returns:
        Parts by kind, which cover the plot without gap or overlap; their hectares add up to its own but for rounding.
    """
    near = [one.around(shapely.bounds(plot)).outlines() for one in cells]
    drawn = np.concatenate([shapes for shapes, _ in near]) if near else np.empty(0, dtype=object)
    kinds = np.concatenate([kind for _, kind in near]) if near else np.empty(0, dtype=np.int16)
    meshes = _meshes(plot, drawn)
    inside = shapely.point_on_surface(meshes)
    kind = np.full(len(meshes), unread, dtype=np.int16)
    mesh, outline = shapely.STRtree(drawn).query(inside, predicate="intersects")
    kind[mesh] = kinds[outline]
    part = np.array([part_of[int(one)] for one in kind], dtype=np.int16)
    pieces, code = _pieces(meshes, part)
    # A mesh as thin as rounding may have its point on the edge of two pieces; it belongs to one.
    of = shapely.STRtree(pieces).nearest(inside)
    area = plot_area_ha(meshes)
    of_piece = np.bincount(of, weights=area, minlength=len(pieces)).astype(np.float64)
    group = _without_slivers(pieces, code, of_piece, moving)
    of_mesh = code[group][of]
    return [
        Part(
            int(one),
            cast(Area, shapely.normalize(shapely.union_all(pieces[code[group] == one]))),
            {int(of_kind): float(area[(of_mesh == one) & (kind == of_kind)].sum()) for of_kind in np.unique(kind)},
        )
        for one in np.unique(code[group])
    ]


def _meshes(plot: Area, drawn: Geometries) -> Geometries:
    """Polygons between the lines of some outlines and that of the plot, inside it."""
    # An edge of a plot beside a cell line, a rounding error away, would otherwise leave meshes open.
    net = shapely.union_all([shapely.boundary(plot), *shapely.boundary(drawn)], grid_size=GRID_DEG)
    meshes = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    shapely.prepare(plot)
    found: Geometries = meshes[shapely.intersects(plot, shapely.point_on_surface(meshes))]
    return found


def _pieces(meshes: Geometries, part: Kinds) -> tuple[Geometries, Kinds]:
    """Meshes of one kind that share edges as one polygon, by kind and place."""
    pieces, codes = [], []
    for code in np.unique(part):
        found = shapely.get_parts(shapely.normalize(shapely.union_all(meshes[part == code])))
        pieces.append(found)
        codes.append(np.full(len(found), code, dtype=np.int16))
    return np.concatenate(pieces), np.concatenate(codes)


def _without_slivers(pieces: Geometries, code: Kinds, area: Floats, moving: Collection[int]) -> Positions:
    """The piece each becomes a part of: itself, or for a sliver the neighbour with the longest shared edge."""
    sliver = np.isin(code, list(moving)) & (area < SLIVER_HA)
    shared = _shared_edges(pieces, sliver)
    into, total = np.arange(len(pieces)), area.copy()
    for piece in (one for one in np.argsort(area, kind="stable") if sliver[one]):
        if total[piece] >= SLIVER_HA:
            continue
        edge = defaultdict[int, float](float)
        for member in np.flatnonzero(into == piece):
            for neighbour, length in shared[int(member)]:
                edge[int(into[neighbour])] += length
        edge.pop(int(piece), None)
        if edge:
            target = max(edge, key=lambda one: (edge[one], -one))
            total[target] += total[piece]
            into[into == piece] = target
    return into


def _shared_edges(pieces: Geometries, sliver: NDArray[np.bool_]) -> dict[int, list[tuple[int, float]]]:
    """Neighbours of slivers with the length of the edge they share, in degrees of latitude."""
    small = np.flatnonzero(sliver)
    shared = defaultdict[int, list[tuple[int, float]]](list)
    one, other = shapely.STRtree(pieces).query(pieces[small], predicate="intersects")
    one = small[one]
    one, other = one[one != other], other[one != other]
    middle = np.cos(np.radians(shapely.bounds(pieces)[:, 1::2].mean()))
    lines = shapely.transform(shapely.boundary(pieces), lambda at: at * np.array([middle, 1.0]))
    length = shapely.length(shapely.intersection(lines[one], lines[other]))
    for piece, neighbour, edge in zip(one.tolist(), other.tolist(), length.tolist(), strict=True):
        if edge > 0:
            shared[piece].append((neighbour, edge))
    return shared
