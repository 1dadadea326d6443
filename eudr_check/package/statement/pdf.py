"""Pages as PDF: tagged, fonts embedded, the same document giving the same bytes."""

import json
from functools import cache
from importlib.resources import as_file, files

import typst

from eudr_check.package import fonts
from eudr_check.package.statement.glyphs import drawable
from eudr_check.records import Json

_KEPT = 11
"""Compilations after which Typst has let go of what none of them used."""


def pdf(document: Json, timestamp: int) -> bytes:
    """PDF/A-2a of a document.

    Args:
        document: what `document.document` made.
        timestamp: seconds since 1970 that the file says it was made at.
    """
    return set_pages(text(document), timestamp)


def text(document: Json) -> str:
    """A document as `set_pages` takes it, in a tenth of its memory."""
    return json.dumps(drawable(document), ensure_ascii=False)


def set_pages(document: str, timestamp: int) -> bytes:
    """As `pdf`, of what `text` gave."""
    with as_file(files(__package__).joinpath("statement.typ")) as template:
        made: bytes = typst.compile(
            str(template),
            format="pdf",
            sys_inputs={"document": document},
            font_paths=[str(fonts.folder())],
            ignore_system_fonts=True,
            pdf_standards=["a-2a"],
            # Without a fixed time two builds of the same statement would differ.
            timestamp=timestamp,
        )
    _forget()
    return made


def _forget() -> None:
    """Let go of what Typst keeps of a document for the next ones, 90 MB for a thousand plots: no other is like it.

    It drops what none of the last compilations asked for.
    """
    for _ in range(_KEPT):
        typst.compile(b"", format="svg", font_paths=_no_fonts(), ignore_system_fonts=True)


@cache
def _no_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
