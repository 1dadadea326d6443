"""Plots cut along cell lines into parts of one kind of ground each; every square metre stays.

The outline of a plot and the lines between cells of different ground are laid into one net; each mesh of the net lies
in ground of one kind. Meshes of one kind that share an edge make a piece. Pieces too small to be found on the ground
go to the neighbour they share the longest edge with, but only pieces of kinds that may: nothing cleared or unknown ever
becomes a piece of something better. Plots are cut many at once: one by one, a nation's mixed plots take minutes.
"""

import struct
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import plot_area_ha
from eudr_check.typing import Floats, Geometries, Positions

Kinds = NDArray[np.int16]
SLIVER_HA = 0.1
"""Pieces below this, about one cell of 30 m, are nothing that somebody could walk around."""
_LINE = np.dtype([("order", "u1"), ("type", "<u4"), ("count", "<u4"), ("ends", "<f8", (2, 2))])
"""A straight line as it stands in WKB."""
GRID_DEG = 1e-12
"""A tenth of a micrometre: how far positions are moved where lines would not meet otherwise."""


@dataclass(frozen=True)
class Cells:
    """Ground by cells."""

    kind: Kinds
    """int16 (ny, nx), from 1; 0 where there is none."""
    x_lines: Floats
    """float64 (nx + 1,) longitudes, ascending."""
    y_lines: Floats
    """float64 (ny + 1,) latitudes, descending."""

    def windows(self, bounds: Floats) -> list[tuple[slice, slice]]:
        """Rows and columns of the cells that boxes (n, 4) touch: west, south, east, north in degrees."""
        west, south, east, north = bounds.T
        left, right = (np.searchsorted(self.x_lines, side, side="right") for side in (west, east))
        top, bottom = (np.searchsorted(-self.y_lines, -side, side="right") for side in (north, south))
        ends = (np.maximum(line, 0).tolist() for line in (top - 1, bottom, left - 1, right))
        return [(slice(first, last), slice(begin, end)) for first, last, begin, end in zip(*ends, strict=True)]

    def part(self, rows: slice, columns: slice) -> "Cells":
        """The cells of some rows and columns."""
        kind = self.kind[rows, columns].copy()
        y, x = kind.shape
        return Cells(kind, self.x_lines[columns.start :][: x + 1], self.y_lines[rows.start :][: y + 1])

    def lines(self) -> Floats:
        """float64 (n, 2, 2) ends of the straight lines between cells of different ground, and around all of it."""
        padded = _framed(self.kind)
        row, west, east = _runs(padded[1:, 1:-1] != padded[:-1, 1:-1])
        column, north, south = _runs((padded[1:-1, 1:] != padded[1:-1, :-1]).T)
        x, y = self.x_lines, self.y_lines
        along, down = (x[west], y[row], x[east], y[row]), (x[column], y[north], x[column], y[south])
        return np.concatenate([np.stack(along, axis=1), np.stack(down, axis=1)]).reshape(-1, 2, 2)

    def at(self, x: Floats, y: Floats) -> Kinds:
        """int16 (n,) ground at positions in degrees; 0 outside."""
        padded = _framed(self.kind)
        column = np.searchsorted(self.x_lines, x, side="right")
        row = np.searchsorted(-self.y_lines, -y, side="right")
        found: Kinds = padded[row, column]
        return found


@dataclass(frozen=True)
class Parts:
    """Parts of some plots, ordered by plot and kind; those of a plot cover it without gap or overlap."""

    plot: Positions
    """intp (n,) place of the plot."""
    kind: Kinds
    """int16 (n,) kind of part."""
    holds_ha: Floats
    """float64 (n, kinds) hectares by kind of ground, from 0: what slivers brought with them included."""
    meshes: Geometries
    """Polygons that the parts are made of."""
    part: Positions
    """intp (meshes,) part each belongs to."""

    def geometry(self, wanted: Positions) -> Geometries:
        """object (n,) polygons or multipolygons of some parts, normalized, EPSG:4326."""
        order = np.argsort(self.part, kind="stable")
        ends = np.searchsorted(self.part[order], [wanted, wanted + 1])
        # Meshes of one net share their sides to the last bit: nothing need be cut to join them.
        drawn = [shapely.coverage_union_all(self.meshes[order[first:last]]) for first, last in ends.T.tolist()]
        return shapely.normalize(np.array(drawn, dtype=object))


