"""deliveries.csv: what each plot delivered, when, in which form, into which lot."""

import csv
import datetime as dt
import re
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check import numerals
from eudr_check.documents.csv_rows import raise_all, rows_of
from eudr_check.errors import ConfigError
from eudr_check.numerals import AmbiguousNumberError
from eudr_check.text import sentence

COLUMNS = ("date", "cooperative", "plot_id", "kg", "form", "lot")
OPTIONAL = ("mixed_on", "removed_on")
"""Day the lot was mixed, and day the delivery was taken out of it; a removal counts only before mixing."""
_said = partial(sentence, "documents")
_WEIGHT = re.compile(r"^\d+\.?\d*$")
_UNIT = re.compile(r"\s*kgs?\.?\s*$", re.IGNORECASE)


@cache
def conversions(commodity: str) -> dict[str, tuple[str, float]]:
    """Every word for a form of a commodity: its canonical form, and kilograms of product per kilogram delivered."""
    text = files("eudr_check.documents").joinpath("data/conversions.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        if row["commodity"] == commodity:
            for word in row["spoken_as"].split("|"):
                found[word.casefold()] = (row["form"], float(row["to_delivered"]))
    return found


def read_deliveries(path: Path, commodity: str, *, last: dt.date = dt.date.max) -> pd.DataFrame:
    """Read deliveries.csv; all its weights are read with one decimal mark, the one that all of them fit.

    Args:
        path: the file.
        commodity: what is delivered.
        last: day after which nothing can have been delivered yet.

    Returns:
        One row per delivery in the order of the file: `row` (from 1), `date`, `plot` (`cooperative/plot_id`), `kg` as
        delivered, `form`, `kg_green` (kilograms of product: green coffee, dry beans ...), `lot`, `mixed_on`,
        `removed_on` (dates, NaT where not given).

    Raises:
        ConfigError: names file, row and what to do.
    """
    rows = rows_of(path, "deliveries", COLUMNS)
    mark = numerals.decimal_mark(row.get("kg") or "" for row, _ in rows)
    found, problems = [], []
    for number, (row, place) in enumerate(rows, start=1):
        try:
            one = _delivery(row, number, place, commodity, mark)
            _guard_days(one, place, last)
        except ConfigError as error:
            problems.append(error)
        else:
            found.append(one)
    raise_all(problems)
    if not found:
        raise ConfigError(_said("no_delivery", file=str(path)))
    frame = pd.DataFrame(found)
    for name in ("date", *OPTIONAL):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def removed(deliveries: pd.DataFrame) -> pd.Series:
    """Deliveries taken out of their lot, with dates that prove it happened before mixing."""
    taken = deliveries["removed_on"]
    return taken.notna() & (taken >= deliveries["date"]) & (taken < deliveries["mixed_on"])


def _guard_days(delivery: Mapping[str, object], place: str, last: dt.date) -> None:
    for name in ("date", *OPTIONAL):
        day = delivery[name]
        if isinstance(day, dt.date) and day > last:
            raise ConfigError(_said("day_to_come", place=place, column=name, day=str(day), last=str(last)))


def _delivery(
    row: Mapping[str, str | None], number: int, place: str, commodity: str, mark: str | None
) -> dict[str, object]:
    text = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    for name in ("cooperative", "plot_id", "lot"):
        if not text[name]:
            raise ConfigError(_said("cell_empty", place=place, column=name))
    forms = conversions(commodity)
    if text["form"].casefold() not in forms:
        known = ", ".join(sorted(forms)) or "-"
        raise ConfigError(_said("form_unknown", place=place, value=text["form"], commodity=commodity, known=known))
    form, factor = forms[text["form"].casefold()]
    kg = _kilograms(text["kg"], mark, place)
    return {
        "row": number,
        "date": _date(text["date"], place, "date"),
        "plot": f"{text['cooperative']}/{text['plot_id']}",
        "kg": kg,
        "form": form,
        "kg_green": kg * factor,
        "lot": text["lot"],
        **{name: _date(text[name], place, name) if text[name] else None for name in OPTIONAL},
    }


def _kilograms(text: str, mark: str | None, place: str) -> float:
    """A weight above 0."""
    try:
        plain = numerals.read(_UNIT.sub("", text), mark)
    except AmbiguousNumberError as error:
        first, second = error.readings
        raise ConfigError(_said("kg_ambiguous", place=place, value=text, first=first, second=second)) from error
    value = float(plain) if plain is not None and _WEIGHT.match(plain) else 0.0
    if not (value > 0 and np.isfinite(value)):
        raise ConfigError(_said("kg_wrong", place=place, value=text))
    return value


def _date(text: str, place: str, column: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(_said("no_day", place=place, column=column, value=text)) from error
