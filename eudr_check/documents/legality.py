"""Evidence of legality: documents by topic of Article 2(40)."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check.assessment_record import names_in, speaks_of
from eudr_check.documents.csv_rows import raise_all, table_of
from eudr_check.errors import ConfigError
from eudr_check.files import has_sha256, is_safe_name, leads_outside
from eudr_check.text import Sentence, sentence

TOPICS = (
    "land_use_rights",
    "environment",
    "forest_rules",
    "third_party_rights",
    "labour_rights",
    "human_rights",
    "free_prior_informed_consent",
    "tax_anticorruption_trade_customs",
)
"""Article 2(40), points (a) to (h), in their order."""
COLUMNS = ("topic", "document", "sha256", "valid_until")
SCOPE = "cooperatives"
"""Column that may be left out: cooperatives a document speaks of, separated by semicolons; empty: all."""
_said = partial(sentence, "documents")
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


def read_legality(path: Path) -> pd.DataFrame:
    """Read legality.csv: which document stands for which topic, and until when it holds.

    Returns:
        `topic`, `document` (path relative to the CSV, or a title where no file is kept), `sha256` (empty without a
        file), `valid_until` (ISO date; empty where it does not end), `cooperatives` (separated by semicolons; empty
        where it speaks of all), ordered by topic and document.

    Raises:
        ConfigError: all that is wrong with the file, each with row and what to do.
    """
    table = table_of(path, "legality", COLUMNS)
    found = [({name: (row.get(name) or "").strip() for name in (*COLUMNS, SCOPE)}, place) for row, place in table.rows]
    raise_all(
        [*table.broken, *(ConfigError(fault) for text, place in found for fault in _faults(text, place, path.parent))]
    )
    frame = pd.DataFrame([text for text, _ in found], columns=[*COLUMNS, SCOPE], dtype="str")
    order = frame["topic"].map({topic: rank for rank, topic in enumerate(TOPICS)})
    return frame.assign(order=order).sort_values(["order", "document"], ignore_index=True).drop(columns="order")


def broken_documents(legality: pd.DataFrame, folder: Path) -> dict[str, str]:
    """Documents with a SHA-256 whose file is missing or changed: document, and what is wrong."""
    broken = {}
    for document, expected in zip(legality["document"], legality["sha256"], strict=True):
        if not expected:
            continue
        if not (folder / document).is_file():
            broken[document] = "missing"
        elif not has_sha256(folder / document, expected):
            broken[document] = "changed"
    return broken


def by_topic(
    legality: pd.DataFrame | None,
    on: dt.date | None,
    broken: Mapping[str, str] | None = None,
    cooperatives: Sequence[str] = (),
) -> pd.DataFrame:
    """State of every topic of Article 2(40), those without any document included.

    Args:
        legality: from `read_legality`; None: no evidence.
        on: day on which documents must hold; None: expiry is not judged.
        broken: from `broken_documents`; such a document does not count.
        cooperatives: those whose plots are spoken of; each needs a document that holds for it. Where none is named,
            only documents that speak of all count.

    Returns:
        Index `topic`; `state` (`shown`, `expired`, `missing`), `documents` (those that count, separated by `; `).
    """
    if legality is None:
        nothing = [{"topic": topic, "state": "missing", "documents": ""} for topic in TOPICS]
        return pd.DataFrame(nothing).set_index("topic")
    rows = []
    for topic in TOPICS:
        mine = legality[legality["topic"] == topic]
        mine = mine[~mine["document"].isin(list(broken or {}))]
        mine = mine[np.array([speaks_of(scope, cooperatives) for scope in mine[SCOPE]], dtype=bool)]
        valid = mine[
            (mine["valid_until"] == "") | (on is None) | (mine["valid_until"] >= ("" if on is None else str(on)))
        ]
        state = "shown" if _covers(valid[SCOPE], cooperatives) else "expired" if len(mine) > len(valid) else "missing"
        rows.append({"topic": topic, "state": state, "documents": "; ".join(valid["document"])})
    return pd.DataFrame(rows).set_index("topic")


def _covers(scopes: pd.Series, cooperatives: Sequence[str]) -> bool:
    """Whether documents of these scopes leave none of the cooperatives out."""
    named = {name for scope in scopes for name in names_in(scope)}
    return bool((scopes == "").any()) or (bool(cooperatives) and named.issuperset(cooperatives))


def _faults(text: Mapping[str, str], place: Sentence, folder: Path) -> Iterator[Sentence]:
    if text["topic"] not in TOPICS:
        yield _said("not_one_of", place=place, column="topic", value=text["topic"], known=", ".join(TOPICS))
    if not text["document"]:
        yield _said("document_empty", place=place)
    if text["sha256"] and not _SHA256.match(text["sha256"]):
        yield _said("document_sha256", place=place)
    named = text["document"] and text["sha256"]
    if named and (not is_safe_name(text["document"]) or leads_outside(folder, text["document"])):
        yield sentence("reviews", "outside", place=place, name=text["document"])
    if text["valid_until"]:
        try:
            dt.date.fromisoformat(text["valid_until"])
        except ValueError:
            yield _said("no_day", place=place, column="valid_until", value=text["valid_until"])
