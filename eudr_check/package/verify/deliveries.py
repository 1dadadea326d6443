"""LOTS once more from DELIVERIES: masses, what was taken out in time, and why a lot is refused."""

import re
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference, some
from eudr_check.package.verify.outcomes import Lots
from eudr_check.text import sentence

DELIVERIES, LOTS = "tables/DELIVERIES.parquet", "tables/LOTS.parquet"
TOLERANCE_KG = 1e-6
WORDED = ("reasons", "warnings")
OF_SEASON = ("quantity_implausible", "yield_above_usual")
"""Codes of lots that hang on all that a plot delivered, into whatever lots."""
_NEAREST = re.compile(r" \(nearest: .*?\)(?=, |; |$)")


def check(contents: Contents, stage: Lots | None) -> Iterator[Difference]:
    """Every column that is made of others; without a stage that makes them only that both tables are there."""
    if contents.lots is None and contents.deliveries is None:
        return
    if contents.lots is None or contents.deliveries is None:
        if contents.deliveries is None:
            yield Difference(DELIVERIES, "missing", sentence("differences", "table_gone", other="LOTS"))
        else:
            yield Difference(LOTS, "missing", sentence("differences", "package_has", other="DELIVERIES"))
        return
    if stage is None:
        return
    given = (contents.deliveries, contents.assessments, contents.plots, contents.harvest, contents.animals)
    fresh, lots = stage(*given)
    rows = "delivery " + contents.deliveries["source_row"].astype(str)
    for column in ("kg_green", "removed"):
        stored, made = (table[column].set_axis(rows) for table in (contents.deliveries, fresh))
        yield from some(_unlike(DELIVERIES, stored, made))
    yield from _lots(contents.lots, lots, alone=contents.alone is not None)


def _lots(stored: pd.DataFrame, fresh: pd.DataFrame, *, alone: bool) -> Iterator[Difference]:
    if stored.get("lot") is None or list(stored["lot"]) != list(fresh["lot"]):
        yield Difference(LOTS, "lots", sentence("differences", "other_lots"))
        return
    if alone and {*WORDED, "status"} <= set(stored.columns):
        stored, fresh = _but_of_season(stored, fresh)
    for column in (name for name in fresh.columns if name != "lot"):
        if column not in stored:
            yield Difference(LOTS, "columns", sentence("differences", "column_missing", column=column))
            continue
        yield from some(_unlike(LOTS, stored.set_index("lot")[column], fresh.set_index("lot")[column]))


def _but_of_season(stored: pd.DataFrame, fresh: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both without what LOTS says of plots that delivered too much in the season: with deliveries into other lots it
    may say that of more plots than the deliveries inside show, never of fewer."""
    was, now = stored.copy(), fresh.copy()
    for column in WORDED:
        plots = [_named(text, OF_SEASON) for text in stored[column]]
        for table in (was, now):
            table[column] = [_without(text, mine) for text, mine in zip(table[column], plots, strict=True)]
    freed = (stored["reasons"] != "") & (was["reasons"] == "")
    was["status"] = was["status"].where(~freed, now["status"])
    return was, now


def _named(text: str, codes: Collection[str]) -> set[str]:
    """Plots that a text on a lot (`code: plot, plot; code: plot`) names under some codes."""
    parts = [part.partition(": ") for part in text.split("; ")]
    return {name for code, _, names in parts if code in codes for name in names.split(", ")}


def _without(text: str, plots: Collection[str]) -> str:
    parts = [part.partition(": ") for part in text.split("; ")]
    left = [(code, sign, [name for name in names.split(", ") if name not in plots]) for code, sign, names in parts]
    return "; ".join(f"{code}{sign}{', '.join(names)}" for code, sign, names in left if names)


def _unlike(file: str, stored: pd.Series, fresh: pd.Series) -> Iterator[Difference]:
    for row, was, now in zip(map(str, fresh.index), stored, fresh, strict=True):
        if not same(was, now):
            yield Difference(
                file,
                "deliveries",
                sentence(
                    "differences", "deliveries_give", row=row, column=stored.name, was=_short(was), now=_short(now)
                ),
            )


def same(stored: object, now: object) -> bool:
    """Whether a cell says the same: kilograms to the milligram, lists and sentences in any order."""
    was: Any = stored
    if isinstance(now, float):
        return bool(np.isclose(float(was), now, rtol=0, atol=TOLERANCE_KG))
    if isinstance(now, str):
        # The edition without names sorts by names, shows codes, and knows no nearest plot.
        return _words(str(was)) == _words(now)
    return sorted(map(str, was)) == sorted(map(str, now)) if isinstance(now, list) else bool(was == now)


def _words(text: str) -> list[str]:
    return sorted(re.split("[:;,] ", _NEAREST.sub("", text)))


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, np.ndarray)) else str(value)
    return f"{text[:80]!r}"
