"""Commands of filing on simplified declarations, keys from the keyring, and secrets that show nowhere."""

import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest
from typer.testing import CliRunner, Result

from eudr_check import config
from eudr_check.cli.commands import app
from eudr_check.errors import EudrCheckError
from eudr_check.filing import practice, security
from eudr_check.filing.practice import server
from eudr_check.register import outbox
from eudr_check.run.exit import Exit
from tests.helpers import tiny_harvest
from tests.helpers.filing import KEY, SD_PAYLOAD, serving
from tests.helpers.quick_register import no_waiting_for_the_disk


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A simplified declaration as `eudr-check simplified` writes it."""
    made = tmp_path / "declaration"
    made.mkdir()
    (made / "sd.json").write_text(json.dumps({"ready_to_sign": True, "harvest": "gh-cocoa"}), encoding="utf-8")
    (made / "sd.xml").write_bytes(SD_PAYLOAD)
    (made / "declaration.en.pdf").write_bytes(b"%PDF")
    return made


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[practice.System]:
    """A practice server that knows a key of its own, and an environment that leads to it."""
    system = practice.System(polls=1)
    monkeypatch.setattr(server, "KEY", KEY)
    with serving(system) as address:
        for name, value in {
            security.USER: practice.USER,
            security.KEY: KEY,
            security.CLIENT_ID: practice.CLIENT_ID,
            "EUDR_CHECK_EU_ENDPOINT": address,
            "EUDR_CHECK_REGISTER": str(tmp_path / "register.gpkg"),
        }.items():
            monkeypatch.setenv(name, value)
        yield system


def said(*words: object) -> Result:
    """What a command says and how it ends."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_declaration_from_submission_to_withdrawal(folder: Path, system: practice.System) -> None:
    """A simplified declaration is filed once, gets numbers, is amended under them, and withdrawn."""
    sent = said("submit", folder, "--acceptance")
    again = said("submit", folder, "--acceptance")
    status = said("submission", "status", "--acceptance")
    (folder / "sd.xml").write_bytes(SD_PAYLOAD.replace(b"2500", b"2400"))
    amended = said("amend", folder, "--acceptance")
    same = said("amend", folder, "--acceptance")
    (record,) = system.records
    checked = said("verify-number", record.reference_number, record.verification_number, "--acceptance")
    withdrawn = said("withdraw", "gh-cocoa", "--acceptance")

    assert (sent.exit_code, status.exit_code, amended.exit_code, withdrawn.exit_code) == (Exit.DONE,) * 4
    assert "was filed already" in str(again.exception)
    assert f"{record.reference_number} available" in status.output
    assert "exactly this was sent" in str(same.exception)
    assert (
        record.version,
        record.statement.findtext("{*}commodities/{*}descriptors/{*}goodsMeasure/{*}netWeight"),
    ) == (
        2,
        "2400",
    )
    assert checked.exit_code == Exit.DONE
    assert record.status == "WITHDRAWN"


def test_a_draft_and_another_declaration_are_not_sent(folder: Path, system: practice.System) -> None:
    """What is a draft is refused before a call; an amendment of what was never filed names what is missing."""
    missing = said("amend", folder, "--acceptance")
    facts = {"ready_to_sign": False, "harvest": "gh-cocoa"}
    (folder / "sd.json").write_text(json.dumps(facts), encoding="utf-8")
    draft = said("submit", folder, "--acceptance")

    assert "was not filed from this register" in str(missing.exception)
    assert "is a draft" in str(draft.exception)
    assert not system.records


