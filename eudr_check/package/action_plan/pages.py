"""Two pages of PDF for a wall: how far a cooperative is, and what comes first."""

import json
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst
from babel import Locale

from eudr_check.package import fonts, palette
from eudr_check.package.action_plan.actions import Score
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.report.data import OUTCOMES
from eudr_check.text import say
from eudr_check.text.clean import clean, file_stem

ON_PAPER = 14
"""Actions tried first on the second page; fewer where their sentences are long. The workbook holds all."""
LONGEST = 210
"""Characters of a sentence on paper."""


def write(folder: Path, plan: Plan) -> Path:
    """Two pages, with as many of the first actions as they hold.

    Args:
        folder: existing.
        plan: in a language that can be drawn, `fonts.families`.
    """
    path = folder / f"{file_stem(plan.cooperative)}.pdf"
    day = plan.settings.day
    with as_file(files(__package__).joinpath("action_plan.typ")) as template:
        for most in range(ON_PAPER, 0, -2):
            made: bytes = typst.compile(
                str(template),
                format="pdf",
                sys_inputs={"document": json.dumps(_paper(plan, most), ensure_ascii=False)},
                # With fonts of the machine only where there is no other way: two machines may have two of a name.
                font_paths=[str(fonts.folder())] if fonts.drawn(plan.language) else fonts.of_machine(),
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
        "cooperative": _short(clean(plan.name), 90),
        "line": plan.line,
        "note": plan.say("page_note"),
        "mark": plan.mark or _no_font(plan),
        "fonts": fonts.families(plan.language),
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
        "summary": plan.summary,
        "order": plan.order,
        "action_heads": [
            plan.say(key)
            for key in ("plot", "kilograms" if plan.has_deliveries else "area", "wrong", "todo", "who", "by_when")
        ],
        "actions": [
            _paper_action(plan, row, where)
            for row, where in zip(shown.itertuples(), plan.file_rows(shown), strict=True)
        ],
        "more": plan.say("more", count=left, file=f"{file_stem(plan.cooperative)}.xlsx") if left else "",
    }


def _no_font(plan: Plan) -> str:
    """That the page is in another language than the workbook, and why; empty where it is not."""
    wanted = plan.settings.languages[0]
    if plan.language == wanted:
        return ""
    return plan.say("no_font", language=Locale(plan.language).languages[wanted])


def _paper_score(plan: Plan, score: Score) -> dict[str, Any]:
    accent = palette.OUTCOMES["low" if score.done else "high"]
    line = {
        "name": plan.say(f"score_{score.name}"),
        "state": plan.state(score),
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


def _paper_action(plan: Plan, row: Any, where: str) -> dict[str, str]:
    weight = (
        plan.number(row.kg)
        if plan.has_deliveries
        else plan.number(row.area_ha, 2)
        if row.area_ha == row.area_ha
        else "–"
    )
    name = row.plot_id if isinstance(row.plot_id, str) else where
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
