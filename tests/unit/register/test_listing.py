"""What `register list` prints at the terminal."""

import datetime as dt

import pytest
from typer.testing import CliRunner

from eudr_check.cli import language, show_register
from eudr_check.cli.commands import app
from eudr_check.postgresql import Place
from eudr_check.register.received import Check, keep


def test_numbers_and_days_are_whole_in_a_narrow_window(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At sixty characters the reference number, the days and the name of a statement are still there to be compared."""
    monkeypatch.setenv("COLUMNS", "60")
    statement = {
        "statement": "statement-EJ-2026-01",
        "lot": "C04-L1; C04-L2",
        "plots": 22,
        "net_mass_kg": 19200.0,
        "reference_number": "26PE7XTVCZAQ2S",
        "submitted": "2026-11-20",
        "placed": "2026-11-27",
        "keep_until": "2031-11-27",
    }
    show_register._statements(show_register.Console(), [statement])
    (row,) = [line.split() for line in capsys.readouterr().out.splitlines() if "statement-" in line]

    assert row == [
        "statement-EJ-2026-01", "C04-L1;", "C04-L2", "22", "19,200", "26PE7XTVCZAQ2S",
        "2026-11-20", "2026-11-27", "2031-11-27",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        (
            "en",
            ("statement", "19,200", "not noted yet", "120 low", "1,234.50 ha", "package of no date", "5 usable plots"),
        ),
        ("es", ("declaración", "19.200", "aún no anotado", "120 bajo", "1.234,50 ha", "expediente", "utilizables")),
        ("fr", ("déclaration", "pas encore noté", "120 faible", "dossier", "utilisables", "conserver jusqu")),
        ("pt", ("declaração", "19.200", "ainda não anotado", "120 baixo", "1.234,50 ha", "processo", "utilizáveis")),
    ],
)
def test_the_register_is_listed_in_the_language_spoken(
    spoken: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers, labels, outcomes and numbers."""
    monkeypatch.setattr(language, "_chosen", [spoken])
    statement = {
        "statement": "s-1", "lot": None, "plots": 22, "net_mass_kg": 19200.0, "reference_number": None,
        "submitted": None, "placed": None, "keep_until": None,
    }  # fmt: skip
    package = {
        "draft": False, "is_last": True, "date": None, "package_digest": "0" * 64, "outcomes": {"low": 120},
        "blocked_rows": 2, "policy": "p@1", "area_ha": 1234.5, "layers": [], "zip": None, "withheld": None,
        "statements": [statement],
    }  # fmt: skip
    show_register.harvests([{"harvest": "h", "usable_plots": 5, "keep_until": "2031-01-01", "packages": [package]}])
    shown = capsys.readouterr().out

    assert not [word for word in words if word not in shown]
    if spoken != "en":
        assert not {"statement", "plots", "outcomes", "layers", "reference", "keep", "low"} & set(shown.split())


def test_numbers_of_suppliers_are_listed_and_found(place: Place) -> None:
    """`list` and `find` say the last answer to a number received and whose it is; no verification number."""
    path = place
    for day, result in ((1, "unknown"), (2, "EXISTING_USABLE")):
        check = Check("acceptance", "26BE7XTVCZAQ2S", "SFFCB4Y3", "Coop Uno", None, "suppliers.csv:2", result)
        keep(path, check, dt.datetime(2026, 11, day, tzinfo=dt.UTC))
    line = (
        "  26BE7XTVCZAQ2S (Coop Uno): EXISTING_USABLE: exists and may be used (2026-11-02, acceptance, suppliers.csv:2)"
    )
    said = [
        CliRunner().invoke(app, ["register", *words]).output
        for words in (("list", str(path)), ("find", str(path), "26be7xtvczaq2s"))
    ]

    assert [[one for one in text.splitlines() if "26BE" in one] for text in said] == [[line], [line]]
    assert "nothing in the register" not in said[1]
    assert "SFFCB4Y3" not in "".join(said)
    assert (
        "nothing in the register" in CliRunner().invoke(app, ["register", "find", str(path), "26BE7XTVCZAQ2T"]).output
    )
