"""The part of what people add to a harvest that concerns some of its plots: rows of others go, files stay whole.

A row that speaks of several plots or cooperatives keeps those asked for. What a file says, or an answer in somebody's
words, no program can cut.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from eudr_check.assessment_record import names_in, speaks_of
from eudr_check.documents import answers, legality, review
from eudr_check.documents.answers import Answer
from eudr_check.documents.dossier import Dossier
from eudr_check.documents.review import Review
from eudr_check.documents.review_book import cells
from eudr_check.files import Attachment
from eudr_check.spelling import folded

ANSWERED = tuple(name for name in answers.WRITTEN if name != "question")


def of_plots(dossier: Dossier, plots: Collection[str], cooperatives: Sequence[str]) -> Dossier:
    """Reviews, evidence of legality, answers and attachments that concern some plots; nothing else.

    Args:
        dossier: that of the harvest.
        plots: `cooperative/plot_id`.
        cooperatives: theirs.
    """
    reviewed = tuple(_reviews(dossier.reviews, frozenset(plots)))
    answered = tuple(_answers(dossier.answers, cooperatives))
    documents = None if dossier.legality is None else _legality(dossier.legality, cooperatives)
    tables = {
        "reviews": _csv(review.COLUMNS, map(cells, reviewed)),
        "legality": b"" if documents is None else _csv(documents.columns, documents.to_dict("records")),
        "answers": _csv(ANSWERED, map(_cells, answered)),
    }
    named = {
        "reviews": {name for one in reviewed for name in one.evidence},
        "legality": set() if documents is None else set(documents["document"]),
        "answers": {one.evidence for one in answered if one.evidence},
    }
    return Dossier(
        reviews=reviewed,
        broken_reviews=dossier.broken_reviews,
        legality=documents,
        broken_documents={} if documents is None else _known(dossier.broken_documents, named["legality"]),
        answers=answered,
        attachments=tuple(_attachments(dossier.attachments, tables, named)),
    )


def _reviews(reviews: Sequence[Review], plots: frozenset[str]) -> Iterator[Review]:
    """A confirmed clearing is also about plots written in other letters, or without their cooperative."""
    forms = {folded(form) for plot in plots for form in (plot, plot.partition("/")[2])}
    for one in reviews:
        mine = [
            (plot, digest)
            for plot, digest in zip(one.plots, one.digests, strict=True)
            if plot in plots or (one.decision == "confirm" and folded(plot) in forms)
        ]
        if mine:
            yield replace(one, plots=tuple(plot for plot, _ in mine), digests=tuple(digest for _, digest in mine))


def _answers(given: Sequence[Answer], cooperatives: Sequence[str]) -> Iterator[Answer]:
    for one in given:
        mine = tuple(name for name in one.cooperatives if name in cooperatives)
        if mine or not one.cooperatives:
            yield replace(one, cooperatives=mine)


def _legality(documents: pd.DataFrame, cooperatives: Sequence[str]) -> pd.DataFrame:
    scopes = documents[legality.SCOPE]
    mine = documents[np.array([speaks_of(scope, cooperatives) for scope in scopes], dtype=bool)]
    cut = ["; ".join(name for name in names_in(scope) if name in cooperatives) for scope in mine[legality.SCOPE]]
    return mine.assign(**{legality.SCOPE: pd.Series(cut, mine.index, scopes.dtype)}).reset_index(drop=True)


def _known(broken: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: what for name, what in broken.items() if name in names}


def _attachments(
    attachments: Sequence[Attachment], tables: Mapping[str, bytes], named: Mapping[str, Collection[str]]
) -> Iterator[Attachment]:
    """The list of each kind of document with the rows that are left, and the files that these name."""
    for one in attachments:
        kind, _, name = one.name.partition("/")
        if name in (f"{kind}.csv", f"{kind}.xlsx"):
            digest = hashlib.sha256(tables[kind]).hexdigest()
            yield Attachment(f"{kind}/{kind}.csv", one.file, digest, tables[kind])
        elif name in named[kind]:
            yield one


def _cells(one: Answer) -> dict[str, object]:
    return answers.shown(one) | {legality.SCOPE: "; ".join(one.cooperatives)}


def _csv(columns: Iterable[str], rows: Iterable[Mapping[Any, object]]) -> bytes:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode()
