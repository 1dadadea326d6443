"""Ids of plots: the cooperative's own text, kept; a missing or repeated one is said, never mended."""

import re

import numpy as np
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.names import plain
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows, only
from eudr_check.plots.read.raw_table import ROWS_LOST
from eudr_check.plots.thresholds import threshold
from eudr_check.spelling import folded

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_DAMAGED = "\ufffd"
"""What stands for bytes that are no letter; taking it out would make another name of it."""
_SHORTENED = re.compile(r"^\d[.,]\d+E\+\d{2}$")
"""A long number as spreadsheet programs show it in a narrow column, and save it so as text."""
_MARKUP = re.compile(
    r"</?[A-Za-z][^<>]*>|&(?:nbsp|amp|lt|gt|quot|apos|[a-z]+(?:acute|grave|tilde|circ|cedil|uml)|#x?[0-9A-F]+);", re.I
)
"""Tags and entities, which a map program may show as what they stand for."""
ROWS_NAMED = 10
"""Rows that a finding names; it counts the others."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NAMED = re.compile(r"[^\W\d_]{3,}(?:[ .,'-]+[^\W\d_]+)*[ .,'-]+[^\W\d_]{3,}")
"""First name and surname: two or more words, no digit."""
_NO_NAME = frozenset({"finca", "fundo", "lote", "parcela", "plot", "predio", "chacra", "del", "las", "los"})
_TEXTS = (
    "plot_id",
    "producer_name",
    "producer_id",
    "production_place",
    "region",
    "producer_country",
    "planted_year",
    "declared_area_ha",
    "declared_area_m2",
)


def check(rows: Rows, log: FindingCollector) -> None:
    """Set `plot` and `identified` of the rows; log missing and repeated ids and text that had to be cleaned."""
    for field in _TEXTS:
        _clean(rows, field, log)
    table = rows.table
    missing = table["plot_id"].isna().to_numpy()
    said = np.concatenate([log.has(code) for code in ROWS_LOST])
    log.row("id_missing", np.setdiff1d(np.flatnonzero(missing), said))
    ids = table["plot_id"].dropna()
    short = ids[ids.map(lambda one: _SHORTENED.match(one) is not None).astype(bool)]
    log.row("id_shortened", short.index.to_numpy(), plot_id=list(short))
    marked = ids[ids.map(lambda one: _MARKUP.search(one) is not None).astype(bool)]
    log.row("id_marked_up", marked.index.to_numpy(), plot_id=list(marked))
    keys = (table["cooperative"].astype(object) + "/" + table["plot_id"].astype(object)).to_numpy(
        dtype=object, copy=True
    )
    keys[missing] = None
    _alike(rows, keys, log)
    _named(rows, log)
    first = ~pd.Series(keys).duplicated().to_numpy()
    rows.identified = first & ~missing
    table["plot"] = only(keys, rows.identified)
    repeated = np.flatnonzero(pd.Series(keys).duplicated(keep=False).to_numpy() & ~missing)
    for key, group in pd.Series(repeated).groupby(keys[repeated], sort=False):
        _judge_repeats(rows, str(key), group.to_numpy(), log)


def _alike(rows: Rows, keys: np.ndarray, log: FindingCollector) -> None:
    """Ids that differ by characters nobody sees: they stay two, but people and other systems may take them for one."""
    known = pd.Series(keys).dropna().drop_duplicates()
    forms = known.map(folded)
    for _, group in known[forms.duplicated(keep=False)].groupby(forms, sort=False):
        first, *others = group.index.tolist()
        ids = rows.table["plot_id"]
        log.row("ids_alike", others, plot_id=[ids.iat[row] for row in others], other=str(ids.iat[first]))


def _named(rows: Rows, log: FindingCollector) -> None:
    """Ids that look like names of persons, which leave with every file: one finding for all of a file."""
    table = rows.table
    ids = table["plot_id"].dropna()
    worded = ids[ids.str.contains(_WORD)]
    producers = table["producer_name"].reindex(worded.index)
    like = [_is_name(plot_id, who) for plot_id, who in zip(worded, producers, strict=True)]
    found = table.loc[worded.index[np.array(like, dtype=bool)]]
    for _, group in found.groupby("file_order", sort=True):
        head = group.iloc[0]
        about = (head["source_file"], head["cooperative"])
        log.file("id_looks_like_a_name", *about, rows=len(group), row=tables.row_names(group)[0])


def _is_name(plot_id: str, producer: object) -> bool:
    """Whether an id holds a word of its producer's name; where nobody is named, whether it reads as a full name."""
    if not isinstance(producer, str):
        words = _words(plot_id)
        return _NAMED.fullmatch(plot_id.strip()) is not None and len(words) > 1 and plot_id != plot_id.lower()
    return not _words(plot_id).isdisjoint(_words(producer))


def _words(text: str) -> set[str]:
    return {plain(word) or folded(word) for word in _WORD.findall(text)} - _NO_NAME


def _judge_repeats(rows: Rows, key: str, group: np.ndarray, log: FindingCollector) -> None:
    """Rows that say the same are copies of the first; rows that differ make the id useless for all of them."""
    shapes = [
        None if rows.geometry[row] is None else shapely.to_wkb(shapely.normalize(rows.geometry[row])) for row in group
    ]
    plot_id = key.partition("/")[2]
    named = tables.row_names(rows.table.iloc[group])
    places = [f"{file} {row}" for file, row in zip(rows.table["source_file"].iloc[group], named, strict=True)]
    if shapes[0] is not None and all(shape == shapes[0] for shape in shapes):
        log.row("row_repeated", group[1:], plot_id=plot_id, first=places[0])
        return
    more = f" (+{len(places) - ROWS_NAMED})" if len(places) > ROWS_NAMED else ""
    log.row("id_repeated", group, plot_id=plot_id, rows=", ".join(places[:ROWS_NAMED]) + more)


def _clean(rows: Rows, field: str, log: FindingCollector) -> None:
    """Take control characters out of a text and cut it where no name goes on; say where letters are lost."""
    limit = int(threshold("text_max"))
    column = rows.table[field]
    filled = column.dropna()
    together = "".join(filled)
    if _DAMAGED in together:
        damaged = filled[filled.str.contains(_DAMAGED, regex=False)]
        log.row("text_damaged", damaged.index.to_numpy(), field=field, value=[text[:80] for text in damaged])
    if _CONTROL.search(together) is None and max(map(len, filled), default=0) <= limit:
        return
    odd = filled[filled.map(lambda text: len(text) > limit or _CONTROL.search(text) is not None).astype(bool)]
    if not len(odd):
        return
    cleaned = odd.map(lambda text: _CONTROL.sub("", text)[:limit].strip() or None)
    rows.table[field] = column.where(~column.index.isin(odd.index), cleaned.reindex(column.index))
    rows.table[field] = rows.table[field].astype(object).where(rows.table[field].notna(), None)
    log.row("text_cleaned", odd.index.to_numpy(), field=field, limit=limit)
