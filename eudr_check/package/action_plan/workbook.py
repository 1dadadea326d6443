"""The workbook of a cooperative: scorecard, everything to do, and the visits."""

import textwrap
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from eudr_check.law.regulation import CUTOFF
from eudr_check.package import document_date, palette
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.text import say
from eudr_check.text.clean import clean, file_stem

BY_HAND = ("done", "found", "done_on", "photo", "person")
"""Columns that whoever does the work fills in."""
FOUND = ("clear", "confirm")
"""What can have been found, as reviews have it."""
KEYS = ("plot_key", "evidence_digest")
"""Hidden columns by which a row is known when it comes back."""
LINE_POINTS, MOST_POINTS = 15, 409
"""A line of the standard font, and the highest row that Excel has."""


def write(folder: Path, plan: Plan) -> Path:
    """Write `COOPERATIVE.xlsx`; same plan, same bytes."""
    path = folder / f"{file_stem(plan.cooperative)}.xlsx"
    # Cells are written as text, so a name that begins with `=` stays a name; the date makes the bytes repeatable.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    day = document_date.day(plan.harvest)
    book.set_properties({"title": plan.say("title"), "created": datetime(day.year, day.month, day.day)})
    look = {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#0d5f66"}),
        "head": book.add_format({"bold": True, "bg_color": "#eef0f2", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "kg": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "degrees": book.add_format({"num_format": "0.000000", "valign": "top"}),
        "share": book.add_format({"num_format": "0 %", "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "soft": book.add_format({"font_color": "#5b6270", "text_wrap": True}),
        "done": book.add_format({"font_color": palette.OUTCOMES["low"].ink, "bold": True}),
        "open": book.add_format({"font_color": palette.OUTCOMES["high"].ink, "bold": True}),
    }
    _score_sheet(book.add_worksheet(plan.say("scorecard")[:31]), plan, look)
    _action_sheet(book.add_worksheet(plan.say("actions")[:31]), plan, plan.todo, look)
    visits = plan.todo[plan.todo["kind"] == "field"]
    _action_sheet(book.add_worksheet(plan.say("visits")[:31]), plan, visits, look)
    book.close()
    return path


def _score_sheet(sheet: Any, plan: Plan, look: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 5, 13)
    sheet.write_string(0, 0, f"{plan.say('title')} · {clean(plan.name)}", look["title"])
    sheet.write_string(1, 0, plan.line, look["soft"])
    heads = ["measure", "count", "of", "now", "target", "state"]
    for column, head in enumerate(heads):
        sheet.write_string(3, column, plan.say(head), look["head"])
    for row, score in enumerate(plan.scores, start=4):
        sheet.write_string(row, 0, plan.say(f"score_{score.name}"), look["text"])
        sheet.write_number(row, 1, score.reached, look["kg"])
        state = "reached" if score.done else "open"
        if score.name == "documents":
            sheet.write_number(row, 4, score.target, look["kg"])
        elif score.share is None:
            sheet.write_string(row, 3, plan.say("no_deliveries") if score.name == "volume" else "–", look["soft"])
        else:
            sheet.write_number(row, 2, score.whole, look["kg"])
            sheet.write_number(row, 3, score.share, look["share"])
            sheet.write_number(row, 4, score.target, look["share"])
        sheet.write_string(row, 5, plan.say(state), look["done" if score.done else "open"])
    last = 5 + len(plan.scores)
    sheet.write_string(last, 0, plan.summary, look["text"])
    sheet.write_string(last + 1, 0, plan.order, look["soft"])
    sheet.write_string(last + 2, 0, plan.say("page_note"), look["soft"])
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _action_sheet(sheet: Any, plan: Plan, todo: pd.DataFrame, look: dict[str, Any]) -> None:
    named = plan.harvest.package.producer_as == "producer"
    columns: list[tuple[str, str, float, str]] = [
        ("plot", "plot_id", 16, "text"),
        *([("producer", "producer", 22, "text")] if named else []),
        ("kilograms", "kg", 10, "kg"),
        ("area", "area_ha", 9, "number"),
        ("wrong", "wrong", 42, "text"),
        ("todo", "todo", 52, "text"),
        ("kind", "kind", 13, "text"),
        ("who", "who", 24, "text"),
        ("by_when", "by", 12, "date"),
        ("place", "place", 18, "text"),
        ("latitude", "latitude", 12, "degrees"),
        ("longitude", "longitude", 12, "degrees"),
        ("where", "where", 24, "text"),
        ("code", "code", 24, "text"),
        *((name, name, 16 if name == "found" else 12, "text") for name in BY_HAND),
        *((name, name, 24, "text") for name in KEYS),
    ]
    rows = todo.assign(
        kind=[plan.say(f"kind_{kind}") for kind in todo["kind"]],
        who=[plan.say(f"who_{who}") for who in todo["who"]],
        where=[plan.file_row(row) for row in todo.itertuples()],
        producer=todo["plot"].map(plan.plots["producer_name"]),
        plot_key=todo["plot"],
        evidence_digest=todo["plot"].map({plot: one["evidence_digest"] for plot, one in plan.to_review.items()}),
        **dict.fromkeys(BY_HAND),
    )
    for number_, (head, _, width, _) in enumerate(columns):
        sheet.set_column(number_, number_, width, None, {"hidden": head in KEYS})
        sheet.write_string(0, number_, plan.say(head), look["head"])
    for number_, (_, name, _, kind) in enumerate(columns):
        for row, value in enumerate(rows[name].tolist(), start=1):
            if value is None or value is pd.NA or value != value:
                continue
            if kind == "text":
                sheet.write_string(row, number_, clean(str(value)), look["text"])
            elif kind == "date":
                sheet.write_datetime(row, number_, datetime(value.year, value.month, value.day), look["date"])
            else:
                sheet.write_number(row, number_, float(value), look[kind])
    _by_hand(sheet, plan, [head for head, *_ in columns], len(rows))
    texts = [(rows[name].tolist(), width) for _, name, width, kind in columns if kind == "text" and name not in KEYS]
    for row in range(len(rows)):
        # Programs that open a workbook do not all make rows fit their text.
        lines = max(_lines(values[row], width) for values, width in texts)
        sheet.set_row(row + 1, min(MOST_POINTS, LINE_POINTS * lines))
    sheet.freeze_panes(1, 1)
    if len(rows):
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    else:
        sheet.write_string(1, 0, plan.say("nothing"), look["soft"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _by_hand(sheet: Any, plan: Plan, heads: Sequence[str], rows: int) -> None:
    """What was found is chosen in words that are read back, and a date is a date."""
    if not rows:
        return
    at = {name: heads.index(name) for name in BY_HAND}
    words = [say("reviews", f"decision_{code}", plan.language) for code in FOUND]
    sheet.data_validation(1, at["found"], rows, at["found"], {"validate": "list", "source": words})
    since = {"validate": "date", "criteria": ">=", "value": CUTOFF, "error_type": "warning"}
    sheet.data_validation(1, at["done_on"], rows, at["done_on"], since)


def _lines(value: Any, width: float) -> int:
    """Lines that a text takes in a column of so many characters, words kept whole."""
    if value is None or value is pd.NA or value != value:
        return 1
    return _wrapped(clean(str(value)), max(1, int(width) - 1))


@lru_cache(maxsize=4096)
def _wrapped(text: str, width: int) -> int:
    """The same advice stands on thousands of rows, and most cells are short."""
    return 1 if len(text) <= width and text.isprintable() else max(1, len(textwrap.wrap(text, width)))
