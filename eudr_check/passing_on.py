"""Reference numbers for customers: CSV and JSON for their programs, a sheet with QR codes for their files."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import segno

from eudr_check import eudr_x, register
from eudr_check.choices import LANGUAGES
from eudr_check.errors import RegisterError
from eudr_check.package.folder import Folder
from eudr_check.package.statement.facts import noon
from eudr_check.package.statement.pdf import pdf
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.text import number, say, sentence

COLUMNS = (
    "shipment",
    "lots",
    "net_mass_kg",
    "reference_number",
    "verification_number",
    "internal_reference",
    "submitted",
    "status",
    "system",
)
REAL = (None, "production")
"""Systems whose numbers are worth something; what a person noted is taken for real."""
CONFIDENTIAL = "verification_number"


def pass_on(
    file: Place,
    harvest: str,
    folder: Path,
    *,
    shipment: str | None = None,
    with_verification: bool = False,
    languages: Sequence[str] = LANGUAGES,
    order: eudr_x.Order | None = None,
) -> list[Path]:
    """Write the numbers of a harvest that hold as `references.csv`, `references.json` and `references.LANGUAGE.pdf`.

    Args:
        file: the register.
        harvest: its name.
        folder: new or empty folder.
        shipment: only this one; a customer has no business with the shipments of others.
        with_verification: put the verification numbers in; they are confidential.
        languages: of the sheets.
        order: of a customer whose program takes EUDR-X: `references.eudr-x.json` as well.

    Returns:
        The files written.

    Raises:
        RegisterError: no number holds, the register cannot be read, the folder holds something, or EUDR-X has no place
            for what would be passed on.
    """
    rows = register.passed_on(file, harvest, shipment)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RegisterError(sentence("filing", "folder_taken", folder=str(folder)))
    names = [name for name in COLUMNS if with_verification or name != CONFIDENTIAL]
    shown = [{name: row[name] for name in names} for row in rows]
    exchanged = None if order is None else eudr_x.document(order, shown, dt.datetime.now(dt.UTC))
    into = Folder(folder)
    if exchanged is not None:
        into.json("references.eudr-x.json", exchanged)
    into.csv("references.csv", pd.DataFrame(shown, columns=names))
    into.json("references.json", {"harvest": harvest, "references": shown})
    day = max(dt.date.fromisoformat(row["submitted"]) for row in rows)
    for language in languages:
        into.bytes(f"references.{language}.pdf", pdf(sheet(harvest, shown, language), noon(day)))
    return sorted(folder.iterdir())


def code_text(row: Row) -> str:
    """What a QR code holds: the reference number, and its verification number after a blank where it is passed on.

    >>> code_text({"reference_number": "26BE7XTVCZAQ2S", "verification_number": "SFFCB4Y3"})
    '26BE7XTVCZAQ2S SFFCB4Y3'
    """
    return " ".join(filter(None, (row["reference_number"], row.get(CONFIDENTIAL))))


def sheet(harvest: str, rows: Sequence[Row], language: str) -> Row:
    """The pages of a sheet, as the layout of statements takes them.

    Args:
        harvest: its name.
        rows: `COLUMNS` of every shipment; without `verification_number` where that is not passed on.
        language: en, es, fr or pt.
    """

    def said(key: str, **values: Any) -> str:
        return say("filing", f"sheet_{key}", language, **values)

    rehearsed = sorted({row["system"] for row in rows} - {*REAL})
    secrecy = said("with" if CONFIDENTIAL in rows[0] else "without")
    return {
        "language": language,
        "title": said("title"),
        "author": "",
        "subtitle": said("subtitle", harvest=harvest),
        "mark": rehearsed[0].upper() if rehearsed else None,
        "footer": said("subtitle", harvest=harvest),
        "page": said("page"),
        "status": {
            "heading": said("heading"),
            "text": f"{said('text')} {secrecy}",
            "points": [said("rehearsed")] if rehearsed else [],
        },
        "sections": [
            {
                "level": 2,
                "heading": row["shipment"] or row["internal_reference"],
                "pairs": [(said(name), _cell(name, row, language)) for name in COLUMNS[:-1] if name in row],
                "code": {"svg": _code(row), "alt": said("code", reference=row["reference_number"])},
            }
            for row in rows
        ],
    }


def _cell(name: str, row: Mapping[str, Any], language: str) -> str:
    value = row[name]
    if name == "net_mass_kg" and value is not None:
        return say("statement", "net_mass_value", language, kg=number(value, language))
    if name == "status" and value is None:
        return say("filing", "sheet_unrated", language)
    return "–" if value is None else str(value)


def _code(row: Mapping[str, Any]) -> str:
    made = io.BytesIO()
    segno.make(code_text(row), error="m", micro=False).save(made, kind="svg", scale=4, border=4, xmldecl=False)
    return made.getvalue().decode("utf-8")
