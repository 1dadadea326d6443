"""Positions as rows write them: signs, letters and columns of hemispheres say one thing, or the row is blocked."""

import itertools
import json
import re

import pytest

from eudr_check.plots import message
from eudr_check.plots.read.coordinates import ContradictionError, angle
from eudr_check.text import say
from tests.helpers.plot_files import codes, loaded, named, written

SOUTH, NORTH = ("S", "s", "Sur", "South", "sul", "LS"), ("N", "Norte", "north", "LU")
FORMS = ("{0}6.041239 {1}", "{0}6.041239{1}", "{1} {0}6.041239", "{0}6° 2.47434' {1}", "{0}6° 2' 28.4604\" {1}")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sign", ["", "-", "−", "–", "+"])
@pytest.mark.parametrize("letter", [*SOUTH, *NORTH])
def test_sign_and_letter_say_one_thing(form, sign, letter):
    """A letter decides, a sign that agrees changes nothing, and one that contradicts it is never chosen between."""
    south = letter in SOUTH
    text = form.format(sign, letter)
    if sign == ("+" if south else "-") or (not south and sign in ("−", "–")):
        with pytest.raises(ContradictionError):
            angle(text, "latitude")
    else:
        assert float(angle(text, "latitude")[0]) == pytest.approx(-6.041239 if south else 6.041239)


@pytest.mark.parametrize(("axis", "letters"), [("latitude", "EWOL"), ("longitude", "NS")])
def test_letters_of_the_other_axis_are_no_coordinate(axis, letters):
    """A latitude that says E is not a latitude."""
    for letter in letters:
        with pytest.raises(ContradictionError):
            angle(f"8° 30.12345' {letter}", axis)


@pytest.mark.parametrize("names", [("NS", "EW"), ("a", "b"), ("hem_lat", "hem_lon"), ("ref_latitud", "Dir. Longitud")])
def test_columns_of_hemispheres(tmp_path, names):
    """N or S and E or W in columns of their own are followed; against the sign they block the row."""
    cases = list(itertools.product(["", "-"], "NS", ["", "-"], "EW"))
    rows = [
        f"P{n};{one}6.{n:02}1239;{two};{three}36.{n:02}1234;{four}" for n, (one, two, three, four) in enumerate(cases)
    ]
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join([f"id;lat;{names[0]};lon;{names[1]}", *rows, ""])))
    against = [(one and two == "N") or (three and four == "E") for one, two, three, four in cases]

    assert made["geometry"].isna().tolist() == [bool(wrong) for wrong in against]
    for n, (_, two, _, four) in enumerate(cases):
        if against[n]:
            assert "geometry_unreadable" in codes(findings, n + 1)
            continue
        place = made["geometry"].iloc[n]
        x, y = float(f"36.{n:02}1234"), float(f"6.{n:02}1239")
        assert (place.x, place.y) == (pytest.approx(x if four == "E" else -x), pytest.approx(y if two == "N" else -y))


def test_metres_take_no_sign_from_a_hemisphere(tmp_path):
    """A northing beside a column that says S is not made negative."""
    content = "id;este;norte;hemisferio\nA;378128.86;9332113.51;S\n"
    made, _ = loaded(written(tmp_path, "a.csv", content, crs="EPSG:32718"))

    assert made["geometry"].iloc[0].y == pytest.approx(-6.041239, abs=1e-5)


def test_letters_that_say_the_columns_are_swapped(shared_data):
    """The file whose latitudes say E is blocked, every row of it."""
    file = named(shared_data / "faults/13-letters-say-the-columns-are-swapped/h5.csv", producer_country="NG")
    made, findings = loaded(file)

    assert not made["usable"].any()
    assert (findings["code"] == "geometry_unreadable").sum() == 2


HERE = (-76.101234, -6.041239)


def _place(tmp_path, content, **settings):
    made, findings = loaded(written(tmp_path, "a.csv", content, **{"producer_country": "PE", **settings}))
    shape = made["geometry"].iloc[0]
    return None if shape is None else (pytest.approx(shape.x, abs=1e-5), pytest.approx(shape.y, abs=1e-5)), findings


