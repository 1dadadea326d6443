"""Cell lines of a longitude/latitude grid whose cells may be unequal, and where a position falls between them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import xarray as xr
from rasterio.crs import CRS

from eudr_check.errors import OverlayError
from eudr_check.geodesy import ECCENTRICITY_2, band_area_ha
from eudr_check.typing import Floats, Positions

SPATIAL_REF = "spatial_ref"
BUCKETS_PER_CELL = 4
STEPS_AT_MOST = 6
TALLEST_ROW = 0.005
"""Degrees; up to here hectares are true to 1e-9 at any latitude where crops grow."""


@dataclass(frozen=True)
class Lines:
    """Ascending cell lines along one axis; cell i lies between line i and line i + 1."""

    at: Floats
    """float64 (n + 1,) positions, strictly ascending."""

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.at) - 1

    @cached_property
    def relative(self) -> Floats:
        """float64 (n + 1,) distance from the first line."""
        distance: Floats = self.at - self.at[0]
        return distance

    @cached_property
    def _walls(self) -> Floats:
        """Lines with an endless cell before the first and behind the last."""
        return np.concatenate([[-np.inf], self.relative, [np.inf]])

    @cached_property
    def _start(self) -> tuple[float, Positions, int]:
        """Buckets per degree, the last wall at or before the bucket in front, and the steps a position may need."""
        count = BUCKETS_PER_CELL * self.cells
        per_degree = count / self.relative[-1]
        begins = (np.arange(count + 3) - 2) / per_degree
        wall = np.searchsorted(self.relative, begins, side="right").astype(np.intp)
        steps = int(np.max(wall[2:] - wall[:-2]))
        return per_degree, wall, steps

    def cell_of(self, distance: Floats) -> Positions:
        """Cell that holds a position: -1 before the first line, n from the last line on.

        A position on a line belongs to the cell behind the line.

        Args:
            distance: float64 (m,) from the first line, finite.
        """
        per_degree, wall, steps = self._start
        if steps > STEPS_AT_MOST:
            return np.searchsorted(self.relative, distance, side="right") - 1
        # The look-up starts at or before the right cell whatever the rounding, so that only steps forward are needed.
        bucket = distance * per_degree
        bucket += 1
        np.clip(bucket, 0, len(wall) - 1, out=bucket)
        cell = wall[bucket.astype(np.intp)]
        for _ in range(steps):
            cell += distance >= self._walls[cell + 1]
        cell -= 1
        return cell

    def index_of(self, distance: Floats, cell: Positions) -> Floats:
        """Position counted in cells from the first line, held between 0 and n."""
        inside = np.clip(cell, 0, self.cells - 1)
        start = self.relative[inside]
        index: Floats = inside + (distance - start) / (self.relative[inside + 1] - start)
        return np.clip(index, 0, self.cells, out=index)


@dataclass(frozen=True)
class Grid:
    """A grid with columns from west to east and rows from north to south."""

    x: Lines
    """Longitudes of the column lines, degrees."""
    y: Lines
    """Latitudes of the row lines with their sign turned, so that they ascend southwards."""

    @classmethod
    def of(cls, x_edges: Floats, y_edges: Floats) -> "Grid":
        """A grid from cell lines in degrees: x ascending (nx + 1,), y descending (ny + 1,).

        Raises:
            OverlayError: fewer than two lines, or lines not finite and strictly in order.
        """
        return cls(_lines("x", x_edges), _lines("y", -np.asarray(y_edges, dtype=np.float64)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.y.cells, self.x.cells

    def with_low_rows(self) -> tuple["Grid", Positions]:
        """The grid with rows divided until none is taller than `TALLEST_ROW`, and the own row of each of its rows.

        Ground is taken to change evenly over a row: wrong where a tile without any map is one cell 0.1 degree tall.
        """
        parts = np.ceil(np.diff(self.y.at) / TALLEST_ROW).astype(np.intp)
        row = np.repeat(np.arange(self.y.cells), parts)
        step = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
        lines = self.y.at[row] + np.diff(self.y.at)[row] * step / parts[row]
        return Grid(self.x, Lines(np.append(lines, self.y.at[-1]))), row

    def cells_in(self, boxes: Floats) -> Positions:
        """Places (row after row) of the cells that boxes touch.

        Args:
            boxes: float64 (n, 4) west, south, east, north in degrees.
        """
        rows, columns = self.shape
        west, east = (self.x.cell_of(boxes[:, side] - self.x.at[0]) for side in (0, 2))
        north, south = (self.y.cell_of(-boxes[:, side] - self.y.at[0]) for side in (3, 1))
        met = (west < columns) & (east >= 0) & (north < rows) & (south >= 0)
        west, east = np.maximum(west[met], 0), np.minimum(east[met], columns - 1) + 1
        north, south = np.maximum(north[met], 0), np.minimum(south[met], rows - 1) + 1
        corners = np.zeros((rows + 1, columns + 1), dtype=np.int32)
        for at, sign in (((north, west), 1), ((north, east), -1), ((south, west), -1), ((south, east), 1)):
            np.add.at(corners, at, sign)
        np.cumsum(corners, axis=1, out=corners)
        # Row by row is twice as fast here as a running sum down the columns.
        for row in range(1, rows):
            corners[row] += corners[row - 1]
        return np.flatnonzero(corners[:-1, :-1] > 0)

    @cached_property
    def width(self) -> Floats:
        """float64 (nx,) width of the columns, degrees."""
        width: Floats = np.diff(self.x.at)
        return width

    @cached_property
    def row_area_ha(self) -> Floats:
        """float64 (ny,) hectares of a row per degree of longitude."""
        return band_area_ha(-self.y.at)

    @cached_property
    def row_skew(self) -> Floats:
        """float64 (ny,) change of ground per degree of latitude from the top of a row to its bottom, relative."""
        latitude = -np.radians(self.y.at[1:] + self.y.at[:-1]) / 2
        sine, height = np.sin(latitude), np.radians(np.diff(self.y.at))
        bend = 4 * ECCENTRICITY_2 * np.cos(latitude) / (1 - ECCENTRICITY_2 * sine**2)
        skew: Floats = height * sine * (1 / np.cos(latitude) - bend)
        return skew


def grid_of(cube: xr.Dataset) -> Grid:
    """The grid of a cube.

    Cell lines come from the coordinates `x_edge` and `y_edge`; where a cube has none, its cells must be equal and the
    lines lie half-way between the centres.

    Args:
        cube: dimensions (y, x), cell-centre coordinates in degrees, CRS EPSG:4326 by rioxarray.

    Raises:
        OverlayError: no CRS or another one, a rotated grid, axes that do not run east and south, dimensions or edges
            that do not fit the variables.
    """
    _require_crs(cube)
    for name, values in cube.data_vars.items():
        if values.dims != ("y", "x"):
            raise OverlayError(f"cube variable {name}: dimensions are {values.dims}, not ('y', 'x')")
    for axis in ("x", "y"):
        if axis not in cube.coords or cube.sizes.get(axis, 0) == 0:
            raise OverlayError(f"cube has no cells along '{axis}'")
    grid = Grid.of(_edges(cube, "x"), _edges(cube, "y"))
    if grid.shape != (cube.sizes["y"], cube.sizes["x"]):
        raise OverlayError(
            f"cube has {cube.sizes['y']} x {cube.sizes['x']} cells but cell lines for {grid.shape[0]} x {grid.shape[1]}"
        )
    return grid


def _require_crs(cube: xr.Dataset) -> None:
    # rioxarray keeps the CRS in this coordinate; asking rioxarray for every tile takes as long as placing its plots.
    name = SPATIAL_REF if SPATIAL_REF in cube.coords else _rioxarray(cube).grid_mapping
    known = cube.coords[name].attrs.get("crs_wkt") if name in cube.coords else None
    if known is None or not _is_wgs84(str(known)):
        crs = _rioxarray(cube).crs
        if crs is None:
            raise OverlayError("cube has no CRS; write EPSG:4326 with cube.rio.write_crs where that is what it is in")
        if not _is_wgs84(crs.to_wkt()):
            raise OverlayError(
                f"cube is in {crs.to_string()[:60]}; the overlay works in EPSG:4326 only: bring the layer there first"
            )
    transform = cube.coords[name].attrs.get("GeoTransform")
    if transform is not None:
        _, _, turn, _, tilt, _ = (float(part) for part in str(transform).split())
        if turn or tilt:
            raise OverlayError("cube is rotated; its cells must run along longitude and latitude: warp the layer first")


def _rioxarray(cube: xr.Dataset) -> Any:
    import rioxarray  # noqa: F401  late: all of dask.array, 0.2 s of every start, and no cube of ours needs it

    return cube.rio


@lru_cache(maxsize=16)
def _is_wgs84(wkt: str) -> bool:
    crs = CRS.from_wkt(wkt)
    return bool(crs.to_epsg() == 4326 or crs.to_string() == "OGC:CRS84")


def _edges(cube: xr.Dataset, axis: str) -> Floats:
    """Cell lines along an axis, in the axis's own order, checked against the cell centres."""
    centres = np.asarray(cube.coords[axis].values, dtype=np.float64)
    order = {"x": "ascend (west to east)", "y": "descend (north to south)"}[axis]
    sign = {"x": 1, "y": -1}[axis]
    if not (np.isfinite(centres).all() and (np.diff(centres) * sign > 0).all()):
        raise OverlayError(f"cube coordinate {axis} must {order}; sort it, e.g. cube.sortby")
    if f"{axis}_edge" in cube.coords:
        edges = np.asarray(cube.coords[f"{axis}_edge"].values, dtype=np.float64)
        between = (edges[1:] - centres) * sign > 0 if len(edges) == len(centres) + 1 else np.zeros(1, dtype=bool)
        if not (between.all() and ((centres - edges[:-1]) * sign > 0).all()):
            raise OverlayError(f"cube coordinate {axis}_edge does not enclose the cell centres in {axis}")
        return edges
    if len(centres) == 1:
        raise OverlayError(f"cube has one cell along {axis} and no {axis}_edge, so its size is unknown")
    step = np.diff(centres)
    if np.abs(step - step.mean()).max() > 1e-6 * abs(step.mean()):
        raise OverlayError(f"cube cells along {axis} are unequal; give their lines in the coordinate {axis}_edge")
    size = (centres[-1] - centres[0]) / (len(centres) - 1)
    lines: Floats = centres[0] + size * (np.arange(len(centres) + 1) - 0.5)
    return lines


def _lines(axis: str, at: Floats) -> Lines:
    at = np.ascontiguousarray(at, dtype=np.float64)
    if at.ndim != 1 or len(at) < 2 or not np.isfinite(at).all() or not (np.diff(at) > 0).all():
        order = {"x": "ascend (west to east)", "y": "descend (north to south)"}[axis]
        raise OverlayError(f"cell lines in {axis} must be two or more finite degrees that {order}")
    return Lines(at)
