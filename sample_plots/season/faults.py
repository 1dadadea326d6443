"""What goes wrong in real deliveries, one case per check, put into rows that were sound.

`FAULTS` is the only list: it makes the faults, the table in docs/sample-season.md and the test that every check finds
its case.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from season import faulty_outlines, faulty_places, faulty_rows, shared_land
from season.faulty_rows import Change
from season.members import BY_COOPERATIVE, Parcel
from season.rows import Row, rows_of

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


CUT_OFF = '"type": "Feature", "properties": {"codigo_parcela": "omia_008"'

FAULTS = (
    Fault("ring_unclosed", "coop-01", 3, faulty_outlines.unclosed),
    Fault("vertices_repeated", "coop-01", 6, faulty_outlines.repeated_vertices),
    Fault("ring_too_short", "coop-01", 10, faulty_outlines.two_positions),
    Fault("decimals_few", "coop-01", 13, faulty_outlines.five_decimals),
    Fault("geometry_empty", "coop-01", 17, faulty_rows.no_geometry),
    Fault("id_missing", "coop-01", 21, faulty_rows.no_id),
    Fault("id_repeated", "coop-01", 26, faulty_rows.same_id),
    Fault("row_repeated", "coop-01", 31, faulty_rows.sent_twice),
    Fault("hole", "coop-02", 4, faulty_outlines.hole),
    Fault("text_cleaned", "coop-02", 9, faulty_rows.control_character),
    Fault("producer_conflict", "coop-02", 15, faulty_rows.same_name),
    Fault("area_mismatch", "coop-02", 22, faulty_rows.wrong_area),
    Fault("self_crossing_repaired", "coop-02", 27, faulty_outlines.small_crossing),
    Fault("country_near_border", "coop-03", 5, faulty_places.over_the_border),
    Fault("country_wrong", "coop-03", 12, faulty_places.abroad),
    Fault("self_crossing", "coop-04", 2, faulty_outlines.crossing),
    Fault("wrong_type", "coop-04", 8, faulty_outlines.line),
    Fault("circle", "coop-04", 14, faulty_outlines.circle),
    Fault("drawn_square", "coop-04", 19, faulty_outlines.square),
    Fault("axes_swapped", "coop-05", 6, faulty_places.swapped),
    Fault("metres_as_degrees", "coop-05", 12, faulty_places.utm),
    Fault("geometry_unreadable", "coop-05", 18, faulty_rows.broken_wkt),
    Fault("value_unreadable", "coop-05", 24, faulty_rows.text_in_hectares),
    Fault("cells_misaligned", "coop-05", 30, faulty_rows.comma_cells),
    Fault("gps_inaccurate", "coop-06", 5, faulty_rows.inaccurate),
    Fault("row_unreadable", "coop-07", 20, faulty_rows.raw("null")),
    Fault("collapses_at_six_decimals", "coop-08", 4, faulty_outlines.collapsed),
    Fault("null_island", "coop-08", 11, faulty_places.null_island),
    Fault("spike", "coop-08", 18, faulty_outlines.spike),
    Fault("point_over_4_ha", "coop-09", 3, faulty_rows.large_point),
    Fault("point_near_4_ha", "coop-09", 9, faulty_rows.four_ha_point),
    Fault("out_of_range", "coop-09", 16, faulty_places.out_of_range),
    Fault("point_without_area", "coop-09", 22, faulty_rows.no_area),
    Fault("country_unknown", "coop-09", 26, faulty_rows.no_country),
    Fault("ring_too_short", "coop-10", 11, faulty_rows.raw("2")),
    Fault("decimals_too_few", "coop-11", 4, faulty_places.three_decimals),
    Fault("at_sea", "coop-11", 19, faulty_places.at_sea),
    Fault("sliver", "coop-12", 5, faulty_outlines.sliver),
    Fault("area_tiny", "coop-12", 10, faulty_outlines.tiny),
    Fault("vertices_many", "coop-12", 16, faulty_outlines.many_vertices),
    Fault(
        "row_unreadable",
        "coop-13",
        7,
        faulty_rows.raw('"type": "Feature", "properties": {"codigo_parcela": "omia_008"'),
    ),
    Fault("coordinates_rounded", "coop-13", 12, faulty_outlines.rounded),
    Fault("antimeridian", "coop-13", 28, faulty_places.antimeridian),
    Fault("area_too_large", "coop-14", 8, faulty_outlines.too_large),
    Fault("coordinate_missing", "coop-14", 15, faulty_outlines.no_number),
    Fault("wrong_nesting", "coop-14", 31, faulty_rows.raw("nesting")),
    Fault("key_misspelt", "coop-14", 34, faulty_rows.raw("key")),
)
SHARED = (
    Shared("duplicate_exact", "coop-06", 9, ("coop-01", 8), shared_land.exactly),
    Shared("duplicate_near", "coop-10", 6, ("coop-02", 12), shared_land.walked_again),
    Shared("inside_another", "coop-12", 22, ("coop-12", 23), shared_land.a_part),
    Shared("overlap", "coop-12", 28, ("coop-12", 29), shared_land.a_strip),
    Shared("point_in_plot", "coop-06", 20, ("coop-06", 21), shared_land.point_inside),
    Shared("points_close", "coop-11", 26, ("coop-11", 25), shared_land.same_house),
)
