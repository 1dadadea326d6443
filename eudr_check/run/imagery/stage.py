"""The two artifacts of the stage: the list of scenes, frozen once it was found, and the looks made from it."""

import csv
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check import tables
from eudr_check.config import Harvest
from eudr_check.documents import dossier, reviews
from eudr_check.documents.review import COLUMNS
from eudr_check.evidence_digest import evidence_digest
from eudr_check.imagery import line, looks, radar, radar_pictures, written
from eudr_check.imagery.ground import box_of
from eudr_check.imagery.looks import Look, Subject
from eudr_check.imagery.scenes import join
from eudr_check.imagery.series import FIRST, Month, series
from eudr_check.imagery.slots import BACK, slots
from eudr_check.imagery.todo import todo
from eudr_check.layers.fetch.block_store import Store
from eudr_check.package import fonts
from eudr_check.package.csv_files import write_csv
from eudr_check.package.report.thumbnail import Picture
from eudr_check.run.artifacts import write_json, write_table
from eudr_check.run.imagery.bands import MEGABYTE, Bands, is_budget
from eudr_check.run.imagery.search import Listing, from_json, search
from eudr_check.run.imagery.subjects import outlines, subjects
from eudr_check.variables import Variable


@dataclass(frozen=True)
class Seen:
    """The tables that say which plots to look at."""

    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    evidence: pd.DataFrame
    variables: Sequence[Variable]

    def subjects(self, harvest: Harvest) -> list[Subject]:
        """Plots that get pictures."""
        assert harvest.imagery is not None
        return subjects(self.plots, self.assessments, self.evidence, self.variables, harvest.imagery)


def write_list(folder: Path, harvest: Harvest, seen: Seen, store: Path, *, offline: bool) -> None:
    """Write `scenes.json`: what the catalogues have of the ground of the plots."""
    wanted = seen.subjects(harvest)
    boxes = np.array([box_of(one.geometry) for one in wanted]).reshape(-1, 4)
    last = dossier.day(harvest) or dt.date.today()
    first = min([FIRST, *(slot.since for one in wanted for slot in slots(one.loss_years, last))])
    years = range(first.year, last.year + 1)
    of_radar = [day.year for one in radar.windows(last) for day in (one.since, one.until)]
    found = Listing()
    if wanted:
        found = search(harvest, boxes, years, Store(store), offline=offline, radar_years=of_radar)
    write_json(folder, "scenes", found.as_json())


def listing(folder: Path) -> Listing:
    """The list of scenes of an artifact."""
    return from_json(json.loads((folder / "scenes.json").read_text(encoding="utf-8")))


def write_looks(
    folder: Path,
    harvest: Harvest,
    seen: Seen,
    found: Listing,
    bands: Bands,
    drawn: tuple[Mapping[str, Picture], gpd.GeoDataFrame],
) -> None:
    """Write LOOKS with its pictures, SOURCES of what was read, and the reviewer's table.

    Args:
        folder: existing, empty.
        harvest: the settings.
        seen: which plots.
        found: the list of scenes.
        bands: brings bands within the budget.
        drawn: forest in 2020 by plot, and PATCHES.
    """
    assert harvest.imagery is not None
    wanted = seen.subjects(harvest)
    preferred = [(choice.source, choice.collection) for choice in harvest.imagery.catalogues]
    overflights = join(found.scenes, preferred)
    last = dossier.day(harvest) or max((one.day for one in overflights), default=dt.date.min + BACK)
    # What a budget does not suffice for is missing from the line, not from the pictures.
    answers = looks.look(wanted, overflights, bands, last)
    medians = radar.medians(radar.wanting(wanted, answers), found.passes, bands, last) if harvest.imagery.radar else []
    share = harvest.imagery.vegetation_megabytes
    months = [] if share == 0 else series(wanted, overflights, bands.within(share), last)
    around, spoken = outlines(wanted, *drawn, seen.variables), harvest.package.languages
    # Frames are drawn with DejaVu Sans; captions on pages with the fonts of whoever reads them.
    language = next((one for one in spoken if fonts.drawn(one)), "en")
    made = written.write(folder, answers, around, language, spoken)
    seen_by_radar = radar_pictures.write(folder, medians, around, language, spoken)
    named = (("LOOKS", made.table), ("RADAR", seen_by_radar.table), ("VEGETATION_SERIES", line.table(months)))
    for name, table in named:
        write_table(folder, name, table)
        write_csv(folder / f"{name.lower()}.csv", table.reset_index())
    rows = [bands.rows[name] for name in sorted(bands.rows)]
    write_csv(folder / "sources.csv", tables.check(tables.SOURCES, tables.typed(tables.SOURCES, rows)))
    write_json(folder, "shown", _with_more(made.shown, line.lines(months, wanted), seen_by_radar.shown))
    said = _summary(answers, months, found, bands) | {"radar": sum(one.chip is not None for one in medians) // 2}
    write_json(folder, "summary", said)
    digests = evidence_digest(seen.evidence, seen.plots.geometry, [one.plot for one in wanted])
    not_asked = reviews.EXPLAINS | reviews.NO_REVIEW
    _write_todo(folder / "reviews-todo.csv", todo(seen.assessments, made.table, digests, COLUMNS, not_asked))


def _with_more(
    shown: Mapping[str, list[dict[str, Any]]],
    drawn: Mapping[str, dict[str, Any]],
    seen_by_radar: Mapping[str, list[dict[str, Any]]],
) -> dict[str, list[dict[str, Any]]]:
    """The most recent look of a plot carries its line through the years, and its radar pictures."""
    more = {
        plot: ({"line": drawn[plot]} if plot in drawn else {})
        | ({"radar": seen_by_radar[plot]} if plot in seen_by_radar else {})
        for plot in shown
    }
    return {plot: [*mine[:-1], {**mine[-1], **more[plot]}] for plot, mine in shown.items()}


def _summary(answers: Sequence[Look], months: Sequence[Month], found: Listing, bands: Bands) -> dict[str, Any]:
    """What the terminal says of the stage; bytes are those of blocks needed, so that a second run says the same."""
    statuses = [one.status for one in answers]
    return {
        "plots": len({one.plot for one in answers}),
        "looks": {status: statuses.count(status) for status in tables.LOOK_STATUSES},
        "months": {
            "known": sum(one.known for one in months),
            "unknown": sum(not one.known for one in months),
            "left_out": sum(not one.known and any(is_budget(reason) for reason in one.reasons) for one in months),
        },
        "scenes": len(found.scenes),
        "unusable_items": len(found.unusable),
        "failed_searches": list(found.failed),
        "megabytes": round(bands.spent_bytes / MEGABYTE, 1),
        "megabytes_allowed": round(bands.budget_bytes / MEGABYTE),
        "bands_left_out": bands.left_out,
    }


def _write_todo(path: Path, rows: pd.DataFrame) -> None:
    """Comma separated, as `reviews:` of a harvest is read; ids stay as they are, so that it can be read back."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(rows.columns)
        out.writerows(rows.itertuples(index=False))
