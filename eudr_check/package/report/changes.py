"""What changed since the last run, as a page and a table beside the package, whose bytes it would change."""

import datetime as dt
import html
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eudr_check.package.csv_files import write_csv
from eudr_check.package.report.sheet import MOST_ROWS, mark, named, rest, section, sheet, table
from eudr_check.text import number, say

Why = tuple[tuple[str, str], ...]
"""Causes of one change as `risk.compare` names them, `blocked` and `unblocked` for `usable`, each with its detail."""
PAGE, ROWS = "changes.html", "changes.csv"
HECTARES = ["area_before", "area_after", "loss_before", "loss_after"]
"""Hectares of a plot, declared ones for a point, and of its deforestation after 2020; null where that is not known."""
_SHOWN_DETAILS = ("layer", "policy", "review")
"""Causes whose detail is names and no English words."""


@dataclass(frozen=True)
class Changes:
    """Plots and lots that are not as the last run left them."""

    new: pd.Series
    """Index `plot`; outcome."""
    gone: pd.Series
    """Index `plot`; outcome in the last run."""
    moved: pd.DataFrame
    """Plots with another boundary or point, or a point with another declared area. Index `plot`; `HECTARES`."""
    moved_off_loss: tuple[str, ...]
    """Plots blocked because their boundary was drawn off a loss that an earlier run saw, now or before."""
    outcomes: pd.DataFrame
    """Index `plot`; `before`, `after`: final outcomes, `blocked` where a finding stops the plot; `HECTARES`;
    `why`: a `Why`."""
    lots: pd.DataFrame
    """Index `lot`; `before`, `after`: accepted, refused or null; `kg_before`, `kg_after` of product, null for none."""

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return any(len(one) for one in (self.new, self.gone, self.moved, self.outcomes, self.lots))

    @property
    def freed(self) -> pd.DataFrame:
        """Of `lots`, those that are accepted now and were not."""
        return self.lots[self.lots["after"].eq("accepted") & self.lots["before"].ne("accepted")]

    @property
    def held(self) -> pd.DataFrame:
        """Of `lots`, those that were accepted and are not any more."""
        return self.lots[self.lots["before"].eq("accepted") & self.lots["after"].ne("accepted")]


def write(folder: Path, changes: Changes, harvest: str, languages: Sequence[str], made: dt.datetime) -> list[Path]:
    """Write `changes.html` and `changes.csv`.

    Args:
        folder: run folder, where the package lies.
        changes: what changed.
        harvest: name of the harvest.
        languages: those people work with; the page says everything in each, one after another.
        made: when the run found the changes, UTC.

    Returns:
        Both paths. What was there is replaced.

    Raises:
        OSError: a file cannot be written.
    """
    page, rows = folder / PAGE, folder / ROWS
    content = "".join(_in_language(changes, harvest, language, made) for language in languages)
    title = html.escape(say("changes", "title", languages[0], harvest=harvest))
    page.write_text(sheet(title, content, languages[0]), encoding="utf-8", newline="\n")
    write_csv(rows, _rows(changes))
    return [page, rows]


def _in_language(changes: Changes, harvest: str, language: str, made: dt.datetime) -> str:
    def said(key: str, **values: object) -> str:
        return html.escape(say("changes", key, language, **values))

    day = made.strftime("%Y-%m-%d %H:%M")
    return (
        f'<div lang="{language}">\n<header><div><h1>{said("title", harvest=harvest)}</h1>\n'
        f"<p>{said('of_run', when=day)}</p>{mark(language)}</div></header>\n<main>\n"
        f"{''.join(_sections(changes, language))}</main>\n</div>\n"
    )


