"""From a finished package to filings: what is refused before anything is sent, and numbers noted when they come."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eudr_check import register
from eudr_check.errors import FilingError
from eudr_check.files import sha256
from eudr_check.filing import answers
from eudr_check.filing.client import Client
from eudr_check.filing.words import errors
from eudr_check.package.bag import contents
from eudr_check.package.bag.unpack import opened
from eudr_check.package.verify import verify
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import FilingState, outbox
from eudr_check.register.outbox import Sent
from eudr_check.run.recompute import STAGES
from eudr_check.text import sentence


@dataclass(frozen=True)
class Ready:
    """One statement or declaration that may be filed."""

    payload: bytes
    about: Sent
    pdf_sha256: tuple[str, ...]
    """Of its pages, one in each language; production asks for one of them."""


def ready(package: Path, file: Place, chosen: str | None, *, amending: bool = False) -> list[Ready]:
    """What of a package may be filed.

    Args:
        package: ZIP or folder of a package, or the folder that `eudr-check simplified` wrote.
        file: the register.
        chosen: shipment, lot, folder or internal reference of one statement; None takes all.
        amending: it takes the place of what was filed, so the last package of the register need not be this one.

    Raises:
        FilingError: a draft, an edition without names, no such statement.
        RegisterError: plots or lots changed since.
        PackageError: no package.
    """
    if (package / "sd.xml").is_file():
        return [_declaration(package)]
    with _content(package) as content:
        summary = contents.summary(content)
        if summary["draft"]:
            raise FilingError(sentence("refusals", "draft_package", package=str(package)))
        if summary["redacted"]:
            raise FilingError(sentence("refusals", "redacted_package", package=str(package)))
        lines = [line for line in summary["statements"] if chosen is None or chosen in _names(line)]
        if not lines:
            there = ", ".join(line["reference"] for line in summary["statements"]) or "none"
            raise FilingError(
                sentence("refusals", "no_statement", package=str(package), chosen=str(chosen), there=there)
            )
        return [_statement(content, file, summary["harvest"], line, amending=amending) for line in lines]


def refuse_changed(package: Path) -> None:
    """Every file and outcome of a package is made once more before it is filed; a declaration stands for itself.

    Raises:
        FilingError: the package does not verify.
    """
    differences = [] if (package / "sd.xml").is_file() else verify(package, stages=STAGES)
    if differences:
        first = differences[0]
        raise FilingError(
            sentence(
                "refusals",
                "does_not_verify",
                package=str(package),
                count=len(differences),
                file=first.file,
                problem=first.message,
            )
        )


def refuse_unconfirmed(chosen: Sequence[Ready], confirmed: Sequence[str]) -> None:
    """Production takes only what a person has seen: the hash of its page is asked for.

    Raises:
        FilingError: names the page that is not confirmed; not its hash, which would confirm it unseen.
    """
    given = {one.strip().lower() for one in confirmed}
    for one in chosen:
        if not given & set(one.pdf_sha256):
            raise FilingError(sentence("refusals", "not_confirmed", statement=one.about.statement))


def note_numbers(file: Place, rows: Sequence[Row]) -> list[str]:
    """Note the numbers that have come in the register, as a person would; noting again changes nothing.

    Returns:
        Internal references whose numbers stand in the register.
    """
    noted = []
    for row in rows:
        holds = row["reference_number"] and row["status"] not in ("WITHDRAWN", "REJECTED")
        if row["operation"] != "submit" or row["kind"] != "dds" or row["state"] != "accepted" or not holds:
            continue
        where = (file, row["harvest"], row["internal_reference"])
        register.note(
            *where,
            reference=row["reference_number"],
            verification=row["verification_number"],
            submitted=_local(row["created"]),
            package=row["package_digest"],
        )
        register.note_available(
            *where, max(_local(row["available"]), _local(row["created"])), package=row["package_digest"]
        )
        noted.append(row["internal_reference"])
    return noted


def refusal(file: Place, state: FilingState, language: str) -> list[str]:
    """Why the EU system refused a request, in plain words; nothing where it gave no reason."""
    if state.state != "refused" or state.filing is None:
        return []
    said = [answers.read(one["answer"].encode()).fault for one in outbox.answers(file, state.filing)]
    faults = [fault for fault in said if fault is not None]
    return errors(faults[-1], language) if faults else []


def refresh(client: Client) -> list[Row]:
    """Ask for the state of everything, and note the numbers that have come."""
    rows = client.refresh()
    note_numbers(client.register, rows)
    return rows


def _local(time: str) -> dt.datetime:
    """A time as people note it: of this machine, to the minute."""
    return dt.datetime.fromisoformat(time).astimezone().replace(tzinfo=None, second=0, microsecond=0)


@contextmanager
def _content(package: Path) -> Iterator[Path]:
    with opened(package) as top:
        yield top / "data" if (top / "bagit.txt").is_file() else top


def _names(line: dict[str, Any]) -> set[str | None]:
    folder = str(line["folder"])
    return {line["shipment"], line["lot"], line["reference"], folder, folder.removeprefix("statement-")}


def _statement(content: Path, file: Place, harvest: str, line: dict[str, Any], *, amending: bool) -> Ready:
    place = content / line["folder"]
    if not (place / "dds.xml").is_file():
        raise FilingError(sentence("refusals", "no_dds", folder=str(line["folder"])))
    digest = None
    if not amending:
        digest = register.ready(file, harvest, line["reference"], sha256(place / "plots.geojson"))
    about = Sent("", "", "submit", "", "", harvest, digest, line["shipment"], line["folder"])
    return Ready((place / "dds.xml").read_bytes(), about, _pages(place))


def _declaration(folder: Path) -> Ready:
    facts = json.loads((folder / "sd.json").read_text(encoding="utf-8"))
    if not facts["ready_to_sign"]:
        raise FilingError(sentence("refusals", "draft_declaration", folder=str(folder)))
    about = Sent("", "", "submit", "", "", str(facts["harvest"]), None, None, folder.name)
    return Ready((folder / "sd.xml").read_bytes(), about, _pages(folder))


def _pages(folder: Path) -> tuple[str, ...]:
    return tuple(sha256(page) for page in sorted(folder.glob("*.pdf")))
