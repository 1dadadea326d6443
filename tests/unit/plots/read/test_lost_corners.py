"""Corners that cannot be assigned: no plot is drawn without one that may be its own."""

import pytest

from tests.helpers.plot_files import codes, loaded
from tests.helpers.reader_cases import CORNERS, corners


def row(plot: str, number: object, x: float, y: float) -> str:
    """One row of a corner."""
    return f"{plot};{number};{-76.1 + x:.6f};{-6.1 + y:.6f}"


def of(plot: str, shift: float = 0.0) -> list[str]:
    """Rows of the three corners of a plot."""
    return [row(plot, n, x + shift, y) for n, x, y in CORNERS]


@pytest.mark.parametrize(
    "stray",
    [
        ";4;-76.098889;-6.098333",
        " ;4;-76.098889;-6.098333",
        ";4;;",
        "P3;4;-76.098889;-6.098333;too many",
        'P3;"4;-76.098889;-6.098333',
        "P9;4;-76.098889;-6.098333",
        "P1;2;-76.098889;-6.098333",
    ],
    ids=["no id", "blank id", "only its number", "cell too many", "open quote", "id of nobody", "id of another"],
)
def test_a_corner_nobody_can_assign_blocks_its_neighbours(tmp_path, stray):
    """The plots before and after such a row may have lost a corner; those farther away have not."""
    rows = [*of("P3", 0.003), *of("P4", 0.006), stray, *of("P5", 0.009), *of("P6", 0.012)]
    made, findings = loaded(corners(tmp_path, *rows))

    usable = made.set_index("plot_id")["usable"]
    blocked = set(findings.loc[findings["code"] == "corner_lost", "plot"])
    assert {"coop-01/P4", "coop-01/P5"} <= blocked
    assert not usable[["P4", "P5"]].any()
    assert usable[["P2", "P3", "P6"]].all()


def test_a_lost_corner_in_mixed_rows_may_be_anybodys(tmp_path):
    """Where the rows of the plots are mixed, no place in the file tells whose corner it is."""
    mixed = [line for pair in zip(of("P3", 0.003), of("P4", 0.006), strict=True) for line in pair]
    made, _ = loaded(corners(tmp_path, *mixed, ";9;-76.098889;-6.098333"))

    assert not made["usable"].any()


def test_a_note_without_id_number_and_place_is_no_corner(tmp_path):
    """A line of remarks stops no plot; it is a row that is reported."""
    lines = ["id;vertice;x;y;nota", *(f"{line};" for line in [*of("P3"), *of("P4", 0.003)]), ";;;;medido en mayo"]
    file = corners(tmp_path)
    file.path.write_text("\n".join(lines), encoding="utf-8")
    made, findings = loaded(file)

    assert made["usable"].tolist() == [True, True]
    assert "id_missing" in codes(findings, 7)


@pytest.mark.parametrize(
    ("numbers", "usable", "expected"),
    [
        ((1, 2, 3), True, set()),
        ((0, 1, 2), True, set()),
        ((1, 2, 4), True, {"corners_skipped"}),
        ((1, 2, 2), False, {"corners_misnumbered"}),
        ((3, 3, 3), True, set()),
        (("a", "b", "b"), True, set()),
    ],
)
def test_vertex_numbers_of_one_plot(tmp_path, numbers, usable, expected):
    """A number at two places leaves no order; one left out is worth a look; letters and totals are no numbers."""
    rows = [row("P3", given, x + 0.003, y) for given, (_, x, y) in zip(numbers, CORNERS, strict=True)]
    made, findings = loaded(corners(tmp_path, *rows))

    found = set(findings.loc[findings["plot"] == "coop-01/P3", "code"])
    assert made.set_index("plot_id")["usable"]["P3"] == usable
    assert found & {"corners_skipped", "corners_misnumbered", "corner_lost"} == expected


def test_the_same_corner_twice_is_one(tmp_path):
    """A row that was sent twice says nothing new."""
    made, _ = loaded(corners(tmp_path, *of("P3", 0.003), of("P3", 0.003)[-1]))

    assert made["usable"].all()


def test_a_point_among_outlines_stays_a_point(tmp_path):
    """A plot of one corner, its first, is the point of a small plot."""
    made, _ = loaded(corners(tmp_path, row("P3", 1, 0.003, 0.0)))

    assert made.set_index("plot_id").loc["P3", ["geometry_kind", "usable"]].tolist() == ["point", True]