def split(
    plots: Geometries,
    ground: Sequence[Sequence[Cells]],
    part_of: Mapping[int, int],
    moving: Collection[int],
    unread: int,
) -> Parts:
    """Cut plots into parts.

    Args:
        plots: object (n,) polygons or multipolygons, valid, EPSG:4326.
        ground: for each plot the ground around it; of every tile it lies in.
        part_of: kind of part by kind of ground.
        moving: kinds of part whose slivers may go to a neighbour.
        unread: kind of ground where no cell is.

    Returns:
        Parts whose hectares add up to those of their plot but for rounding.
    """
    net = _net(plots, ground)
    meshes, of = net.meshes, net.of
    kind = _ground_of(net, ground, unread)
    part = np.zeros(max(part_of) + 1, dtype=np.int16)
    part[list(part_of)] = list(part_of.values())
    middle = shapely.bounds(plots)[:, 1::2].mean(axis=1)
    area, edges = plot_area_ha(meshes), _shared_edges(meshes, of, np.cos(np.radians(middle)))
    piece = _pieces(of, part[kind], edges)
    code = part[kind][np.unique(piece, return_index=True)[1]]
    of_piece = np.bincount(piece, weights=area, minlength=len(code)).astype(np.float64)
    group = _without_slivers(piece, code, of_piece, edges, moving)
    final = code[group][piece]
    key, member = np.unique(of * len(part) + final, return_inverse=True)
    holds = np.bincount(member * len(part) + kind, weights=area, minlength=len(key) * len(part))
    held = holds.astype(np.float64).reshape(len(key), -1)
    return Parts(key // len(part), (key % len(part)).astype(np.int16), held, meshes, member)


@dataclass(frozen=True)
class _Edges:
    """Sides that two meshes of one plot share."""

    one: Positions
    other: Positions
    length: Floats
    """float64 (n,) in degrees of latitude."""


def _framed(kind: Kinds) -> Kinds:
    """A grid with zeros around it; `numpy.pad` takes ten times as long on the ground of a plot."""
    framed = np.zeros((kind.shape[0] + 2, kind.shape[1] + 2), dtype=np.int16)
    framed[1:-1, 1:-1] = kind
    return framed


def _runs(change: NDArray[np.bool_]) -> tuple[Positions, Positions, Positions]:
    """Row, first and behind the last cell of every run of true cells in a row."""
    framed = np.zeros((change.shape[0], change.shape[1] + 2), dtype=np.int8)
    framed[:, 1:-1] = change
    step = framed[:, 1:] - framed[:, :-1]
    row, first = np.nonzero(step == 1)
    return row, first, np.nonzero(step == -1)[1]


@dataclass(frozen=True)
class _Net:
    """Meshes of some plots, ordered by plot."""

    meshes: Geometries
    """object (n,) polygons."""
    of: Positions
    """intp (n,) plot each lies in."""
    within: Geometries
    """object (n,) a point inside each."""

    def only(self, wanted: NDArray[np.bool_]) -> "_Net":
        """Some of the meshes."""
        return _Net(self.meshes[wanted], self.of[wanted], self.within[wanted])


def _net(plots: Geometries, ground: Sequence[Sequence[Cells]]) -> _Net:
    """Polygons between the lines of the ground and the outline of a plot, inside it."""
    drawn, outline = _drawn([[one.lines() for one in near] for near in ground]), shapely.boundary(plots)
    shapely.prepare(plots)
    net, loose = _between(plots, shapely.union(outline, drawn))
    if not len(loose):
        return net
    # An edge beside a cell line, a rounding error away: only on a grid all lines meet, in five times the time.
    again, _ = _between(plots[loose], shapely.union(outline[loose], drawn[loose], grid_size=GRID_DEG))
    kept = net.only(~np.isin(net.of, loose))
    of = np.concatenate([kept.of, loose[again.of]])
    order = np.argsort(of, kind="stable")
    meshes, within = np.concatenate([kept.meshes, again.meshes]), np.concatenate([kept.within, again.within])
    return _Net(meshes[order], of[order], within[order])


def _drawn(lines: Sequence[Sequence[Floats]]) -> Geometries:
    """object (n,) straight lines around each plot, as one multilinestring.

    By way of WKB: of the hundred lines of a plot each would be an object of Python, which takes three times as long.
    """
    drawn = []
    for near in lines:
        ends = np.concatenate([np.empty((0, 2, 2)), *near])
        line = np.empty(len(ends), dtype=_LINE)
        line["order"], line["type"], line["count"], line["ends"] = 1, 2, 2, ends
        drawn.append(struct.pack("<BII", 1, 5, len(ends)) + line.tobytes())
    return np.asarray(shapely.from_wkb(np.array(drawn, dtype=object)), dtype=object)


def _between(plots: Geometries, nets: Geometries) -> tuple[_Net, Positions]:
    """Meshes of nets inside their plots, and plots that these do not cover and no more.

    Where lines do not meet as they should, ends are loose, meshes are thin as threads, or one reaches out of the plot.
    """
    faces, cuts, dangles, invalid = shapely.polygonize_full(nets[:, None])
    meshes, of = shapely.get_parts(faces, return_index=True)
    net = _Net(meshes, of, shapely.point_on_surface(meshes))
    net = net.only(shapely.intersects(plots[of], net.within))
    whole = np.asarray(shapely.is_empty(cuts) & shapely.is_empty(dangles) & shapely.is_empty(invalid))
    area = shapely.area(net.meshes)
    whole[net.of[area < GRID_DEG * shapely.length(net.meshes)]] = False
    covered = np.bincount(net.of, weights=area, minlength=len(plots))
    whole &= np.abs(covered - shapely.area(plots)) <= GRID_DEG * shapely.length(plots)
    return net, np.flatnonzero(~whole)


def _ground_of(net: _Net, ground: Sequence[Sequence[Cells]], unread: int) -> Kinds:
    """int16 (n,) kind of ground of every mesh."""
    at = shapely.get_coordinates(net.within)
    kind = np.zeros(len(at), dtype=np.int16)
    ends = np.searchsorted(net.of, np.arange(len(ground) + 1)).tolist()
    for near, first, last in zip(ground, ends, ends[1:], strict=False):
        for one in near:
            found = one.at(*at[first:last].T)
            kind[first:last] = np.where(found > 0, found, kind[first:last])
    kind[kind == 0] = unread
    return kind


def _shared_edges(meshes: Geometries, of: Positions, narrower: Floats) -> _Edges:
    """Sides of a net between two meshes: both have the very same ends there.

    Args:
        meshes: polygons (n,). of: the plot of each.
        narrower: length of a degree of longitude on each plot, in degrees of latitude; one for all of its sides, so
            that opposite sides of a cell are equal.
    """
    _, corners, (rings, shells) = shapely.to_ragged_array(meshes)
    x, y = corners.T
    _, corner = np.unique(x + 1j * y, return_inverse=True)
    start = np.ones(len(corners), dtype=bool)
    start[rings[1:] - 1] = False
    start = np.flatnonzero(start)
    mesh = np.searchsorted(rings[shells], start, side="right") - 1
    low, high = np.sort([corner[start], corner[start + 1]], axis=0)
    side = low * (corner.max(initial=0) + 1) + high
    order = np.lexsort((side, of[mesh]))
    twice = (np.diff(side[order]) == 0) & (np.diff(of[mesh][order]) == 0)
    first, second = order[:-1][twice], order[1:][twice]
    begin, end = start[first], start[first] + 1
    across = (x[end] - x[begin]) * narrower[of[mesh[first]]]
    return _Edges(mesh[first], mesh[second], np.hypot(across, y[end] - y[begin]))


def _pieces(of: Positions, part: Kinds, edges: _Edges) -> Positions:
    """Number of the piece each mesh belongs to, by plot and part: meshes of one part that hang together by edges."""
    same = part[edges.one] == part[edges.other]
    one, other = edges.one[same], edges.other[same]
    piece = np.arange(len(part))
    while (piece[one] != piece[other]).any():
        lower = np.minimum(piece[one], piece[other])
        np.minimum.at(piece, one, lower)
        np.minimum.at(piece, other, lower)
        piece = piece[piece]
    first, number = np.unique(piece, return_inverse=True)
    order = np.lexsort((part[first], of[first]))
    place = np.empty(len(first), dtype=np.intp)
    place[order] = np.arange(len(first))
    return place[number]


def _without_slivers(piece: Positions, code: Kinds, area: Floats, edges: _Edges, moving: Collection[int]) -> Positions:
    """The piece each becomes a part of: itself, or for a sliver the neighbour with the longest shared edge."""
    sliver = np.isin(code, list(moving)) & (area < SLIVER_HA)
    shared = _neighbours(piece, sliver, edges)
    total, root = area.tolist(), list(range(len(code)))
    members = {one: [one] for one in range(len(code))}
    for one in np.argsort(area, kind="stable").tolist():
        if not sliver[one] or total[one] >= SLIVER_HA:
            continue
        edge = defaultdict[int, float](float)
        for member in members[one]:
            for neighbour, length in shared.get(member, ()):
                edge[root[neighbour]] += length
        edge.pop(one, None)
        if edge:
            target = max(edge, key=lambda found: (edge[found], -found))
            total[target] += total[one]
            for member in members[one]:
                root[member] = target
            members[target] += members.pop(one)
    return np.array(root, dtype=np.intp)


def _neighbours(piece: Positions, sliver: NDArray[np.bool_], edges: _Edges) -> dict[int, list[tuple[int, float]]]:
    """Neighbours of slivers with the length of the edge they share."""
    one, other = piece[edges.one], piece[edges.other]
    both = np.concatenate([one, other]), np.concatenate([other, one])
    wanted = (both[0] != both[1]) & sliver[both[0]]
    key, place = np.unique(both[0][wanted] * len(sliver) + both[1][wanted], return_inverse=True)
    length = np.bincount(place, weights=np.concatenate([edges.length, edges.length])[wanted], minlength=len(key))
    shared = defaultdict[int, list[tuple[int, float]]](list)
    for of, neighbour, edge in zip(
        (key // len(sliver)).tolist(), (key % len(sliver)).tolist(), length.tolist(), strict=True
    ):
        shared[of].append((neighbour, edge))
    return shared
