"""The sheet of `review todo`: every plot that a decision can settle, with all filled in that a machine may fill in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter

from eudr_check.documents import headers
from eudr_check.documents.review import COLUMNS, DECISIONS, GROUNDS
from eudr_check.documents.reviews import EXPLAINS, NO_REVIEW
from eudr_check.tables import SETTLED
from eudr_check.text import machine_made, row_height, say, topic
from eudr_check.text.clean import clean
from eudr_check.text.decided import decision

_WIDTHS = {"plots": 24, "decision": 18, "reason": 24, "grounds": 16, "evidence": 18, "imagery": 26, "date": 12}
_WIDTH, _WHY, _NEEDS = 16, 48, 24
_HIDDEN = ("review", "evidence_digest")
"""Columns for machines: read back, of no use to people."""


def asked(assessments: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Plots that a review can settle, with the reason codes it has to answer, the gravest outcome first."""
    order = {"high": 0, "undetermined": 1, "more_info_needed": 2}
    open_ones = assessments[~assessments["final_outcome"].isin(SETTLED)]
    ordered = open_ones.assign(order=open_ones["outcome"].map(order)).sort_values("order", kind="stable")
    codes = {str(plot): tuple(str(text).split()) for plot, text in ordered["reasons"].items()}
    return {
        plot: tuple(code for code in mine if code not in EXPLAINS)
        for plot, mine in codes.items()
        if not NO_REVIEW & set(mine)
    }


def write(
    path: Path,
    wanted: Mapping[str, Sequence[str]],
    outcomes: Mapping[str, str],
    imagery: Mapping[str, str],
    digests: Mapping[str, str],
    commodity: str,
    language: str,
) -> None:
    """Write the sheet (XLSX): the columns of reviews.csv in a language, then why, and what it takes.

    Args:
        path: file to write.
        wanted: from `asked`.
        outcomes: outcome of every plot.
        imagery: dated images by plot, as reviews.csv writes them; plots without any may be absent.
        digests: evidence digest by plot.
        commodity: of the harvest; of wood, degradation is decided on too.
        language: of headers and words.
    """
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("reviews")
    head = book.add_format({"bold": True, "bg_color": "#eef0f2", "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    titles = _titles(language)
    widths = [*(_WIDTHS.get(name, _WIDTH) for name in COLUMNS), _WHY, _NEEDS]
    for at, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.write_string(0, at, title, head)
        sheet.set_column(at, at, width, wrapped, {"hidden": at < len(COLUMNS) and COLUMNS[at] in _HIDDEN})
    sheet.set_row(0, row_height.height(zip(titles, widths, strict=True)))
    for row, (plot, codes) in enumerate(wanted.items(), start=1):
        cells = {
            "review": f"todo {plot}",
            "plots": plot,
            "reason": " ".join(codes),
            "imagery": imagery.get(plot, ""),
            "evidence_digest": digests[plot],
        }
        why = "\n".join(_in_words(code, language) for code in codes)
        needs = say("reviews", f"needs_{outcomes[plot]}", language)
        texts = [*(cells.get(name, "") for name in COLUMNS), why, needs]
        for at, text in enumerate(texts):
            sheet.write_string(row, at, text, wrapped)
        shown = [at for at in range(len(texts)) if at >= len(COLUMNS) or COLUMNS[at] not in _HIDDEN]
        sheet.set_row(row, row_height.height((texts[at], widths[at]) for at in shown))
    last = max(1, len(wanted))
    choices_of = {
        "decision": [decision(code, commodity)[language] for code in DECISIONS],
        "grounds": [say("reviews", f"grounds_{code}", language) for code in GROUNDS],
    }
    for name, choices in choices_of.items():
        at = COLUMNS.index(name)
        sheet.data_validation(1, at, last, at, {"validate": "list", "source": choices})
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()


def _titles(language: str) -> list[str]:
    """Headers; that of the reasons says who translated them."""
    why = "\n".join((say("reviews", "sheet_why", language), *machine_made(language)))
    return [*headers.template("reviews", language).strip().split(";"), why, say("reviews", "sheet_needs", language)]


def _in_words(code: str, language: str) -> str:
    """What settles a reason, in the words of the action plan; the code where there are none."""
    key = "do_whisp" if code.startswith("whisp_") else f"do_{code}"
    steps = topic("plan")
    return clean(f"{code}: {steps[key][language]}") if key in steps else code
