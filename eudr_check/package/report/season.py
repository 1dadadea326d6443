"""One page over all harvests of a season: how far each is, land delivered twice, and what changed since the last run.

A page without any script; its Content-Security-Policy forbids everything but its own style.
"""

import base64
import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.geodesy import plot_area_ha
from eudr_check.package import palette
from eudr_check.package.report.data import OUTCOMES
from eudr_check.text import number, say
from eudr_check.text.clean import clean

MOST_ROWS = 200
"""Rows of a list on the page; the rest is counted."""
LEAST_SHARED_HA = 0.01
"""Less is the width of a GPS error along a shared boundary."""


@dataclass(frozen=True)
class Part:
    """One harvest of the season."""

    name: str
    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    before: pd.DataFrame | None
    """ASSESSMENTS of the run before; None where this is the first."""
    report: str
    """Address of the harvest's report, relative to the page."""


def write(path: Path, parts: Sequence[Part], language: str) -> Path:
    """Write the overview page.

    Args:
        path: the `.html` to write.
        parts: the harvests, in the order to show.
        language: en, es, fr or pt.

    Returns:
        The path. Same tables, same bytes.
    """
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    title = html.escape(say("season", "title", language))
    body = "".join(
        (
            _section(say("season", "harvests", language), _harvests(parts, language)),
            _section(say("season", "changes", language), _changes(parts, language)),
            _section(say("season", "overlaps", language), _overlaps(parts, language)),
            _section(say("season", "cooperatives", language), _cooperatives(parts, language)),
        )
    )
    page = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n'
        f"<header><h1>{title}</h1></header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def shared_land(parts: Sequence[Part]) -> pd.DataFrame:
    """Polygons of different cooperatives that lie on the same ground, in any of the harvests; blocked ones too.

    Returns:
        Columns `one`, `other` (`cooperative/plot_id`), `shared_ha`; largest first, each pair once.
    """
    everything = pd.concat([part.plots[part.plots["geometry_kind"] == "polygon"] for part in parts])
    # Plots blocked as duplicates are what is looked for; only geometry that cannot be measured is left out.
    everything = everything[~everything.index.duplicated() & everything.geometry.is_valid].sort_index()
    shapes = everything.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    owners = everything["cooperative"].to_numpy()
    pairs = (first < second) & (owners[first] != owners[second])
    first, second = first[pairs], second[pairs]
    common = shapely.intersection(shapes[first], shapes[second])
    area = np.nan_to_num(plot_area_ha(common)) if len(common) else np.empty(0)
    found = pd.DataFrame(
        {"one": everything.index.to_numpy()[first], "other": everything.index.to_numpy()[second], "shared_ha": area}
    )
    found = found[found["shared_ha"] > LEAST_SHARED_HA]
    return found.sort_values(["shared_ha", "one", "other"], ascending=[False, True, True], ignore_index=True)


def changed(part: Part) -> pd.DataFrame:
    """Plots whose final outcome differs from the run before; null before for new plots, null now for those gone."""
    if part.before is None:
        return pd.DataFrame(columns=["before", "now"])
    both = pd.DataFrame(
        {
            "before": part.before["final_outcome"].astype(object),
            "now": part.assessments["final_outcome"].astype(object),
        }
    )
    return both[both["before"].fillna("") != both["now"].fillna("")].sort_index()


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{content}</section>\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are markup already."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>\n'


def _bar(outcomes: pd.Series) -> str:
    """Outcomes as one bar; the figures stand beside it."""
    counts = outcomes.value_counts()
    total, left, pieces = max(len(outcomes), 1), 0.0, []
    for name in OUTCOMES:
        width = 160 * counts.get(name, 0) / total
        pieces.append(f'<rect x="{left:.2f}" width="{width:.2f}" height="12" fill="{palette.OUTCOMES[name].colour}"/>')
        left += width
    return f'<svg width="160" height="12" aria-hidden="true">{"".join(pieces)}</svg>'


def _line(outcomes: pd.Series, language: str) -> list[str]:
    counts = outcomes.value_counts()
    ready = int(outcomes.isin(tables.SETTLED).sum())
    share = f" ({int(100 * ready / len(outcomes))} %)" if len(outcomes) else ""
    shown = [number(float(counts.get(name, 0)), language, 0) for name in OUTCOMES]
    return [
        _bar(outcomes),
        *shown,
        number(float(len(outcomes)), language, 0),
        number(float(ready), language, 0) + share,
    ]


def _heads(first: str, language: str) -> list[str]:
    names = [say("report", f"outcome_{name}", language) for name in OUTCOMES]
    return [
        say("season", first, language),
        "",
        *names,
        say("season", "plots", language),
        say("season", "ready", language),
    ]


def _harvests(parts: Sequence[Part], language: str) -> str:
    rows = [
        [
            f'<a href="{html.escape(part.report)}">{html.escape(part.name)}</a>',
            *_line(part.assessments["final_outcome"], language),
        ]
        for part in parts
    ]
    return _table(_heads("harvest", language), rows)


def _cooperatives(parts: Sequence[Part], language: str) -> str:
    rows = []
    for part in parts:
        outcomes = part.assessments["final_outcome"].reindex(part.plots.index)
        for cooperative, own in outcomes.groupby(part.plots["cooperative"], sort=True):
            rows.append(
                [f'{_name(cooperative)}<br><span class="code">{_name(part.name)}</span>', *_line(own, language)]
            )
    return _table(_heads("cooperative", language), rows)


def _name(text: object) -> str:
    return f"<bdi>{html.escape(clean(str(text)))}</bdi>"


def _overlaps(parts: Sequence[Part], language: str) -> str:
    found = shared_land(parts)
    if found.empty:
        return f"<p>{html.escape(say('season', 'no_overlaps', language))}</p>"
    heads = [say("season", key, language) for key in ("plots", "plots", "shared")]
    rows = [
        [_name(one), _name(other), number(area, language, 3)]
        for one, other, area in found.head(MOST_ROWS).to_numpy().tolist()
    ]
    return _table(heads, rows) + _rest(len(found), language)


def _changes(parts: Sequence[Part], language: str) -> str:
    rows, notes = [], []
    for part in parts:
        if part.before is None:
            notes.append(say("season", "first_run", language, harvest=part.name))
        for plot, row in changed(part).iterrows():
            before = _outcome(row["before"], "new", language)
            rows.append([_name(part.name), _name(plot), before, _outcome(row["now"], "gone", language)])
    said = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    if not rows:
        return said or f"<p>{html.escape(say('season', 'no_changes', language))}</p>"
    heads = [say("season", key, language) for key in ("harvest", "plots", "before", "now")]
    return said + _table(heads, rows[:MOST_ROWS]) + _rest(len(rows), language)


def _outcome(value: object, absent: str, language: str) -> str:
    if not isinstance(value, str):
        return html.escape(say("season", absent, language))
    return html.escape(say("report", f"outcome_{value}", language))


def _rest(count: int, language: str) -> str:
    if count <= MOST_ROWS:
        return ""
    return f"<p>{html.escape(say('season', 'more', language, count=count - MOST_ROWS))}</p>"
