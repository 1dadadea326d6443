"""What `register list` prints at the terminal."""

import pytest

from eudr_check.cli import show_register


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
