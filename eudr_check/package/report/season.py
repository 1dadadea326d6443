"""One page over all harvests of a season: how far each is, land delivered twice, what changed since the last run."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.geodesy import plot_area_ha
from eudr_check.package import palette
from eudr_check.package.report.data import OUTCOMES
from eudr_check.package.report.sheet import MOST_ROWS, mark, named, rest, section, sheet, table
from eudr_check.text import number, say

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
    animals: pd.DataFrame | None = None
    """ANIMALS; None where the harvest names none."""
    cooperatives: Mapping[str, str] = field(default_factory=dict)
    """Names of cooperatives as people know them, by their short names."""

    @property
    def ready(self) -> pd.Series:
        """Plots that may go in; an establishment of cattle only with a group whose whole chain is low."""
        settled = self.assessments["final_outcome"].reindex(self.plots.index).isin(tables.SETTLED)
        chains = () if self.animals is None else self.animals.loc[self.animals["outcome"] == "low", "plots"]
        whole = {plot for keys in chains for plot in keys}
        return settled & ((self.plots["commodity"] != "cattle") | self.plots.index.isin(list(whole)))


def write(path: Path, parts: Sequence[Part], language: str) -> Path:
    """Write the overview page.

    Args:
        path: the `.html` to write.
        parts: the harvests, in the order to show.
        language: of the page.

    Returns:
        The path. Same tables, same bytes.
    """
    title = html.escape(say("season", "title", language))
    body = "".join(
        (
            section(say("season", "harvests", language), _harvests(parts, language)),
            section(say("season", "changes", language), _changes(parts, language)),
            section(say("season", "overlaps", language), _overlaps(parts, language)),
            section(say("season", "cooperatives", language), _cooperatives(parts, language)),
        )
    )
    content = f"<header><div><h1>{title}</h1>{mark(language)}</div></header>\n<main>\n{body}</main>\n"
    path.write_text(sheet(title, content, language), encoding="utf-8", newline="\n")
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


def _bar(outcomes: pd.Series) -> str:
    """Outcomes as one bar; the figures stand beside it."""
    counts = outcomes.value_counts()
    total, left, pieces = max(len(outcomes), 1), 0.0, []
    for name in OUTCOMES:
        width = 160 * counts.get(name, 0) / total
        pieces.append(f'<rect x="{left:.2f}" width="{width:.2f}" height="12" fill="{palette.OUTCOMES[name].colour}"/>')
        left += width
    return f'<svg width="160" height="12" aria-hidden="true">{"".join(pieces)}</svg>'


def _line(outcomes: pd.Series, may_go_in: pd.Series, language: str) -> list[str]:
    counts = outcomes.value_counts()
    ready = int(may_go_in.sum())
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
            *_line(part.assessments["final_outcome"], part.ready, language),
        ]
        for part in parts
    ]
    return table(_heads("harvest", language), rows)


def _cooperatives(parts: Sequence[Part], language: str) -> str:
    rows = []
    for part in parts:
        outcomes = part.assessments["final_outcome"].reindex(part.plots.index)
        for cooperative, own in outcomes.groupby(part.plots["cooperative"], sort=True):
            called = named(part.cooperatives.get(str(cooperative), str(cooperative)))
            rows.append(
                [
                    f'{called}<br><span class="code">{named(part.name)}</span>',
                    *_line(own, part.ready[own.index], language),
                ]
            )
    return table(_heads("cooperative", language), rows)


def _overlaps(parts: Sequence[Part], language: str) -> str:
    found = shared_land(parts)
    if found.empty:
        return f"<p>{html.escape(say('season', 'no_overlaps', language))}</p>"
    heads = [say("season", key, language) for key in ("plots", "plots", "shared")]
    rows = [
        [named(one), named(other), number(area, language, 3)]
        for one, other, area in found.head(MOST_ROWS).to_numpy().tolist()
    ]
    return table(heads, rows) + rest(len(found), language)


def _changes(parts: Sequence[Part], language: str) -> str:
    rows, notes = [], []
    for part in parts:
        if part.before is None:
            notes.append(say("season", "first_run", language, harvest=part.name))
        for plot, row in changed(part).iterrows():
            before = _outcome(row["before"], "new", language)
            rows.append([named(part.name), named(plot), before, _outcome(row["now"], "gone", language)])
    said = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    if not rows:
        return said or f"<p>{html.escape(say('season', 'no_changes', language))}</p>"
    heads = [say("season", key, language) for key in ("harvest", "plots", "before", "now")]
    return said + table(heads, rows[:MOST_ROWS]) + rest(len(rows), language)


def _outcome(value: object, absent: str, language: str) -> str:
    if not isinstance(value, str):
        return html.escape(say("season", absent, language))
    return html.escape(say("report", f"outcome_{value}", language))
