"""What goes wrong in real deliveries, one case per check, put into rows that were sound.

`FAULTS` is the only list: it makes the faults, the table in docs/sample-season.md and the test that every check finds
its case.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from season import files, surveys
from season.members import BY_COOPERATIVE, Parcel, to_degrees
from season.noise import Array
from season.rows import Row, rows_of

Change = Callable[[list[Row], int], None]
Copy = Callable[[Row, Row], None]


class Fault(NamedTuple):
    """One case: the code the checks give it, whose row, and how it is made."""

    code: str
    cooperative: str
    at: int
    """Row of the cooperative, from 0."""
    change: Change


class Shared(NamedTuple):
    """One case of two plots on the same land."""

    code: str
    cooperative: str
    at: int
    other: tuple[str, int]
    """Cooperative and row that had the land first."""
    copy: Copy


class Case(NamedTuple):
    """Where a code is to be found."""

    code: str
    cooperative: str
    plot_id: str | None
    """Id the row was to have; the finding may be of the row or file, where the id is what is wrong."""


def spoil(sent: dict[str, list[Row]]) -> list[Case]:
    """Put all faults into the rows; where each is to be found."""
    faults = _placed(sent)
    cases = [Case(fault.code, fault.cooperative, sent[fault.cooperative][fault.at].plot_id) for fault in faults]
    cases += [Case(shared.code, shared.cooperative, sent[shared.cooperative][shared.at].plot_id) for shared in SHARED]
    for shared in SHARED:
        shared.copy(sent[shared.cooperative][shared.at], sent[shared.other[0]][shared.other[1]])
    for fault in sorted(faults, key=lambda fault: -fault.at):
        fault.change(sent[fault.cooperative], fault.at)
    return cases


def also_blocked(parcels: Mapping[str, Sequence[Parcel]]) -> set[str]:
    """Plots (`cooperative/id`) that a fault of another row makes unusable: they share its id."""
    sent = {cooperative: rows_of(members) for cooperative, members in parcels.items()}
    placed = [fault for fault in _placed(sent) if fault.code == "id_repeated"]
    return {f"{fault.cooperative}/{sent[fault.cooperative][fault.at - 1].plot_id}" for fault in placed}


def _placed(sent: dict[str, list[Row]]) -> list[Fault]:
    """The faults with `at` moved on to the next plain polygon, where the cooperative sends polygons."""
    taken = {(shared.cooperative, shared.at) for shared in SHARED} | {shared.other for shared in SHARED}
    placed = []
    for fault in FAULTS:
        at, rows = fault.at, sent[fault.cooperative]
        while (fault.cooperative, at) in taken or not _fit(rows[at]):
            at += 1
        taken.add((fault.cooperative, at))
        placed.append(fault._replace(at=at))
    return placed


def _fit(row: Row) -> bool:
    if BY_COOPERATIVE[row.parcel.cooperative].points == 1.0:
        return True
    return not row.parcel.is_point and row.parcel.story == "plain"


def _ring(row: Row) -> Array:
    return shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(row.shape)[0]))


def _metres(row: Row) -> Array:
    """The walked ring in metres of the site."""
    return shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(row.parcel.outline)[0]))


def _middle(row: Row) -> Array:
    return shapely.get_coordinates(shapely.point_on_surface(row.parcel.outline))[0]


def _set_ring(rows: list[Row], at: int, ring: Array) -> None:
    """A new boundary in metres of the site, as a phone would have recorded it."""
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.polygons(ring))


def _json(positions: Array, decimals: int = 7) -> str:
    return f'{{"type": "Polygon", "coordinates": [{files.ring_text(positions, decimals)}]}}'


def _unclosed(rows: list[Row], at: int) -> None:
    rows[at].raw = _json(_ring(rows[at])[:-1])


def _repeated_vertices(rows: list[Row], at: int) -> None:
    ring = _ring(rows[at])
    rows[at].raw = _json(np.repeat(ring, [1, 2, 3] + [1] * (len(ring) - 3), axis=0))


def _two_positions(rows: list[Row], at: int) -> None:
    rows[at].raw = _json(_ring(rows[at])[:2])


def _five_decimals(rows: list[Row], at: int) -> None:
    rows[at].raw = _json(_ring(rows[at]), 5)


def _three_decimals(rows: list[Row], at: int) -> None:
    rows[at].raw = "|".join(f"{value:.3f}".replace(".", ",") for value in (rows[at].shape.x, rows[at].shape.y))


def _rounded(rows: list[Row], at: int) -> None:
    """Coordinates rounded to four decimals and written with seven."""
    rows[at].shape = shapely.polygons(_ring(rows[at]).round(4))


def _no_geometry(rows: list[Row], at: int) -> None:
    rows[at].shape = None


def _no_id(rows: list[Row], at: int) -> None:
    rows[at].plot_id = None


def _same_id(rows: list[Row], at: int) -> None:
    rows[at].plot_id = rows[at - 1].plot_id


def _sent_twice(rows: list[Row], at: int) -> None:
    rows.insert(at + 1, rows[at])


def _crossing(rows: list[Row], at: int) -> None:
    """Two far corners walked in the wrong order."""
    ring = _ring(rows[at])[:-1]
    half = len(ring) // 2
    ring = np.vstack([ring[:2], ring[half : half + 2][::-1], ring[2:half], ring[half + 2 :]])
    rows[at].shape = shapely.polygons(ring)


def _small_crossing(rows: list[Row], at: int) -> None:
    """Out along a path and back over the same positions: safe to mend, no area is in it."""
    ring = _ring(rows[at])[:-1]
    tip = (ring[0] + np.array([1.3e-4, 0.9e-4])).round(7)
    rows[at].shape = shapely.polygons(np.vstack([ring[:1], tip[None], ring]))


def _line(rows: list[Row], at: int) -> None:
    positions = " ".join(f"{x:.7f},{y:.7f},0" for x, y in _ring(rows[at])[: len(_ring(rows[at])) // 2 + 1])
    rows[at].raw = f"<LineString><coordinates>{positions}</coordinates></LineString>"


def _circle(rows: list[Row], at: int) -> None:
    angle = np.linspace(0, 2 * np.pi, 37)
    radius = np.sqrt(rows[at].parcel.area_ha * 10_000 / np.pi)
    _set_ring(rows, at, _middle(rows[at]) + radius * np.column_stack([np.cos(angle), np.sin(angle)]))


def _square(rows: list[Row], at: int) -> None:
    side = np.sqrt(rows[at].parcel.area_ha * 10_000) / 2
    _set_ring(rows, at, _middle(rows[at]) + side * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]))


def _spike(rows: list[Row], at: int) -> None:
    """One position 90 m away from the others: the phone lost its satellites."""
    ring = _metres(rows[at])
    out = ring[0] - _middle(rows[at])
    tip = ring[0] + 90 * out / np.hypot(*out)
    near = ring[0] + 0.05 * (ring[1] - ring[0])
    _set_ring(rows, at, np.vstack([ring[:1], tip[None], near[None], ring[1:]]))


def _sliver(rows: list[Row], at: int) -> None:
    ring = _middle(rows[at]) + np.array([[0, 0], [95, 22], [95, 23.4], [0, 1.3], [0, 0]])
    _set_ring(rows, at, ring)
    rows[at].declared_ha = 0.01


def _tiny(rows: list[Row], at: int) -> None:
    _set_ring(rows, at, _middle(rows[at]) + np.array([[0, 0], [8, 1], [9, 7], [3, 9], [-1, 6], [0, 0]]))
    rows[at].declared_ha = 0.01


def _collapsed(rows: list[Row], at: int) -> None:
    """Walked on the spot: nothing is left at six decimals."""
    rows[at].shape = None
    longitude, latitude = (float(value) for value in rows[at].parcel.site.to_degrees(*_middle(rows[at])))
    steps = ((0, 0), (2e-7, 0), (2e-7, 2e-7), (0, 2e-7), (0, 0))
    x, y = round(longitude, 6), round(latitude, 6)
    positions = " ".join(f"{x + dx:.7f},{y + dy:.7f},1640" for dx, dy in steps)
    ring = f"<LinearRing><coordinates>{positions}</coordinates></LinearRing>"
    rows[at].raw = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"


def _hole(rows: list[Row], at: int) -> None:
    outline = rows[at].parcel.outline
    house = shapely.buffer(shapely.point_on_surface(outline), 14.0, quad_segs=2)
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.difference(outline, house))


def _many_vertices(rows: list[Row], at: int) -> None:
    """A track log with a position every few centimetres."""
    ring = shapely.get_exterior_ring(shapely.get_parts(rows[at].parcel.outline)[0])
    dense = shapely.segmentize(ring, shapely.length(ring) / 10_300)
    wavy = shapely.get_coordinates(dense)
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.polygons(wavy), 9)


def _too_large(rows: list[Row], at: int) -> None:
    """The outline of the whole hamlet instead of the parcel."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = 470 + 60 * np.sin(3 * angle) + 35 * np.cos(5 * angle)
    ring = reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) + np.array([-1400.0, 1350.0])
    _set_ring(rows, at, np.vstack([ring, ring[:1]]))


