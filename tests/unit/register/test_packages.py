"""Packages, statements and numbers: what was submitted stays, what was not is replaced, nothing is overwritten."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely

from eudr_check import register
from eudr_check.errors import RegisterError
from eudr_check.run.register_export import export
from eudr_check.text import LANGUAGES
from tests.helpers.register_tables import NUMBERS, record
from tests.helpers.registers import counts

OTHER = {**NUMBERS, "reference": "26PE11111111AB"}


@pytest.fixture
def path(place):
    """A register with one harvest: two plots low, one high, one statement."""
    path = place
    record(path, "2026", {"A": "low", "B": "low", "C": "high"})
    return path


def packages(path):
    """Digest and numbers of every package of the only harvest, the last first."""
    (harvest,) = register.harvests(path)
    return [
        (package["package_digest"][:2], [one["reference_number"] for one in package["statements"]])
        for package in harvest["packages"]
    ]


def test_harvest_with_outcomes_package_and_statement(path):
    """The list says how many plots came out how, what the package is, and what its statement declares."""
    (harvest,) = register.harvests(path)
    (package,) = harvest["packages"]
    (statement,) = package["statements"]

    assert package["outcomes"] == {"low": 2, "high": 1}
    assert package["area_ha"] == pytest.approx(3 * 1.22)
    assert package["zip_sha256"] == "ab" * 32
    assert package["layers"] == [{"layer": "jrc_gfc2020@V4", "version": "V4", "items_read": 1, "tiles_with_gaps": 0}]
    assert (statement["plots"], statement["net_mass_kg"], statement["reference_number"]) == (2, 4000.0, None)


def test_recording_the_same_again_changes_nothing(path):
    """A rerun that gives the same package leaves every table as it was."""
    before = register.content(path)
    record(path, "2026", {"A": "low", "B": "low", "C": "high"})

    for name, table in register.content(path).items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before[name]))


def test_a_package_not_submitted_is_replaced(path):
    """The next package of a harvest takes the place of one of which nothing was submitted, leaving no row behind."""
    record(path, "2026", {"A": "low"}, digest="e2" * 32)
    index = ["outcomes_index"] if isinstance(path, Path) else []
    left = counts(path, "outcomes", "statements", "statement_plots", "layers", "packages", *index)

    assert packages(path) == [("e2", [None])]
    assert set(left.values()) == {1}


def test_a_submitted_package_stays(path):
    """After a rerun a submitted statement is still there, with the plots and outcomes it was submitted with."""
    register.note(path, "2026", "statement-01", **NUMBERS)
    record(path, "2026", {"A": "high", "D": "low"}, digest="e2" * 32)
    found = register.find(path, NUMBERS["reference"])

    assert packages(path) == [("e2", [None]), ("d1", ["26PE7XTVCZAQ2S"])]
    assert [(row["plot"], row["final_outcome"]) for row in found] == [("coop/A", "low"), ("coop/B", "low")]
    assert {row["package"] for row in found} == {"submitted earlier"}


def test_a_package_made_again_is_the_last_again(path):
    """Going back to the submitted package finds its number, and the one in between is gone."""
    register.note(path, "2026", "statement-01", **NUMBERS)
    record(path, "2026", {"A": "low"}, digest="e2" * 32)
    record(path, "2026", {"A": "low", "B": "low", "C": "high"})

    assert packages(path) == [("d1", ["26PE7XTVCZAQ2S"])]


def test_another_package_that_declares_the_same_has_the_number(path):
    """A rerun that changes other plots only leaves the submitted statement submitted; correcting it adds no package."""
    register.note(path, "2026", "1", **NUMBERS)
    record(path, "2026", {"A": "low", "B": "low", "C": "undetermined"}, digest="e2" * 32)
    register.note(path, "2026", "1", **NUMBERS)
    same = packages(path)
    found = register.find(path, NUMBERS["reference"])
    register.note(path, "2026", "1", **OTHER, replace=True)
    corrected = packages(path)
    record(path, "2026", {"A": "low", "B": "low"}, digest="f3" * 32)

    assert same == [("e2", ["26PE7XTVCZAQ2S"]), ("d1", ["26PE7XTVCZAQ2S"])]
    assert [(row["plot"], row["package"]) for row in found] == [
        ("coop/A", "last"),
        ("coop/A", "submitted earlier"),
        ("coop/B", "last"),
        ("coop/B", "submitted earlier"),
    ]
    assert corrected == [("e2", ["26PE11111111AB"]), ("d1", ["26PE11111111AB"])]
    assert packages(path) == [("f3", ["26PE11111111AB"]), ("d1", ["26PE11111111AB"])]


@pytest.mark.parametrize("statement", ["statement-01", "1", "01", "2026-001"])
def test_statement_by_any_of_its_names(path, statement):
    """A statement answers to its folder, its number and its internal reference."""
    noted = register.note(path, "2026", statement, **NUMBERS)

    assert noted["statement"] == "statement-01"
    assert noted["keep_until"] == "2031-11-20"


def test_kept_five_years_after_submission():
    """Five years to the day; from 29 February to 1 March, never a day less."""
    assert register.keep_until(date(2026, 12, 31)) == date(2031, 12, 31)
    assert register.keep_until(date(2028, 2, 29)) == date(2033, 3, 1)


def test_numbers_are_never_overwritten_silently(path):
    """Other numbers are refused without `replace`; with it the old ones stay, marked."""
    register.note(path, "2026", "1", **NUMBERS)
    register.note(path, "2026", "1", **NUMBERS)
    with pytest.raises(RegisterError, match=r"reference number 26PE7XTVCZAQ2S.*--replace"):
        register.note(path, "2026", "1", **OTHER)
    refused = packages(path)
    register.note(path, "2026", "1", **OTHER, replace=True)
    history = register.content(path)["numbers"]

    assert refused == [("d1", ["26PE7XTVCZAQ2S"])]
    assert packages(path) == [("d1", ["26PE11111111AB"])]
    assert history[["reference_number", "replaced"]].to_numpy().tolist() == [
        ["26PE7XTVCZAQ2S", 1],
        ["26PE11111111AB", 0],
    ]
    assert len(register.find(path, "26pe7xtvczaq2s")) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [({"verification": "OTHER123"}, "another verification number"), ({"submitted": date(2026, 11, 21)}, "2026-11-20")],
)
def test_message_names_what_differs_and_no_secret(path, change, told):
    """The refusal says which of the three is another one, and never the verification number."""
    register.note(path, "2026", "1", **NUMBERS)
    with pytest.raises(RegisterError, match=told) as refused:
        register.note(path, "2026", "1", **{**NUMBERS, **change})

    assert NUMBERS["verification"] not in str(refused.value)


def test_a_refusal_is_said_in_the_language_of_the_person(path):
    """What differs follows the sentence around it, and the verification number is in none of the languages."""
    register.note(path, "2026", "1", **NUMBERS)
    with pytest.raises(
        RegisterError, match="number 26PE7XTVCZAQ2S and another verification number; nothing"
    ) as refused:
        register.note(path, "2026", "1", **{**NUMBERS, "reference": OTHER["reference"], "verification": "OTHER123"})
    said = {language: refused.value.args[0].in_language(language) for language in LANGUAGES}

    assert "ya tiene el número de referencia 26PE7XTVCZAQ2S y otro número de verificación; no se cambió" in said["es"]
    assert not [language for language, words in said.items() if NUMBERS["verification"] in words]


def test_one_number_belongs_to_one_statement(path):
    """The number of another harvest's statement is refused; the next package of the same statement may have it."""
    record(path, "2027", {"A": "low"})
    register.note(path, "2026", "1", **NUMBERS)
    with pytest.raises(RegisterError, match="already stands at statement-01 of harvest 2026"):
        register.note(path, "2027", "1", **NUMBERS)
    record(path, "2026", {"A": "low"}, digest="e2" * 32)
    register.note(path, "2026", "1", **NUMBERS)

    assert len(register.find(path, NUMBERS["reference"])) == 3