def _sections(changes: Changes, language: str) -> Iterator[str]:
    def listed(title: str, heads: Sequence[str], rows: list[list[str]], said: str = "") -> Iterator[str]:
        if rows:
            words = [say("changes", head, language) for head in heads]
            yield section(
                f"{say('changes', title, language)} ({number(float(len(rows)), language, 0)})",
                said + table(words, rows[:MOST_ROWS]) + rest(len(rows), language),
            )

    def outcome(code: str) -> str:
        known = ("changes", code) if code == "blocked" else ("report", f"outcome_{code}")
        return html.escape(say(*known, language))

    off = [[named(plot)] for plot in changes.moved_off_loss]
    yield from listed("moved_off_loss", ["plot"], off, f"<p>{html.escape(say('changes', 'stopped', language))}</p>")
    changed = [
        [
            *(named(row["plot"]), outcome(row["before"]), outcome(row["after"])),
            *_hectares(row, HECTARES[2:], language),
            _why(row["why"], language),
        ]
        for row in changes.outcomes.reset_index().to_dict("records")
    ]
    yield from listed("outcomes", ["plot", "before", "after", *HECTARES[2:], "why"], changed)
    lots = [[named(row["lot"]), *_lot(row, language)] for row in changes.lots.reset_index().to_dict("records")]
    heads = ["lot", "before", "kg_before", "after", "kg_after"]
    yield from listed("lots", heads, lots, "".join(_kilograms(changes, language)))
    moved = changes.moved.reset_index().to_dict("records")
    places = [[named(row["plot"]), *_hectares(row, HECTARES, language)] for row in moved]
    yield from listed("moved", ["plot", *HECTARES], places)
    yield from listed("new", ["plot", "after"], [[named(plot), outcome(code)] for plot, code in changes.new.items()])
    yield from listed("gone", ["plot", "before"], [[named(plot), outcome(code)] for plot, code in changes.gone.items()])


def _why(why: Why, language: str) -> str:
    causes = []
    for cause, detail in why:
        words = html.escape(say("changes", f"why_{cause}", language))
        shown = f' <span class="code">{named(detail)}</span>' if detail and cause in _SHOWN_DETAILS else ""
        causes.append(words + shown)
    return "; ".join(causes)


def _hectares(row: dict[Hashable, Any], names: Sequence[str], language: str) -> list[str]:
    """A dash where it is not known."""
    return ["–" if pd.isna(row[name]) else number(float(row[name]), language, 2) for name in names]


def _lot(row: dict[Hashable, Any], language: str) -> list[str]:
    """Status and kilograms before and now; a dash where there was no such lot."""
    cells = []
    for side in ("before", "after"):
        status, kg = row[side], row[f"kg_{side}"]
        cells += (
            [html.escape(say("changes", str(status), language)), number(float(kg), language, 0)]
            if isinstance(status, str)
            else ["–", "–"]
        )
    return cells


def _kilograms(changes: Changes, language: str) -> Iterator[str]:
    """How much may go now that might not before, and the other way round."""
    for key, lots, mass in (("freed", changes.freed, "kg_after"), ("held", changes.held, "kg_before")):
        if len(lots):
            kg = number(float(lots[mass].sum()), language, 0)
            yield f"<p>{html.escape(say('changes', key, language, lots=len(lots), kg=kg))}</p>"


def _rows(changes: Changes) -> pd.DataFrame:
    """Everything that changed, a row each, in codes."""
    why = [" ".join(cause for cause, _ in causes) for causes in changes.outcomes["why"]]
    details = ["; ".join(filter(None, (detail for _, detail in causes))) for causes in changes.outcomes["why"]]
    parts = [
        pd.DataFrame({"what": "moved_off_loss", "name": list(changes.moved_off_loss)}),
        changes.outcomes.assign(what="outcome", name=changes.outcomes.index, why=why, detail=details),
        changes.lots.assign(what="lot", name=changes.lots.index),
        changes.moved.assign(what="moved", name=changes.moved.index),
        pd.DataFrame({"what": "new", "name": changes.new.index, "after": changes.new.to_numpy()}),
        pd.DataFrame({"what": "gone", "name": changes.gone.index, "before": changes.gone.to_numpy()}),
    ]
    columns = ["what", "name", "before", "after", "kg_before", "kg_after", *HECTARES, "why", "detail"]
    filled = [part.astype(object) for part in parts if len(part)]
    return pd.concat([pd.DataFrame(columns=columns, dtype=object), *filled], ignore_index=True)[columns]
