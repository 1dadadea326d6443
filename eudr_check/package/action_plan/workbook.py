"""The workbook of a cooperative: scorecard, everything to do, and the visits."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from eudr_check.law.regulation import CUTOFF
from eudr_check.package import palette
from eudr_check.package.action_plan import sheet_rows
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.action_plan.sheet_rows import Rows
from eudr_check.text import row_height
from eudr_check.text.clean import clean, file_stem
from eudr_check.text.decided import decision

BY_HAND = {"done": 8, "found": 17, "done_on": 12, "photo": 14, "person": 14}
"""Columns that whoever does the work fills in, with their widths in characters."""
FOUND = ("clear", "confirm")
"""What can have been found, as reviews have it."""
KEYS = ("plot_key", "evidence_digest")
"""Hidden columns by which a row is known when it comes back."""
SCORES = (46, 13)
"""Widths of the scorecard's columns: the first, and each of the other five."""

Column = tuple[str, str, float, str]
"""Key of its word, name in the table, width in characters, and how its cells look."""
ON_SCREEN: tuple[Column, ...] = (
    ("kind", "kind", 13, "text"),
    ("place", "place", 18, "text"),
    ("latitude", "latitude", 12, "degrees"),
    ("longitude", "longitude", 12, "degrees"),
    ("where", "where", 24, "text"),
    ("code", "code", 24, "text"),
    *((name, name, 24, "text") for name in KEYS),
)
"""Columns that are not printed."""


def write(folder: Path, plan: Plan) -> Path:
    """Write `COOPERATIVE.xlsx`; same plan, same bytes."""
    path = folder / f"{file_stem(plan.cooperative)}.xlsx"
    # Cells are written as text, so a name that begins with `=` stays a name; the date makes the bytes repeatable.
    # Rows go to the disk as they are written: those of a nation would take a gigabyte.
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    book = xlsxwriter.Workbook(str(path), options)
    day = plan.settings.day
    book.set_properties({"title": plan.say("title"), "created": datetime(day.year, day.month, day.day)})
    head = {"bold": True, "bg_color": "#eef0f2", "bottom": 1, "text_wrap": True, "valign": "top"}
    look = {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#0d5f66"}),
        "head": book.add_format(head),
        "head_number": book.add_format(head | {"align": "right"}),
        "head_text": book.add_format(head | {"align": "left", "indent": 1}),
        # Numbers stand at the right of their cells: text after them begins a little further in.
        "text": book.add_format({"text_wrap": True, "valign": "top", "align": "left", "indent": 1}),
        "by_hand": book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9aa0aa"}),
        "number": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "kg": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "degrees": book.add_format({"num_format": "0.000000", "valign": "top"}),
        "share": book.add_format({"num_format": "0 %", "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left", "indent": 1}),
        "soft": book.add_format({"font_color": "#5b6270", "text_wrap": True, "valign": "top"}),
        "note": book.add_format({"text_wrap": True, "valign": "top"}),
        "done": book.add_format(
            {"font_color": palette.OUTCOMES["low"].ink, "bold": True, "align": "left", "indent": 1}
        ),
        "open": book.add_format(
            {"font_color": palette.OUTCOMES["high"].ink, "bold": True, "align": "left", "indent": 1}
        ),
    }
    _score_sheet(book.add_worksheet(plan.say("scorecard")[:31]), plan, look)
    visited = (plan.todo["kind"] == "field").to_numpy(bool)
    _action_sheet(book.add_worksheet(plan.say("actions")[:31]), plan, len(visited), look)
    _action_sheet(book.add_worksheet(plan.say("visits")[:31]), plan, int(visited.sum()), look)
    book.close()
    actions = _rows(plan)
    sheet_rows.fill(path, {2: actions, 3: actions.only(visited)})
    return path