def test_an_earlier_package_is_corrected_by_its_digest(path):
    """A number of a package that is no longer the last can still be put right."""
    register.note(path, "2026", "1", **NUMBERS)
    record(path, "2026", {"A": "low"}, digest="e2" * 32)
    register.note(path, "2026", "1", **OTHER, package="d1d1", replace=True)

    assert packages(path) == [("e2", [None]), ("d1", ["26PE11111111AB"])]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"harvest": "2030"}, "no package of it; it has those of 2026"),
        ({"statement": "statement-02"}, "it has statement-01"),
        ({"package": "ffff"}, "no package begins with 'ffff'"),
        ({"reference": "26PE7XTVCZAQ2"}, "13 characters"),
        ({"reference": "2f1c9a4e-0000-4000-8000-000000000000"}, "not the UUID"),
        ({"verification": "abcd"}, "4 characters"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(path, change, told):
    """Harvest, statement, package and both formats: the message says what is wrong and what there is."""
    with pytest.raises(RegisterError, match=told):
        register.note(path, **{"harvest": "2026", "statement": "1", **NUMBERS, **change})

    assert packages(path) == [("d1", [None])]


def test_a_draft_has_no_numbers(path):
    """A draft is listed as such, and no number can be noted for it."""
    record(path, "2026", {"A": "high"}, digest="e2" * 32, draft=True)
    with pytest.raises(RegisterError, match="without --draft"):
        register.note(path, "2026", "1", **NUMBERS)

    assert register.harvests(path)[0]["packages"][0]["draft"]


@pytest.mark.parametrize(
    ("what", "plots"),
    [
        ("coop/C", ["coop/C"]),
        ("C", ["coop/C"]),
        ("2026", ["coop/A", "coop/B", "coop/C"]),
        ("2026-001", ["coop/A", "coop/B"]),
        ("-76.0975,-6.0395", ["coop/B"]),
        ("-76.0985, -6.0395", []),
        ("nothing", []),
        ("C' OR 1=1 --", []),
    ],
)
def test_found_by_plot_harvest_statement_and_place(path, what, plots):
    """Every way to name land finds that land and no other; between two plots there is none."""
    assert [row["plot"] for row in register.find(path, what)] == plots


def test_place_finds_the_land_under_every_id(path):
    """A place finds what lay there in any harvest, whatever it was called, and where a point was declared."""
    record(path, "2027", {"Z": "low"}, east=0.002)
    shifted = shapely.Point(-76.0976, -6.0396)
    with register.store.writing(path) as database:
        blob = register.store.blobs([shifted])[0]
        database.execute("UPDATE outcomes SET geom = ? WHERE harvest = '2026' AND plot_id = 'A'", (blob,))
        (fid,) = database.execute("SELECT fid FROM outcomes WHERE harvest = '2026' AND plot_id = 'A'").fetchone()
        register.store.index(database, "outcomes", fid, shifted.bounds)
    found = register.find(path, "-76.0975,-6.0395")

    assert [(row["harvest"], row["plot"]) for row in found] == [
        ("2026", "coop/A"),
        ("2026", "coop/B"),
        ("2027", "coop/Z"),
    ]


def test_export_opens_without_us(path, tmp_path):
    """CSV and GeoJSON hold outcomes, statements, plots and numbers, and no name of a producer."""
    register.note(path, "2026", "1", **NUMBERS)
    files = export(path, tmp_path / "out")
    outcomes = pd.read_csv(tmp_path / "out" / "outcomes.csv")
    statement = pd.read_csv(tmp_path / "out" / "statements.csv").iloc[0]
    features = (tmp_path / "out" / "outcomes.geojson").read_text(encoding="utf-8")

    assert list(outcomes["final_outcome"]) == ["low", "low", "high"]
    assert (statement["reference_number"], statement["keep_until"]) == ("26PE7XTVCZAQ2S", "2031-11-20")
    assert features.count('"Polygon"') == 3
    assert all("Rosa" not in file.read_text(encoding="utf-8") for file in files)


def test_verification_numbers_stay_unless_asked_for(path, tmp_path):
    """No file of an export holds one, nor do list and find; with the option the export does."""
    register.note(path, "2026", "1", **NUMBERS)
    secret = NUMBERS["verification"]
    plain = export(path, tmp_path / "plain")
    full = export(path, tmp_path / "full", with_verification=True)

    assert all(secret not in file.read_text(encoding="utf-8") for file in plain)
    assert {file.name for file in full if secret in file.read_text(encoding="utf-8")} == {
        "numbers.csv",
        "statements.csv",
    }
    assert secret not in f"{register.harvests(path)}{register.find(path, '2026')}"
    assert register.harvests(path)[0]["packages"][0]["statements"][0]["verification_noted"]


def test_export_mixes_with_nothing(path, tmp_path):
    """A folder that holds something, such as an earlier export with verification numbers, is refused."""
    export(path, tmp_path / "out", with_verification=True)
    with pytest.raises(RegisterError, match="not an empty folder"):
        export(path, tmp_path / "out")