@pytest.mark.parametrize("header", ["gps", "coordenadas", "location", "Coordenadas GPS"])
@pytest.mark.parametrize(
    "cell",
    [
        "-6.041239, -76.101234",
        "-6.041239,-76.101234",
        "(-6.041239, -76.101234)",
        "-6,041239; -76,101234",
        "-6.041239 / -76.101234",
        "6.041239 S, 76.101234 W",
        "6.041239S 76.101234O",
        "76.101234 W, 6.041239 S",
        "S 6.041239, W 76.101234",
        "6°02'28.46\" S 76°06'04.44\" W",
        "6° 2.47434' Sur, 76° 6.07404' Oeste",
    ],
)
def test_latitude_and_longitude_in_one_cell(tmp_path, header, cell):
    """A position written as maps and phones write it is read, letters first, then latitude before longitude."""
    place, findings = _place(tmp_path, f"id|{header}\nA|{cell}\n")

    assert place == HERE
    assert not (findings["severity"] == "block").any()


@pytest.mark.parametrize("header", ["lon_lat", "longitude latitude", "x_y"])
def test_one_cell_whose_header_puts_longitude_first(tmp_path, header):
    """The header says the order."""
    assert _place(tmp_path, f"id|{header}\nA|-76.101234, -6.041239\n")[0] == HERE


@pytest.mark.parametrize(
    ("cell", "code"),
    [("-76.101234, -6.041239", "axes_swapped"), ("6.041239 S, 76.101234 S", "geometry_unreadable")],
)
def test_one_cell_that_contradicts_itself_or_the_country(tmp_path, cell, code):
    """It is blocked, and nothing is turned."""
    assert code in codes(_place(tmp_path, f"id|gps\nA|{cell}\n")[1], 1)


def test_one_cell_that_makes_sense_either_way(tmp_path):
    """Cameroon or Nigeria: without a country it is said."""
    _, findings = _place(tmp_path, "id|gps\nA|6.041239, 9.101234\n", producer_country=None)

    assert "axes_uncertain" in codes(findings, 1)


@pytest.mark.parametrize(
    "headers",
    ["Latitud (S);Longitud (W)", "Latitud Sur;Longitud Oeste", "lat_s;lon_w", "Lat S;Long O", "latitude_s;longitude_w"],
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_the_header_says_the_side(tmp_path, headers, sign):
    """South and west in the header count, and a sign that agrees says it once."""
    place, _ = _place(tmp_path, f"id;{headers}\nA;{sign}6.041239;{sign}76.101234\n")

    assert place == HERE


@pytest.mark.parametrize("headers", ["Latitude (N);Longitude (E)", "Latitude °N;Longitude °E", "lat_dd;lon_dd"])
def test_north_and_east_in_a_header_leave_signs_alone(tmp_path, headers):
    """Degrees north below zero lie in the south."""
    assert _place(tmp_path, f"id;{headers}\nA;-6.041239;-76.101234\n")[0] == HERE


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [("6° 20' 21,75\" S", "76° 35' 0,10\" O"), ("-76.5 E", "-6.33"), ("", "6° 20' 15,97\" S")],
)
def test_what_is_wrong_is_said_in_every_language(tmp_path, longitude, latitude):
    """A person who keeps a list in degrees reads Spanish: no word of English, no mark, no sign of Python."""
    cells = ";".join('"' + cell.replace('"', '""') + '"' for cell in (longitude, latitude))
    given = written(tmp_path, "padron.csv", f"plot_id;longitude;latitude\nA;{cells}\nB;-76.583708;-6.324925\n")
    _, findings = loaded(given)
    (details,) = findings.loc[findings["code"] == "geometry_unreadable", "details"]
    said = say("findings", "geometry_unreadable", "es", **json.loads(details))

    assert "«" in said
    assert not re.search(r"[\[\]\\]|None|longitude|latitude|swap|contradict", said)


@pytest.mark.parametrize(("cells", "missing"), [(("", "-6.041239"), "longitude"), (("-76.101239", " "), "latitude")])
def test_half_a_position_says_which_half_is_missing(tmp_path, cells, missing):
    """A good latitude beside an empty cell is not called unreadable coordinates of both."""
    file = written(tmp_path, "a.csv", f"codigo,longitud,latitud\nA,{cells[0]},{cells[1]}\nB,-76.1,-6.1\n")
    _, findings = loaded(file)
    found = findings[findings["code"] == "geometry_unreadable"]

    assert len(found) == 1 and f"the {missing} is missing" in message(
        "geometry_unreadable", found["details"].iloc[0], "en"
    )
