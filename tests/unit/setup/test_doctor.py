"""What `doctor` says is true of the machine it is asked on."""

from pathlib import Path

import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.layers.fetch.reach import answers
from eudr_check.setup import doctor
from eudr_check.text import say


def keys(reach: doctor.Reach | None, folder: Path) -> list[str]:
    """Keys of all lines."""
    return [line.key for line in doctor.look(folder, reach)]


def test_this_machine_can_run_a_harvest(tmp_path: Path) -> None:
    """Whatever runs these tests has all that is needed."""
    assert all(line.ok for line in doctor.look(tmp_path, None) if line.needed)
    assert "network_unasked" in keys(None, tmp_path)


def test_servers_are_asked_each_once(tmp_path: Path) -> None:
    """Each host stands with its layers; a silent one is a note and stops nothing."""
    asked: list[str] = []

    def reach(host: str) -> bool:
        asked.append(host)
        return "planetary" not in host

    lines = [line for line in doctor.look(tmp_path, reach) if line.key.startswith("server")]

    assert len(lines) == len(set(asked)) == len(asked)
    assert [line.key for line in lines] == ["server"] * (len(lines) - 1) + ["servers_silent"]
    assert "hansen_gfc@v1.13" in next(one for one in lines if "storage.google" in one.values["host"]).values["layers"]
    assert not any(line.needed for line in lines)


def test_without_a_network_it_is_said_once(tmp_path: Path) -> None:
    """All servers and their layers in one line: thirteen times the same sentence is read by nobody."""
    (line,) = (one for one in doctor.look(tmp_path, lambda _: False) if one.key.startswith("server"))

    assert line.values["count"] == str(line.values["hosts"].count("(")) and int(line.values["count"]) > 9
    assert "hansen_gfc@v1.13" in line.values["hosts"] and not line.needed


def test_what_is_missing_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a library, an extra, a place to write, or the command on the path, the line says so."""
    monkeypatch.setattr(doctor, "_version", lambda name: None)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    lines = list(doctor.look(tmp_path, None))
    wrong = {line.key for line in lines if line.needed and not line.ok}

    assert wrong == {"library_absent", "not_writable"}
    assert {"command_away", "extra_absent"} <= {line.key for line in lines}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_can_be_said(tmp_path: Path, language: str) -> None:
    """No line lacks its sentence or a figure of it."""
    for answered in (True, False):
        for line in doctor.look(tmp_path, lambda _, answered=answered: answered):  # type: ignore[misc]
            assert say("doctor", line.key, language, **line.values)


def test_a_closed_port_does_not_answer() -> None:
    """No connection is no answer, and no traceback."""
    assert not answers("http://127.0.0.1:9", seconds=1, home=frozenset({"127.0.0.1:9"}))