def _score_sheet(sheet: Any, plan: Plan, look: dict[str, Any]) -> None:
    sheet.set_column(0, 0, SCORES[0])
    sheet.set_column(1, 5, SCORES[1])
    sheet.write_string(0, 0, f"{plan.say('title')} · {clean(plan.name)}", look["title"])
    sheet.write_string(1, 0, plan.line, look["soft"])
    heads = {"measure": "head", **dict.fromkeys(("count", "of", "now", "target"), "head_number"), "state": "head_text"}
    for column, (head, kind) in enumerate(heads.items()):
        sheet.write_string(3, column, plan.say(head), look[kind])
    sheet.set_row(3, row_height.height((plan.say(head), SCORES[column > 0]) for column, head in enumerate(heads)))
    for row, score in enumerate(plan.scores, start=4):
        sheet.write_string(row, 0, said := plan.say(f"score_{score.name}"), look["note"])
        state, known = plan.state(score), score.share is not None or score.name == "documents"
        missing = "" if known else plan.say("no_deliveries") if score.name == "volume" else "–"
        # The last column may reach over its edge.
        sheet.set_row(row, row_height.height([(said, SCORES[0]), (missing, SCORES[1]), (state, 5 * SCORES[1])]))
        sheet.write_number(row, 1, score.reached, look["kg"])
        if score.name == "documents":
            sheet.write_number(row, 4, score.target, look["kg"])
        elif score.share is None:
            sheet.write_string(row, 3, missing, look["soft"])
        else:
            sheet.write_number(row, 2, score.whole, look["kg"])
            # Rounded down as on paper, so that 99.9 % never reads as all of them.
            sheet.write_number(row, 3, int(score.share * 100) / 100, look["share"])
            sheet.write_number(row, 4, score.target, look["share"])
        sheet.write_string(row, 5, state, look["done" if score.done else "open"])
    last = 5 + len(plan.scores)
    notes = [(plan.summary, "note"), (plan.order, "soft"), (plan.say("page_note"), "soft")]
    notes += [(plan.mark, "note")] if plan.mark else []
    for row, (said, kind) in enumerate(notes, start=last):
        sheet.merge_range(row, 0, row, 5, said, look[kind])
        sheet.set_row(row, row_height.height([(said, SCORES[0] + 5 * SCORES[1])]))
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _action_sheet(sheet: Any, plan: Plan, rows: int, look: dict[str, Any]) -> None:
    """Everything of a sheet but its rows; one sample of them stands below the head."""
    printed = _printed(plan)
    columns = [*printed, *ON_SCREEN]
    for number_, (head, _, width, kind) in enumerate(columns):
        sheet.set_column(number_, number_, width, None, {"hidden": head in KEYS})
        above = "head_text" if kind in ("text", "date", "by_hand") else "head_number"
        sheet.write_string(0, number_, plan.say(head), look[above])
    sheet.set_row(0, row_height.height((plan.say(head), width) for head, _, width, _ in columns))
    for number_, (*_, kind) in enumerate(columns) if rows else ():
        _sample(sheet, number_, kind, look)
    _by_hand(sheet, plan, [head for head, *_ in columns], rows)
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, rows, len(columns) - 1)
    else:
        sheet.write_string(1, 0, plan.say("nothing"), look["soft"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    # What is filled in and read fits the width of the page; positions, files and codes are for the screen.
    sheet.print_area(0, 0, max(1, rows), len(printed) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _rows(plan: Plan) -> Rows:
    """The rows of all actions."""
    todo = plan.todo
    made: dict[str, Callable[[], object]] = {
        "kind": lambda: todo["kind"].map({kind: plan.say(f"kind_{kind}") for kind in todo["kind"].unique()}),
        "who": lambda: todo["who"].map({who: plan.say(f"who_{who}") for who in todo["who"].unique()}),
        "where": lambda: plan.file_rows(todo),
        "producer": lambda: todo["plot"].map(plan.plots["producer_name"]),
        "plot_key": lambda: todo["plot"],
        "evidence_digest": lambda: todo["plot"].map(plan.to_review["evidence_digest"]),
        **dict.fromkeys(BY_HAND, lambda: [None] * len(todo)),
    }
    columns, wrapped = [], []
    for _, name, width, kind in (*_printed(plan), *ON_SCREEN):
        values = made[name]() if name in made else todo[name]
        coded = pa.array(values, from_pandas=True).dictionary_encode()
        columns.append(sheet_rows.cells(kind, coded))
        if _wraps(name, kind):
            wrapped.append((coded, width))
    return Rows(row_height.heights(wrapped, len(todo)), columns)


def _wraps(name: str, kind: str) -> bool:
    return kind == "text" and name not in KEYS


def _sample(sheet: Any, column: int, kind: str, look: dict[str, Any]) -> None:
    """A cell that looks as all of its column do."""
    if kind == "by_hand":
        sheet.write_blank(1, column, None, look[kind])
    elif kind == "text":
        sheet.write_string(1, column, kind, look[kind])
    else:
        sheet.write_number(1, column, 0, look[kind])


def _printed(plan: Plan) -> list[Column]:
    """What is read and filled in on paper."""
    return [
        ("plot", "plot_id", 15, "text"),
        *([("producer", "producer", 20, "text")] if plan.settings.names_producers else []),
        ("kilograms", "kg", 9, "kg"),
        ("area", "area_ha", 9, "number"),
        ("wrong", "wrong", 36, "text"),
        ("todo", "todo", 44, "text"),
        ("who", "who", 20, "text"),
        ("by_when", "by", 12, "date"),
        *((name, name, BY_HAND[name], "by_hand") for name in BY_HAND),
    ]


def _by_hand(sheet: Any, plan: Plan, heads: Sequence[str], rows: int) -> None:
    """What was found is chosen in words that are read back, and a date is a date."""
    if not rows:
        return
    at = {name: heads.index(name) for name in BY_HAND}
    words = [decision(code, plan.settings.commodity)[plan.language] for code in FOUND]
    sheet.data_validation(1, at["found"], rows, at["found"], {"validate": "list", "source": words})
    since = {"validate": "date", "criteria": ">=", "value": CUTOFF, "error_type": "warning"}
    sheet.data_validation(1, at["done_on"], rows, at["done_on"], since)