def _wrong_area(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = round(rows[at].parcel.area_ha * 1.7, 2)


def _large_point(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = 5.5


def _four_ha_point(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = 3.95


def _no_area(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = None


def _inaccurate(rows: list[Row], at: int) -> None:
    rows[at].accuracy_m = 28.0


def _swapped(rows: list[Row], at: int) -> None:
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: at[:, ::-1])


def _utm(rows: list[Row], at: int) -> None:
    """Metres of UTM zone 18S pasted between degrees."""
    ring = np.array(
        [[325_000.4, 9_299_800.2], [325_110.9, 9_299_812.7], [325_096.3, 9_299_911.5], [325_000.4, 9_299_800.2]]
    )
    rows[at].shape = shapely.polygons(ring)


def _broken_wkt(rows: list[Row], at: int) -> None:
    rows[at].raw = files.wkt_text(rows[at].shape)[:120]


def _out_of_range(rows: list[Row], at: int) -> None:
    """A degree typed twice."""
    _, longitude = surveys._angles(rows[at])
    rows[at].raw = f"95° 02' 11.400\" S|{longitude}"


def _null_island(rows: list[Row], at: int) -> None:
    rows[at].raw = "<Point><coordinates>0.0000000,0.0000000,0</coordinates></Point>"
    rows[at].declared_ha = 1.0


def _antimeridian(rows: list[Row], at: int) -> None:
    """A minus lost in one longitude: the plot goes round the world."""
    ring = _ring(rows[at]).copy()
    ring[2, 0] = 177.4
    rows[at].shape = shapely.polygons(ring)


def _no_number(rows: list[Row], at: int) -> None:
    """A boundary with an empty coordinate."""
    ring = _ring(rows[at]).copy()
    ring[2, 1] = np.nan
    with np.errstate(invalid="ignore"):
        rows[at].shape = shapely.polygons(ring)


def _raw(text: str) -> Change:
    def change(rows: list[Row], at: int) -> None:
        rows[at].raw = text

    return change


def _abroad(rows: list[Row], at: int) -> None:
    """One digit of the latitude wrong: far inside Ecuador."""
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: (at + np.array([0.0, 1.6])).round(7))


def _over_the_border(rows: list[Row], at: int) -> None:
    """A parcel on the river that is the border: the map has it on the other side."""
    west, south, _, _ = shapely.bounds(rows[at].shape)
    moved = np.array([-79.04 - west, -4.98 - south])
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: (at + moved).round(7))


def _at_sea(rows: list[Row], at: int) -> None:
    """-87 for -78."""
    rows[at].shape = shapely.points(rows[at].shape.x - 9, rows[at].shape.y)


def _text_in_hectares(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = None
    rows[at].hectares_text = "dos y media"


def _control_character(rows: list[Row], at: int) -> None:
    rows[at].producer = rows[at].producer.replace("Ejem", "Ejem\x0b")


def _same_name(rows: list[Row], at: int) -> None:
    """One name, two member numbers."""
    rows[at].producer = rows[at - 3].producer
    rows[at].member = "9" + rows[at].member


def _no_country(rows: list[Row], at: int) -> None:
    rows[at].country = ""


def _comma_cells(rows: list[Row], at: int) -> None:
    rows[at].raw = files.wkt_text(rows[at].shape)
    rows[at].unquoted = True


def _exactly(row: Row, other: Row) -> None:
    row.shape, row.declared_ha = other.shape, other.declared_ha


def _walked_again(row: Row, other: Row) -> None:
    """The same parcel surveyed a second time."""
    ring = surveys.wobble(_ring(other), 1.2, 17)
    row.shape, row.declared_ha = shapely.polygons(ring), other.declared_ha


def _a_part(row: Row, other: Row) -> None:
    """A parcel of an heir, drawn inside the parcel of the family."""
    small = shapely.buffer(other.parcel.outline, -12.0)
    small = shapely.intersection(small, shapely.buffer(shapely.point_on_surface(small), 45.0, quad_segs=2))
    _copy_outline(row, other, small)


def _a_strip(row: Row, other: Row) -> None:
    """Moved by a quarter of its width over the neighbour's boundary."""
    outline = other.parcel.outline
    west, _, east, _ = shapely.bounds(outline)
    moved = shapely.transform(outline, lambda at: at + np.array([0.72 * (east - west), 14.0]))
    _copy_outline(row, other, moved)


def _point_inside(row: Row, other: Row) -> None:
    """A point for the house, inside a parcel already sent as a polygon."""
    row.shape = to_degrees(other.parcel.site, shapely.point_on_surface(other.parcel.outline))
    row.declared_ha = 0.5


def _same_house(row: Row, other: Row) -> None:
    """Two points a few metres apart."""
    row.shape = shapely.points(other.shape.x + 3e-5, other.shape.y - 2e-5)


def _copy_outline(row: Row, other: Row, outline: shapely.Geometry) -> None:
    part = max(shapely.get_parts(outline), key=shapely.area)
    row.shape = to_degrees(other.parcel.site, part)
    row.declared_ha = round(float(shapely.area(part)) / 10_000, 2)


FAULTS = (
    Fault("ring_unclosed", "coop-01", 3, _unclosed),
    Fault("vertices_repeated", "coop-01", 6, _repeated_vertices),
    Fault("ring_too_short", "coop-01", 10, _two_positions),
    Fault("decimals_few", "coop-01", 13, _five_decimals),
    Fault("geometry_empty", "coop-01", 17, _no_geometry),
    Fault("id_missing", "coop-01", 21, _no_id),
    Fault("id_repeated", "coop-01", 26, _same_id),
    Fault("row_repeated", "coop-01", 31, _sent_twice),
    Fault("hole", "coop-02", 4, _hole),
    Fault("text_cleaned", "coop-02", 9, _control_character),
    Fault("producer_conflict", "coop-02", 15, _same_name),
    Fault("area_mismatch", "coop-02", 22, _wrong_area),
    Fault("self_crossing_repaired", "coop-02", 27, _small_crossing),
    Fault("country_near_border", "coop-03", 5, _over_the_border),
    Fault("country_wrong", "coop-03", 12, _abroad),
    Fault("self_crossing", "coop-04", 2, _crossing),
    Fault("wrong_type", "coop-04", 8, _line),
    Fault("circle", "coop-04", 14, _circle),
    Fault("drawn_square", "coop-04", 19, _square),
    Fault("axes_swapped", "coop-05", 6, _swapped),
    Fault("metres_as_degrees", "coop-05", 12, _utm),
    Fault("geometry_unreadable", "coop-05", 18, _broken_wkt),
    Fault("value_unreadable", "coop-05", 24, _text_in_hectares),
    Fault("cells_misaligned", "coop-05", 30, _comma_cells),
    Fault("gps_inaccurate", "coop-06", 5, _inaccurate),
    Fault("row_unreadable", "coop-07", 20, _raw("null")),
    Fault("collapses_at_six_decimals", "coop-08", 4, _collapsed),
    Fault("null_island", "coop-08", 11, _null_island),
    Fault("spike", "coop-08", 18, _spike),
    Fault("point_over_4_ha", "coop-09", 3, _large_point),
    Fault("point_near_4_ha", "coop-09", 9, _four_ha_point),
    Fault("out_of_range", "coop-09", 16, _out_of_range),
    Fault("point_without_area", "coop-09", 22, _no_area),
    Fault("country_unknown", "coop-09", 26, _no_country),
    Fault("ring_too_short", "coop-10", 11, _raw("2")),
    Fault("decimals_too_few", "coop-11", 4, _three_decimals),
    Fault("at_sea", "coop-11", 19, _at_sea),
    Fault("sliver", "coop-12", 5, _sliver),
    Fault("area_tiny", "coop-12", 10, _tiny),
    Fault("vertices_many", "coop-12", 16, _many_vertices),
    Fault("row_unreadable", "coop-13", 7, _raw('"type": "Feature", "properties": {"codigo_parcela": "omia_008"')),
    Fault("coordinates_rounded", "coop-13", 12, _rounded),
    Fault("antimeridian", "coop-13", 28, _antimeridian),
    Fault("area_too_large", "coop-14", 8, _too_large),
    Fault("coordinate_missing", "coop-14", 15, _no_number),
    Fault("wrong_nesting", "coop-14", 31, _raw("nesting")),
    Fault("key_misspelt", "coop-14", 34, _raw("key")),
)
SHARED = (
    Shared("duplicate_exact", "coop-06", 9, ("coop-01", 8), _exactly),
    Shared("duplicate_near", "coop-10", 6, ("coop-02", 12), _walked_again),
    Shared("inside_another", "coop-12", 22, ("coop-12", 23), _a_part),
    Shared("overlap", "coop-12", 28, ("coop-12", 29), _a_strip),
    Shared("point_in_plot", "coop-06", 20, ("coop-06", 21), _point_inside),
    Shared("points_close", "coop-11", 26, ("coop-11", 25), _same_house),
)
