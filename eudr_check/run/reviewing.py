"""Decisions of people: the sheet to decide in, and what was decided taken into reviews.csv and assessed."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check import object_store
from eudr_check.config import Harvest
from eudr_check.documents import decisions, review_book, review_lines, review_sheet
from eudr_check.documents.review import read_reviews
from eudr_check.documents.reviews import refuse_strangers
from eudr_check.errors import ConfigError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.run import harvest as run_harvest
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import Finished
from eudr_check.run.imagery.command import NAME
from eudr_check.run.inputs import key_missing
from eudr_check.run.misplaced import refuse_misplaced
from eudr_check.run.stages import Progress
from eudr_check.text import Sentence, sentence

SHEET = "reviews-todo.xlsx"


@dataclass(frozen=True)
class Added:
    """What came of adding decisions."""

    finished: Finished
    count: int
    notes: tuple[Sentence, ...]
    """Decisions left out, and second reviewers found."""
    lines: tuple[Sentence, ...]
    """One per review of the book."""


def todo(
    harvest: Harvest, path: Path, language: str, progress: Progress, *, offline: bool = False
) -> tuple[Finished, int]:
    """Write the sheet of all plots that a decision can settle; the run it is made of, and the count of them."""
    if harvest.reviews is not None and not harvest.reviews.is_file():
        # The book begins with the first decision.
        harvest = harvest.model_copy(update={"reviews": None})
    finished = run_harvest.run(harvest, until="assess", offline=offline, progress=progress)
    assert finished.assessments is not None
    wanted = review_sheet.asked(finished.assessments)
    digests = _digests(finished, wanted)
    outcomes = {str(plot): str(outcome) for plot, outcome in finished.assessments["outcome"].items()}
    review_sheet.write(path, wanted, outcomes, _imagery(finished.folder, digests), digests, harvest.commodity, language)
    return finished, len(wanted)


def _digests(finished: Finished, plots: Iterable[str]) -> dict[str, str]:
    return evidence_digest(finished.made["overlay"].table("EVIDENCE"), finished.plots.geometry, plots)


def _imagery(folder: RunFolder, digests: Mapping[str, str]) -> dict[str, str]:
    """Dated images by plot that the last pictures of this harvest were made from, of plots with the evidence of then.

    Of a plot drawn elsewhere since, they show other ground.
    """
    path = folder.path / NAME / "reviews-todo.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["plots"]: row["imagery"] for row in rows if row["evidence_digest"] == digests.get(row["plots"])}


def add(harvest: Harvest, config: Path, files: Sequence[Path], progress: Progress, *, offline: bool = False) -> Added:
    """Take decisions into reviews.csv, copy their evidence beside it, and assess the harvest again.

    Args:
        harvest: the settings.
        config: its YAML, for messages.
        files: decisions saved from the report page, sheets of `todo`, workbooks and GeoPackages of action plans.
        progress: called as work goes on.
        offline: make no connection.

    Raises:
        ConfigError: a file or a decision is wrong; nothing was written then.
    """
    book = harvest.reviews
    if book is None:
        raise key_missing(config, "reviews")
    if object_store.origin(book) is not None:
        raise ConfigError(sentence("reviews", "not_on_disk", file=object_store.name(book)))
    decided, notes = [], []
    for file in files:
        mine, left_out = decisions.read(file, harvest.harvest)
        decided += mine
        notes += left_out
    before = run_harvest.run(harvest, until="overlay", offline=offline, progress=progress)
    named = {plot.strip() for one in decided for plot in one.row["plots"].split(";") if plot.strip()}
    digests = _digests(before, named)
    there = read_reviews(book) if book.is_file() else ()
    new = review_book.additions(book, there, decided, digests, harvest.commodity)
    refuse_strangers(new.reviews, pd.DataFrame(index=before.cooperatives.index))
    refuse_misplaced(harvest, new.reviews, before.cooperatives.index)
    review_book.write(book, there, new)
    finished = run_harvest.run(harvest, until="assess", offline=offline, progress=progress)
    lines = review_lines.lines(finished.made["assess"].json("reviews"))
    return Added(finished, len(new.reviews), (*notes, *new.notes), tuple(lines))
