"""Plots cut along the polygons of maps, so that every piece lies on one combination of their values.

The pieces of a plot are its partition: each part goes either into a polygon or beside it, and is never counted twice.
What two polygons of one map say differently is unknown; what none says too. Edges closer than 1e-9 degree (0.1 mm) are
one edge, as cell lines are: a sliver thinner than that between two neighbours is rounding, and goes with its neighbour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.overlay import neighbourhood
from eudr_check.overlay.combinations import Classes
from eudr_check.overlay.crosstab import Tally, require_wgs84, summed, tally
from eudr_check.overlay.grid import Grid
from eudr_check.text import sentence
from eudr_check.typing import Floats, Geometries, Mask, Positions
from eudr_check.variables import UNKNOWN

SLIVER_DEG = 1e-9
NONE = -2
"""No polygon so far."""
REST = "rest"
Values = NDArray[np.int16]


class Pieces(NamedTuple):
    """Parts of geometries, in the order of these."""

    shape: Geometries
    of: Positions
    """Position of the geometry each is a part of."""
    values: Values
    """int16 (pieces, columns) of all maps."""


@dataclass
class ZoneMaps:
    """The polygon maps of one tile."""

    columns: tuple[str, ...]
    maps: tuple["_Map", ...]
    origin: Floats
    """float64 (2,) whole degrees near the tile: counted from there, GEOS has three digits more for what it cuts."""
    _known: dict[tuple[int, ...], int] = field(default_factory=dict)
    """Number of each combination of values met so far."""

    @classmethod
    def of(cls, zones: Sequence[gpd.GeoDataFrame], grid: Grid) -> "ZoneMaps":
        """Make them ready to cut with.

        Args:
            zones: per map `geometry` (valid polygons, EPSG:4326), `rest` (bool) and int16 columns named like EVIDENCE.
            grid: cells of the tile.

        Raises:
            OverlayError: a map in another CRS.
        """
        for one in zones:
            require_wgs84(one)
        columns = [str(name) for one in zones for name in one.columns.drop([REST, "geometry"])]
        origin = np.trunc([grid.x.at[0], -grid.y.at[0]])
        return cls(tuple(columns), tuple(_Map.of(one, origin) for one in zones), origin)

    def cut(self, shapes: Geometries) -> Pieces:
        """Partition polygons (n,) in EPSG:4326 by all maps; one that no edge crosses stays the object it was.

        Raises:
            OverlayError: GEOS cannot cut one of them.
        """
        at = np.arange(len(shapes))
        pieces = Pieces(_moved(shapes, -self.origin), at, np.empty((len(shapes), 0), dtype=np.int16))
        whole = np.ones(len(shapes), dtype=bool)
        try:
            for one in self.maps:
                pieces, whole = _cut_by(pieces, whole, one)
        except shapely.errors.GEOSException as error:
            raise OverlayError(sentence("layers", "not_cut", problem=str(error))) from error
        kept = np.flatnonzero(whole)
        shape = _moved(pieces.shape, self.origin)
        shape[kept] = shapes[pieces.of[kept]]
        return Pieces(shape, pieces.of, pieces.values)

    def tally(self, shapes: Geometries, grid: Grid, classes: Classes) -> Tally:
        """Hectares of polygons (n,) per combination of the values of maps and cells, as `crosstab.tally`.

        The code of a combination is its number among those of the maps, times `classes.count`, plus that of the cells.
        """
        pieces = self.cut(shapes)
        found = tally(pieces.shape, grid, classes)
        number = self._numbered(pieces.values)[found.geometry]
        rows = Tally(pieces.of[found.geometry], number * classes.count + found.code, found.area_ha)
        return summed(rows, (len(self._known) or 1) * classes.count)

    def differ(self, boxes: Floats) -> Mask:
        """Which boxes (n, 4) in degrees hold more than one combination of the values of maps."""
        pieces = self.cut(np.atleast_1d(np.asarray(shapely.box(*boxes.T), dtype=object)))
        number = self._numbered(pieces.values)
        low, high = np.full(len(boxes), np.iinfo(np.intp).max), np.full(len(boxes), -1)
        np.minimum.at(low, pieces.of, number)
        np.maximum.at(high, pieces.of, number)
        return np.asarray(low < high)

    def classes(
        self, codes: Positions, count: int, cells: Mapping[str, NDArray[np.integer]], layers: Sequence[str]
    ) -> tuple[Positions, Classes]:
        """Combinations of maps and cells that occur, numbered as their rows sort.

        Args:
            codes: intp (n,) of `tally`.
            count: combinations of the cells.
            cells: per column of cells (count,) the values of each combination.
            layers: columns of maps and cells in their order.

        Returns:
            The number of each code, intp (n,), and what the numbers stand for (without cells).
        """
        occurring, rank = np.unique(codes, return_inverse=True)
        number, cell = np.divmod(occurring, count)
        table = np.array(list(self._known), dtype=np.int16).reshape(-1, len(self.columns))
        columns = [
            table[number, self.columns.index(name)] if name in self.columns else cells[name][cell] for name in layers
        ]
        order = np.lexsort(columns[::-1])
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return place[rank], Classes(np.empty(0, dtype=np.intp), [values[order] for values in columns], len(order))

    def _numbered(self, values: Values) -> Positions:
        """Number of the combination in each row."""
        rows, which = np.unique(values, axis=0, return_inverse=True)
        numbers = [self._known.setdefault(tuple(row), len(self._known)) for row in rows.tolist()]
        return np.array(numbers, dtype=np.intp)[which.ravel()]


@dataclass(frozen=True)
class _Map:
    """One map: polygons that may lie over one another, and the rest of the ground it speaks of."""

    shapes: Geometries
    values: Values
    """int16 (polygons, columns)."""
    tree: shapely.STRtree
    rest: Geometries
    rest_values: Values

    @classmethod
    def of(cls, zones: gpd.GeoDataFrame, origin: Floats) -> "_Map":
        shapes = _moved(zones.geometry.to_numpy(), -origin)
        shapely.prepare(shapes)
        rest = zones[REST].to_numpy(dtype=bool)
        values = zones.drop(columns=[REST, "geometry"]).to_numpy(dtype=np.int16)
        values = values.reshape(len(zones), len(zones.columns) - 2)
        return cls(shapes[~rest], values[~rest], shapely.STRtree(shapes[~rest]), shapes[rest], values[rest])


def _cut_by(pieces: Pieces, whole: Mask, one: _Map) -> tuple[Pieces, Mask]:
    """Pieces, and whether each is still its whole geometry, cut by the polygons of one map and by its rest."""
    count = one.values.shape[1]
    shape, of = pieces.shape, np.arange(len(pieces.shape))
    values = np.full((len(shape), count), NONE, dtype=np.int16)
    piece, zone = one.tree.query(shape, predicate="intersects")
    order = np.lexsort((zone, piece))
    piece, zone = piece[order], zone[order]
    turn = np.arange(len(piece)) - np.searchsorted(piece, piece)
    for number in range(int(turn.max()) + 1 if len(turn) else 0):
        by = np.full(len(pieces.shape), -1)
        by[piece[turn == number]] = zone[turn == number]
        shape, of, values = _divided(shape, of, values, one.shapes, one.values, by[of])
    open_ones = values[:, 0] == NONE
    for ground, said in zip(one.rest, one.rest_values, strict=True):
        by = np.where(values[:, 0] == NONE, 0, -1)
        shape, of, values = _divided(shape, of, values, np.array([ground]), said[None], by)
        open_ones = values[:, 0] == NONE
    values[open_ones] = UNKNOWN
    order = np.argsort(of, kind="stable")
    shape, of, values = shape[order], of[order], values[order]
    alone = np.bincount(of, minlength=len(pieces.shape)) == 1
    every = np.hstack([pieces.values[of], values])
    return Pieces(shape, pieces.of[of], every), whole[of] & alone[of]


def _divided(
    shape: Geometries, of: Positions, values: Values, zones: Geometries, said: Values, by: Positions
) -> tuple[Geometries, Positions, Values]:
    """Regions, each cut by the polygon it has in this turn (`by`; -1: none); inside its values are added."""
    rows = np.flatnonzero(by >= 0)
    inside, beyond = _parted(shape[rows], zones[by[rows]])
    shape = shape.copy()
    into, out = ~shapely.is_missing(inside), ~shapely.is_missing(beyond)
    added = rows[into]
    new = _together(values[added], said[by[added]])
    kept = np.ones(len(shape), dtype=bool)
    kept[rows] = out
    shape[rows] = beyond
    return (
        np.concatenate([shape[kept], inside[into]]),
        np.concatenate([of[kept], of[added]]),
        np.concatenate([values[kept], new]),
    )


def _together(before: Values, added: Values) -> Values:
    """What polygons over one another say together: nothing where they differ."""
    agreed = np.where(before == added, before, np.int16(UNKNOWN))
    return np.where(before == NONE, added, agreed)


def _parted(shape: Geometries, zone: Geometries) -> tuple[Geometries, Geometries]:
    """The part of each polygon (n,) in its zone (n,), and the part beyond it; None where there is none."""
    inside, beyond = np.full(len(shape), None, dtype=object), shape.copy()
    held = shapely.covers(zone, shape)
    inside[held], beyond[held] = shape[held], None
    rows = np.flatnonzero(~held)
    near = neighbourhood.around(zone[rows], shape[rows])
    common = _parts(shapely.intersection(shape[rows], near))
    other = _parts(shapely.difference(shape[rows], near))
    enters = np.bincount(common.of[~common.thin], minlength=len(rows)) > 0
    leaves = np.bincount(other.of[~other.thin], minlength=len(rows)) > 0
    # A region that is a sliver itself, or that no more than a sliver enters, stays beside the zone as it is.
    all_in = enters & ~leaves
    inside[rows[all_in]], beyond[rows[all_in]] = shape[rows[all_in]], None
    both = enters & leaves
    inside[rows[both]] = _gathered(common, other, len(rows))[both]
    beyond[rows[both]] = _gathered(other, common, len(rows))[both]
    return inside, beyond


class _Parts(NamedTuple):
    shape: Geometries
    of: Positions
    thin: Mask


def _parts(shapes: Geometries) -> _Parts:
    """Polygons of geometries; where two only touch, GEOS adds points and lines."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    flat = (shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)
    parts, of = parts[flat], of[flat]
    return _Parts(parts, of, 2 * shapely.area(parts) < SLIVER_DEG * shapely.length(parts))


def _gathered(own: _Parts, others: _Parts, count: int) -> Geometries:
    """The polygons of one side, with the slivers that rounding left on the other."""
    found: Geometries = np.full(count, None, dtype=object)
    of = own.of[~own.thin]
    if len(of):
        shapely.multipolygons(own.shape[~own.thin], indices=of, out=found)
    for row in np.unique(others.of[others.thin]):
        if found[row] is not None:
            found[row] = shapely.union_all([found[row], *others.shape[others.thin & (others.of == row)]])
    return found


def _moved(shapes: Geometries, by: Floats) -> Geometries:
    """Geometries moved by whole degrees, which rounds no corner; None stays None."""
    moved: Geometries = shapes.copy() if not by.any() else np.asarray(shapely.transform(shapes, lambda at: at + by))
    return moved