def test_a_refusal_says_what_to_change_in_the_language_asked_for(folder: Path, system: practice.System) -> None:
    """The words of the system, then the remedy in Spanish; the register says the same later, and nothing is pending."""
    (folder / "sd.xml").write_bytes(SD_PAYLOAD.replace(b"090111", b"09"))
    refused = said("submit", folder, "--acceptance", "--language", "es")
    listed = said("register", "filings", folder.parent / "register.gpkg", "--language", "es")

    assert refused.exit_code == Exit.ERROR
    assert "EUDR-COMMODITIES-HS-CODE-INVALID" in refused.output
    assert "Corrija product.hs_code" in refused.output
    assert "no presentada: rechazada" in listed.output
    assert "Corrija product.hs_code" in listed.output
    assert not system.records


class Kept(keyring.backend.KeyringBackend):
    """A keyring of the system that holds one key, or is locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, keys: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        super().__init__()
        self.keys, self.locked = keys, locked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.PasswordSetError("only read here")

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("not unlocked")
        return self.keys.get((service, username))


@pytest.fixture
def backend() -> Iterator[None]:
    """The keyring of this machine is put back."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("backend")
def test_the_key_comes_from_the_keyring(folder: Path, system: practice.System, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a variable the keyring is asked, for the system that is meant; where it has none, nothing is sent."""
    monkeypatch.delenv(security.KEY)
    ends: dict[str, Result] = {}
    for name, kept in {
        "other": Kept({("eudr-check production", practice.USER): KEY}),
        "locked": Kept({}, locked=True),
        "right": Kept({("eudr-check practice", practice.USER): KEY}),
    }.items():
        keyring.set_keyring(kept)
        ends[name] = said("submit", folder, "--acceptance")

    assert "EUDR_CHECK_EU_KEY: not set" in str(ends["other"].exception)
    assert "keyring: KeyringLocked" in str(ends["locked"].exception)
    assert ends["right"].exit_code == Exit.DONE
    assert len(system.records) == 1


def test_secrets_show_nowhere(
    folder: Path,
    system: practice.System,
    tiny: tiny_harvest.Tiny,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The key stands in no output, log, error, trace with its variables, file, dry run or dump of the settings."""
    caplog.set_level(logging.DEBUG)
    file = folder.parent / "register.gpkg"
    ends = [
        said("submit", folder, "--acceptance", "--dry-run"),
        said("submit", folder, "--acceptance"),
        said("submission", "status", "--acceptance", "--json"),
        said("register", "filings", file, "--json"),
        said("register", "export", file, folder.parent / "out"),
    ]
    (record,) = system.records
    (folder.parent / "pairs.csv").write_text(
        f"reference_number,verification_number\n{record.reference_number},{record.verification_number}\n",
        encoding="utf-8",
    )
    ends += [said("verify-numbers", folder.parent / "pairs.csv", "--acceptance", "--json")]
    system.records.clear()
    monkeypatch.setattr(server, "KEY", "another")
    ends += [said("withdraw", "gh-cocoa", "--acceptance"), said("submission", "status", "--acceptance")]
    monkeypatch.setenv("EUDR_CHECK_EU_ENDPOINT", "http://127.0.0.1:9/")
    ends += [
        said("withdraw", "gh-cocoa", "--acceptance"),
        said("verify-numbers", folder.parent / "pairs.csv", "--acceptance"),
    ]
    shown = [one.output for one in ends] + [caplog.text]
    shown += [config.load(tiny.config).model_dump_json(), repr(config.load(tiny.config))]
    (folder.parent / "pairs.csv").unlink()
    files = [path for path in folder.parent.rglob("*") if path.is_file()]

    assert len([one for one in ends if one.exception is not None and isinstance(one.exception, EudrCheckError)]) >= 2
    assert not [text for text in [*shown, *map(trace, ends)] if KEY in text]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert not [text for text in shown if str(record.verification_number) in text]
    assert [path for path in files if str(record.verification_number).encode() in path.read_bytes()] == [file]
    assert len(outbox.sent(file)) >= 2


def trace(result: Result) -> str:
    """What a report of a crash would show: the trace with the variables of every call."""
    error: Any = result.exception
    return (
        ""
        if error is None
        else "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    )
