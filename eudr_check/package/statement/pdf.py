"""Pages as PDF: tagged, fonts embedded, the same document giving the same bytes."""

import json
from importlib.resources import as_file, files

import typst

from eudr_check.package import fonts
from eudr_check.package.statement.glyphs import drawable
from eudr_check.records import Json


def pdf(document: Json, timestamp: int) -> bytes:
    """PDF/A-2a of a document.

    Args:
        document: what `document.document` made.
        timestamp: seconds since 1970 that the file says it was made at.
    """
    with as_file(files(__package__).joinpath("statement.typ")) as template:
        made: bytes = typst.compile(
            str(template),
            format="pdf",
            sys_inputs={"document": json.dumps(drawable(document), ensure_ascii=False)},
            font_paths=[str(fonts.folder())],
            ignore_system_fonts=True,
            pdf_standards=["a-2a"],
            # Without a fixed time two builds of the same statement would differ.
            timestamp=timestamp,
        )
    return made
