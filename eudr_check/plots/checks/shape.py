"""Shape and digits of plots."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import METRES_PER_DEGREE_EQUATOR, metres_per_degree, plot_area_ha, rings_of
from eudr_check.plots.checks.enclosed_ground import enclosed
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows
from eudr_check.plots.read.raw_table import UNKNOWN_DECIMALS
from eudr_check.plots.thresholds import threshold
from eudr_check.steps import Map
from eudr_check.typing import Floats, Geometries, Ints, Value

Bools = NDArray[np.bool_]

M2_PER_HA = 10_000.0
_CHUNK = 20_000
_GRID_TOLERANCE = 1e-9
_SQUARE_CORNERS = 4


def in_chunks(measure: Callable[[Geometries], NDArray[Value]], geometry: Geometries, each: Map) -> NDArray[Value]:
    """What a function gives for each geometry, asked for some at a time: vertices outnumber plots by far.

    Args:
        measure: object (n,) geometries to (n,) values; it lets go of Python's lock.
        geometry: object (n,).
        each: `map` for the chunks.
    """
    starts = range(0, max(len(geometry), 1), _CHUNK)
    return np.concatenate([*each(lambda start: measure(geometry[start : start + _CHUNK]), starts)])


def check_outline(geometry: Geometries, log: FindingCollector, each: Map) -> None:
    """Report holes, spikes, slivers, circles, squares, too many vertices and outlines that six decimals destroy.

    Args:
        geometry: object (n,) in EPSG:4326; only polygons and multipolygons are looked at, which must be valid.
        log: takes the findings.
        each: `map` for chunks of plots.
    """
    polygonal = np.flatnonzero(np.isin(shapely.get_type_id(geometry), (3, 6)))

    def check(rows: Ints) -> None:
        _check_rings(geometry[rows], rows, log)
        _check_six_decimals(geometry[rows], rows, log)

    list(each(check, (polygonal[start : start + _CHUNK] for start in range(0, len(polygonal), _CHUNK))))


def _check_rings(geometry: NDArray[Any], rows: Ints, log: FindingCollector) -> None:
    rings = rings_of(geometry)
    xy, ring, plot_index = rings.coordinates, rings.ring, rings.plot_index
    count = len(rows)
    holes = np.bincount(plot_index[~rings.outer], minlength=count)
    log.row("hole", rows[holes > 0], holes=holes[holes > 0])
    vertices = np.bincount(plot_index[ring], minlength=count)
    many = vertices > threshold("vertices_max")
    log.row("vertices_many", rows[many], vertices=vertices[many])
    single = np.bincount(plot_index, minlength=count) == 1
    metres = _metres(xy, ring, len(plot_index))
    before, after, corner = _sides(metres, ring)
    _check_spikes(before, after, xy[corner], plot_index[ring[corner]], rows, log)
    area, perimeter = _area_and_perimeter(metres, ring, len(plot_index))
    corners = np.bincount(ring[corner], minlength=len(plot_index))
    largest = np.maximum.reduceat(area, np.searchsorted(plot_index, np.arange(count)))[plot_index] == area
    with np.errstate(divide="ignore", invalid="ignore"):
        compactness = 4 * np.pi * area / perimeter**2
    thin = np.zeros(count, dtype=bool)
    total = np.bincount(plot_index, weights=area, minlength=count) / M2_PER_HA
    thin[plot_index[(compactness < threshold("sliver_compactness"))]] = True
    thin &= (total < threshold("sliver_area_ha")) & single
    log.row("sliver", rows[thin], area_ha=np.round(total[thin], 6))
    round_ = (compactness > threshold("circle_compactness")) & (corners >= threshold("circle_vertices")) & largest
    log.row("circle", rows[np.unique(plot_index[round_])])
    square = np.zeros(count, dtype=bool)
    square[plot_index[_squares(before, after, ring[corner], corners)]] = True
    log.row("drawn_square", rows[square & single])


def _metres(xy: Floats, ring: Ints, count: int) -> Floats:
    """Positions in metres east and north of the first vertex of their ring."""
    first = np.searchsorted(ring, np.arange(count))
    origin = xy[first]
    east, north = metres_per_degree(origin[:, 1])
    return np.asarray((xy - origin[ring]) * np.column_stack([east, north])[ring])


def _sides(metres: Floats, ring: Ints) -> tuple[Floats, Floats, Ints]:
    """The side into and out of every corner, metres (m, 2) each, and the corner's position.

    The closing position repeats the first corner and is left out; the side into the first corner is the ring's last.
    """
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.empty(0, dtype=bool)
    corner = np.flatnonzero(~last)
    first = np.append(True, ring[1:] != ring[:-1])[corner] if len(ring) else np.empty(0, dtype=bool)
    ends = np.flatnonzero(last)
    previous = np.where(first, ends[ring[corner]] - 1, corner - 1)
    return metres[corner] - metres[previous], metres[corner + 1] - metres[corner], corner


def _check_spikes(
    before: Floats, after: Floats, place: Floats, plot_index: Ints, rows: Ints, log: FindingCollector
) -> None:
    """Corners whose sides nearly run back on themselves; the sharpest of each plot is reported."""
    into, out = np.hypot(*before.T), np.hypot(*after.T)
    base = np.hypot(*(before + after).T)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = -(before * after).sum(axis=1) / (into * out)
        spiky = (cosine > np.cos(np.radians(threshold("spike_angle_deg")))) & (
            (into + out) / base > threshold("spike_ratio")
        )
    found = np.flatnonzero(spiky)
    found = found[np.lexsort([-cosine[found], plot_index[found]])]
    _, sharpest = np.unique(plot_index[found], return_index=True)
    found = found[sharpest]
    angle = np.degrees(np.arccos(np.clip(cosine[found], -1, 1)))
    log.row("spike", rows[plot_index[found]], at=place[found], angle_deg=np.round(angle, 2))


def _area_and_perimeter(metres: Floats, ring: Ints, count: int) -> tuple[Floats, Floats]:
    """Planar area (m2) and length (m) of each ring: good enough to judge a shape by."""
    start = np.flatnonzero(ring[1:] == ring[:-1])
    one, two = metres[start], metres[start + 1]
    twice = one[:, 0] * two[:, 1] - two[:, 0] * one[:, 1]
    area = np.abs(np.bincount(ring[start], weights=twice, minlength=count).astype(np.float64)) / 2
    length = np.bincount(ring[start], weights=np.hypot(*(two - one).T), minlength=count).astype(np.float64)
    return area, np.asarray(length, dtype=np.float64)


def _squares(before: Floats, after: Floats, ring: Ints, corners: Ints) -> Ints:
    """Rings of four right angles and four equal sides."""
    into, out = np.hypot(*before.T), np.hypot(*after.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        lean = np.abs((before * after).sum(axis=1)) / (into * out)
    crooked = ~(lean <= np.sin(np.radians(threshold("square_angle_deg"))))
    uneven = np.abs(into - out) > threshold("square_side_share") * np.maximum(into, out)
    bad = np.bincount(ring[crooked | uneven], minlength=len(corners))
    return np.flatnonzero((corners == _SQUARE_CORNERS) & (bad == 0))


def _check_six_decimals(geometry: NDArray[Any], rows: Ints, log: FindingCollector) -> None:
    """Report outlines that are no longer valid when cut to the decimals the EU system keeps, and cannot be mended."""
    places = int(threshold("six_decimals"))
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, places))
    bad = np.flatnonzero(~shapely.is_valid(rounded))
    if not len(bad):
        return
    grounds = [enclosed(shape) for shape in rounded[bad]]
    before = plot_area_ha(geometry[bad])
    after = np.array([0.0 if ground is None else ground.area_ha for ground in grounds])
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = ~(np.abs(after / before - 1) <= threshold("repair_area_share"))
    log.row("collapses_at_six_decimals", rows[bad[lost]])


def check_digits(rows: Rows, fit: Bools, log: FindingCollector, each: Map) -> None:
    """Report coordinates with too few decimals: counted in the text where the format has text, else on the grid of the
    numbers; and boundaries that lie on round numbers though more decimals are written."""
    fewest = rows.decimals.min(axis=1).astype(np.int64)
    most = rows.decimals.max(axis=1).astype(np.int64)
    untold = fit & (fewest == UNKNOWN_DECIMALS)
    fewest[untold] = most[untold] = in_chunks(_grid_decimals, rows.geometry[untold], each)
    coarse = fewest <= threshold("decimals_block")
    blocked = fit & coarse & ((most <= threshold("decimals_block")) | _usual(rows, fit, coarse))
    metres = METRES_PER_DEGREE_EQUATOR / 10.0 ** fewest[blocked]
    log.row("decimals_too_few", np.flatnonzero(blocked), decimals=fewest[blocked], metres=np.round(metres, 1))
    few = fit & ~blocked & ((most <= threshold("decimals_warn")) | coarse)
    log.row("decimals_few", np.flatnonzero(few), decimals=np.where(coarse, fewest, most)[few])
    rest = np.flatnonzero(fit & ~blocked & ~few)
    share = in_chunks(_round_share, rows.geometry[rest], each)
    rounded = share >= threshold("rounded_share")
    log.row("coordinates_rounded", rest[rounded], percent=np.round(100 * share[rounded], 1))
    inexact = rows.accuracy_m > threshold("gps_accuracy_m")
    log.row("gps_inaccurate", np.flatnonzero(inexact), accuracy_m=np.round(rows.accuracy_m[inexact], 1))


def _usual(rows: Rows, fit: Bools, coarse: Bools) -> Bools:
    """Whether coordinates of few decimals are usual in the file of each row.

    JSON writers drop trailing zeros, so that one coordinate in a thousand shows three decimals fewer than it has; a
    file where that is not rare has them missing.
    """
    frame = pd.DataFrame({"file": rows.table["file_order"].to_numpy(), "coarse": coarse & fit, "fit": fit})
    sums = frame.groupby("file")[["coarse", "fit"]].transform("sum").to_numpy(dtype=np.float64)
    usual = sums[:, 0] >= np.maximum(threshold("coarse_rows_min"), threshold("coarse_rows_share") * sums[:, 1])
    return np.asarray(usual, dtype=bool)


def _on_grid(xy: Floats, decimals: int) -> Bools:
    scaled = xy * 10.0**decimals
    near = np.abs(scaled - np.rint(scaled)) < _GRID_TOLERANCE * 10.0**decimals
    return np.asarray(near[:, 0] & near[:, 1])


def _grid_decimals(geometry: NDArray[Any]) -> Ints:
    """Fewest decimals that write all coordinates of each geometry, up to six."""
    decimals = np.full(len(geometry), threshold("six_decimals"), dtype=np.int64)
    rows = np.arange(len(geometry))
    for places in range(int(threshold("decimals_warn")), -1, -1):
        xy, plot_index = shapely.get_coordinates(geometry[rows], return_index=True)
        off = np.bincount(plot_index[~_on_grid(xy, places)], minlength=len(rows)) > 0
        rows = rows[~off]
        decimals[rows] = places
        if not len(rows):
            break
    return decimals


def _round_share(geometry: NDArray[Any]) -> Floats:
    """Share of the vertices of which both coordinates end in 00 at six decimals."""
    xy, plot_index = shapely.get_coordinates(geometry, return_index=True)
    round_ = np.bincount(plot_index[_on_grid(xy, int(threshold("six_decimals")) - 2)], minlength=len(geometry))
    return np.asarray(round_ / np.maximum(np.bincount(plot_index, minlength=len(geometry)), 1))
