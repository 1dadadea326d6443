"""The action plan of each cooperative: a workbook, two pages of PDF and, where somebody must go out, a KML for a phone.

One set per cooperative, in the first language of the harvest, in the folder `action_plan/`. Codes are those of
findings and reasons. Names of producers appear only in the named edition (`package: {producer_as: producer}`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely
import typst
import xlsxwriter
from babel.dates import format_date

from eudr_check.config import Harvest
from eudr_check.package import document_date, fonts, palette
from eudr_check.package.action_plan.actions import Score, actions, scorecard
from eudr_check.package.report.data import OUTCOMES
from eudr_check.text import number, say
from eudr_check.text.clean import clean, file_stem, markup_entities

KML = "http://www.opengis.net/kml/2.2"
ON_PAPER = 14
"""Actions tried first on the second page; fewer where their sentences are long. The workbook holds all."""
LONGEST = 210
"""Characters of a sentence on paper."""


@dataclass(frozen=True)
class Plan:
    """The plan of one cooperative."""

    cooperative: str
    harvest: Harvest
    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    todo: pd.DataFrame
    scores: list[Score]
    has_deliveries: bool

    @property
    def language(self) -> str:
        """First language of the harvest."""
        return self.harvest.package.languages[0]

    def say(self, key: str, **values: Any) -> str:
        """A word or sentence of the plan."""
        return say("plan", key, self.language, **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number as the language writes it."""
        return number(float(value), self.language, decimals)

    def date(self, value: Any) -> str:
        """A date as the language writes it."""
        return format_date(value, "medium", locale=self.language)


def write(
    folder: Path,
    *,
    harvest: Harvest,
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    deliveries: pd.DataFrame | None = None,
) -> list[Path]:
    """Write `action_plan/COOPERATIVE.xlsx`, `.pdf` and, where there are field visits, `.kml`.

    Args:
        folder: existing folder; the sub-folder is made.
        harvest: settings; name, languages, `producer_as` and date are read.
        plots: PLOTS. findings: FINDINGS. assessments: ASSESSMENTS. reasons: REASONS.
        deliveries: `plot` and `kg_green` per delivery; None where the harvest has no list.

    Returns:
        The files, cooperatives in alphabetical order. Same tables, same bytes.
    """
    target = folder / "action_plan"
    target.mkdir(exist_ok=True)
    todo = actions(
        plots,
        findings,
        assessments,
        reasons,
        deliveries,
        start=document_date.day(harvest),
        language=harvest.package.languages[0],
    )
    named = {*plots["cooperative"], *findings["cooperative"].dropna()}
    written = []
    for cooperative in sorted(named):
        own = plots[plots["cooperative"] == cooperative]
        of_them = todo[todo["cooperative"] == cooperative].reset_index(drop=True)
        about = findings[findings["cooperative"] == cooperative]
        scores = scorecard(own, about, assessments, of_them, deliveries)
        plan = Plan(cooperative, harvest, own, assessments, of_them, scores, deliveries is not None)
        written += [_workbook(target, plan), _pdf(target, plan)]
        if (of_them["kind"] == "field").any():
            written.append(_kml(target, plan))
    return written


def _workbook(folder: Path, plan: Plan) -> Path:
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
    sheet.write_string(0, 0, f"{plan.say('title')} · {clean(plan.cooperative)}", look["title"])
    sheet.write_string(1, 0, _line(plan), look["soft"])
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
    sheet.write_string(last, 0, _summary(plan), look["text"])
    sheet.write_string(last + 1, 0, _order(plan), look["soft"])
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
    ]
    rows = todo.assign(
        kind=[plan.say(f"kind_{kind}") for kind in todo["kind"]],
        who=[plan.say(f"who_{who}") for who in todo["who"]],
        where=[_file_row(plan, row) for row in todo.itertuples()],
        producer=todo["plot"].map(plan.plots["producer_name"]),
    )
    for number_, (head, _, width, _) in enumerate(columns):
        sheet.set_column(number_, number_, width)
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
    sheet.freeze_panes(1, 1)
    if len(rows):
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    else:
        sheet.write_string(1, 0, plan.say("nothing"), look["soft"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _file_row(plan: Plan, row: Any) -> str:
    if pd.isna(row.source_row):
        return str(row.source_file)
    return plan.say("file_row", file=row.source_file, row=int(row.source_row))


def _line(plan: Plan) -> str:
    return plan.say("harvest_line", harvest=plan.harvest.harvest, date=plan.date(document_date.day(plan.harvest)))


def _summary(plan: Plan) -> str:
    if plan.todo.empty:
        return plan.say("nothing")
    kinds = plan.todo["kind"].value_counts()
    return plan.say(
        "summary",
        actions=len(plan.todo),
        plots=plan.todo["plot"].nunique(),
        **{kind: int(kinds.get(kind, 0)) for kind in ("desk", "field", "evidence")},
    )


def _order(plan: Plan) -> str:
    return plan.say("order_kg" if plan.has_deliveries else "order_area")


def _pdf(folder: Path, plan: Plan) -> Path:
    """Two pages, with as many of the first actions as they hold."""
    path = folder / f"{file_stem(plan.cooperative)}.pdf"
    day = document_date.day(plan.harvest)
    with (
        as_file(files(__package__).joinpath("action_plan.typ")) as template,
        fonts.folder() as shipped,
    ):
        for most in range(ON_PAPER, 0, -2):
            made: bytes = typst.compile(
                str(template),
                format="pdf",
                sys_inputs={"document": json.dumps(_paper(plan, most), ensure_ascii=False)},
                font_paths=[str(shipped)],
                ignore_system_fonts=True,
                timestamp=int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()),
            )
            if b"/Count 2" in made:
                break
    path.write_bytes(made)
    return path


def _paper(plan: Plan, most: int) -> dict[str, Any]:
    """Everything the two pages say."""
    final = plan.assessments["final_outcome"].reindex(plan.plots.index)
    counts = [(name, int((final == name).sum())) for name in OUTCOMES]
    shown = plan.todo.head(most)
    left = len(plan.todo) - len(shown)
    words = {key: plan.say(key) for key in ("scorecard", "first_actions", "nothing")}
    words["outcomes"] = plan.say("outcomes", count=len(plan.plots))
    return {
        "title": plan.say("title"),
        "language": plan.language,
        "cooperative": _short(clean(plan.cooperative), 90),
        "line": _line(plan),
        "note": plan.say("page_note"),
        "words": words,
        "outcomes": [
            {
                "name": say("report", f"outcome_{name}", plan.language),
                "count": count,
                "shown": plan.number(count),
                "colour": palette.OUTCOMES[name].colour,
            }
            for name, count in counts
            if count or name in ("high", "low")
        ],
        "score_heads": [plan.say(key) for key in ("measure", "count", "now", "target", "state")],
        "scores": [_paper_score(plan, score) for score in plan.scores],
        "summary": _summary(plan),
        "order": _order(plan),
        "action_heads": [
            plan.say(key)
            for key in ("plot", "kilograms" if plan.has_deliveries else "area", "wrong", "todo", "who", "by_when")
        ],
        "actions": [_paper_action(plan, row) for row in shown.itertuples()],
        "more": plan.say("more", count=left, file=f"{file_stem(plan.cooperative)}.xlsx") if left else "",
    }


def _paper_score(plan: Plan, score: Score) -> dict[str, Any]:
    accent = palette.OUTCOMES["low" if score.done else "high"]
    line = {
        "name": plan.say(f"score_{score.name}"),
        "state": plan.say("reached" if score.done else "open"),
        "colour": accent.ink,
        "share": None,
        "now": "",
        "count": plan.number(score.reached),
        "target": plan.number(score.target),
    }
    if score.name == "documents":
        return line
    if score.share is None:
        return line | {"count": "–", "target": "–", "now": plan.say("no_deliveries") if score.name == "volume" else "–"}
    return line | {
        "count": f"{plan.number(score.reached)} {plan.say('of')} {plan.number(score.whole)}",
        "share": score.share,
        # Rounded down, so that 99.9 % never reads as all of them.
        "now": f"{int(score.share * 100)} %",
        "target": f"{round(score.target * 100)} %",
    }


def _paper_action(plan: Plan, row: Any) -> dict[str, str]:
    weight = (
        plan.number(row.kg)
        if plan.has_deliveries
        else plan.number(row.area_ha, 2)
        if row.area_ha == row.area_ha
        else "–"
    )
    name = row.plot_id if isinstance(row.plot_id, str) else _file_row(plan, row)
    return {
        "plot": _short(clean(name), 40),
        "place": _short(clean(row.place), 30) if isinstance(row.place, str) else "",
        "kg": weight,
        "wrong": _short(clean(row.wrong), LONGEST),
        "todo": _short(clean(row.todo), LONGEST),
        "code": row.code,
        "who": plan.say(f"who_{row.who}"),
        "kind": plan.say(f"kind_{row.kind}"),
        "by": plan.date(row.by),
    }


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _kml(folder: Path, plan: Plan) -> Path:
    """Field visits as points with the plot's outline, for any map application on a phone."""
    path = folder / f"{file_stem(plan.cooperative)}.kml"
    ET.register_namespace("", KML)
    root = ET.Element(f"{{{KML}}}kml")
    document = _child(root, "Document")
    _child(document, "name", f"{plan.say('visits')} · {clean(plan.cooperative)}")
    visits = plan.todo[(plan.todo["kind"] == "field") & plan.todo["longitude"].notna()]
    for _, group in visits.groupby(["plot", "longitude", "latitude"], sort=False):
        mark = _child(document, "Placemark")
        first = group.iloc[0]
        _child(mark, "name", clean(str(first["plot_id"])))
        lines = [f"{row.wrong}\n→ {row.todo} [{row.code}]" for row in group.itertuples()]
        written = clean_lines([*lines, f"{plan.say('by_when')} {plan.date(first['by'])}"])
        # Google Earth takes a description for HTML.
        _child(mark, "description", markup_entities(written))
        outline = plan.plots.geometry.get(first["plot"])
        _point_and_outline(mark, float(first["longitude"]), float(first["latitude"]), outline)
    ET.indent(root, " ")
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    return path


def clean_lines(lines: Sequence[str]) -> str:
    """Sentences on lines of their own, each without invisible characters."""
    return "\n".join(clean(part) for line in lines for part in line.split("\n"))


def _child(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{KML}}}{tag}")
    element.text = text
    return element


def _point_and_outline(mark: ET.Element, longitude: float, latitude: float, geometry: Any) -> None:
    holder = _child(mark, "MultiGeometry")
    _child(_child(holder, "Point"), "coordinates", f"{longitude:.6f},{latitude:.6f}")
    if geometry is None or shapely.get_dimensions(geometry) < 2:
        return
    for ring in shapely.get_rings(geometry):
        line = _child(holder, "LineString")
        _child(line, "tessellate", "1")
        _child(line, "coordinates", " ".join(f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(ring)))
