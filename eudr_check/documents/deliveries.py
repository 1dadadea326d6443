"""deliveries.csv: what each plot delivered, when, in which form, into which lot."""

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check import numerals, tables
from eudr_check.documents.animals import is_live
from eudr_check.documents.cells import Cells
from eudr_check.documents.csv_rows import Table, raise_all, short, table_of
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.numerals import AmbiguousNumberError
from eudr_check.spelling import folded
from eudr_check.text import Sentence, sentence
from eudr_check.trade import Product

COLUMNS = ("date", "cooperative", "plot_id", "kg", "form", "lot")
OPTIONAL = ("mixed_on", "removed_on")
"""Day the lot was mixed, and day the delivery was taken out of it; a removal counts only before mixing."""
OF_CATTLE = "group"
"""Column of cattle: the animals it comes from, as animals.csv calls them; its plot is where it was handed over."""
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
        One row per delivery in the order of the file: `row` (from 1), `place` (line, or `sheet!row`), `date`, `plot`
        (`cooperative/plot_id`), `kg` as delivered, `form`, `kg_green` (kilograms of product: green coffee, dry beans
        ...), `lot`, `mixed_on`, `removed_on` (dates, NaT where not given), `group` of
        animals (None where not given).

    Raises:
        ConfigError: names file, row and what to do.
    """
    return of_rows(table_of(path, "deliveries", COLUMNS), path, commodity, last)


def of_rows(table: Table, path: Path, commodity: str, last: dt.date) -> pd.DataFrame:
    """As `read_deliveries`, of the rows of the file.

    Raises:
        ConfigError: as `read_deliveries`.
    """
    mark = numerals.decimal_mark(row.get("kg") or "" for row, _ in table.rows)
    found, problems = [], list[EudrCheckError](table.broken)
    for number, (row, place) in enumerate(table.rows, start=1):
        faults: list[Sentence] = []
        one = _delivery(row, number, _Cells(place, last, faults, commodity, mark))
        found.append(one)
        problems += [ConfigError(fault) for fault in faults]
    problems += _lots_in_two_spellings(
        [(str(one["lot"]), place) for one, (_, place) in zip(found, table.rows, strict=True)]
    )
    raise_all(problems)
    if not found:
        raise ConfigError(_said("no_delivery", file=str(path)))
    frame = pd.DataFrame(found)
    for name in ("date", *OPTIONAL):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def require_form_of_goods(deliveries: pd.DataFrame, goods: Sequence[Product], file: str) -> None:
    """Refuse deliveries of cattle in kilograms of another thing than what is declared.

    What meat a live animal gives differs by half from one to the next: kilograms of one are never made of the other's.

    Args:
        deliveries: from `read_deliveries`, of cattle.
        goods: commodity lines of the harvest.
        file: how the file is called.

    Raises:
        ConfigError: live weight for meat, carcass weight for live cattle, or both in one file.
    """
    asked = {one.hs_code: "live" if is_live(one.hs_code) else "meat" for one in goods}
    other = {form: code for code, kind in asked.items() for form in ("live", "meat") if form != kind}
    wrong = deliveries[deliveries["form"].isin(list(other))]
    if not goods and deliveries["form"].nunique() > 1:
        wrong = deliveries[deliveries["form"] != deliveries["form"].iloc[0]]
    problems: list[EudrCheckError] = [
        ConfigError(_said("form_of_goods", place=f"{file}: {place}", form=form, code=other.get(form, "-")))
        for place, form in zip(wrong["place"], wrong["form"], strict=True)
    ]
    raise_all(problems)


def _lots_in_two_spellings(lots: Sequence[tuple[str, Sentence]]) -> list[ConfigError]:
    """Lots that people take for one: as two, the sound part would be accepted without the other."""
    first: dict[str, tuple[str, Sentence]] = {}
    twins: dict[str, ConfigError] = {}
    seen: set[str] = set()
    for lot, place in lots:
        if lot in seen:
            continue
        seen.add(lot)
        known, where = first.setdefault(folded(lot), (lot, place))
        if lot != known:
            twins[lot] = ConfigError(_said("lot_spelling", place=place, lot=lot, known=known, where=where))
    return list(twins.values())


def removed(deliveries: pd.DataFrame) -> pd.Series:
    """Deliveries taken out of their lot, with dates that prove it happened before mixing."""
    taken = deliveries["removed_on"]
    return taken.notna() & (taken >= deliveries["date"]) & (taken < deliveries["mixed_on"])


def to_table(deliveries: pd.DataFrame) -> pd.DataFrame:
    """DELIVERIES: what `read_deliveries` gives, as a package keeps it."""
    days = {name: deliveries[name].dt.strftime("%Y-%m-%d") for name in ("date", *OPTIONAL)}
    named = deliveries.assign(**days, removed=removed(deliveries))
    return tables.typed(tables.DELIVERIES, named.rename(columns={"row": "source_row", "place": "source_place"}))


def of_table(table: pd.DataFrame, commodity: str) -> pd.DataFrame:
    """What `read_deliveries` gives, from DELIVERIES; kilograms of product are made of the weight once more.

    Args:
        table: DELIVERIES.
        commodity: what is delivered; a form it does not have gives NaN kilograms of product.
    """
    factors = dict(conversions(commodity).values())
    days = {name: pd.to_datetime(table[name], errors="coerce") for name in ("date", *OPTIONAL)}
    named = table.rename(columns={"source_row": "row", "source_place": "place"}).drop(columns="removed")
    return named.assign(**days, kg_green=table["kg"] * table["form"].map(factors).astype("float64"))


@dataclass(frozen=True)
class _Cells(Cells):
    """Those of a delivery: of a commodity, with the decimal mark of the file."""

    commodity: str
    mark: str | None

    def kilograms(self, text: str) -> float:
        """A weight above 0; NaN where it is none."""
        try:
            value = _weight(text, self.mark)
        except AmbiguousNumberError as error:
            first, second = error.readings
            self.wrong("kg_ambiguous", value=text, first=first, second=second)
            return np.nan
        if not (value > 0 and np.isfinite(value)):
            self.wrong("kg_wrong", value=text)
        return value


@lru_cache(maxsize=10_000, typed=True)
def _weight(text: str, mark: str | None) -> float:
    """Kilograms; 0 where the text is none."""
    plain = numerals.read(_UNIT.sub("", text), mark)
    return float(plain) if plain is not None and _WEIGHT.match(plain) else 0.0


def _delivery(row: Mapping[str, str | None], number: int, cells: _Cells) -> dict[str, object]:
    text = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
    for name in ("cooperative", "plot_id", "lot"):
        if not text[name]:
            cells.wrong("cell_empty", column=name)
    forms = conversions(cells.commodity)
    form, factor = forms.get(text["form"].casefold(), ("", np.nan))
    if not form:
        known = ", ".join(sorted(forms)) or "-"
        cells.wrong("form_unknown", value=text["form"], commodity=cells.commodity, known=known)
    kg = cells.kilograms(text["kg"])
    return {
        "row": number,
        "place": short(cells.place),
        "date": cells.day(text["date"], "date"),
        "plot": f"{text['cooperative']}/{text['plot_id']}",
        "kg": kg,
        "form": form,
        "kg_green": kg * factor,
        "lot": text["lot"],
        **{name: cells.day(text[name], name) if text[name] else None for name in OPTIONAL},
        "group": (row.get(OF_CATTLE) or "").strip() or None,
    }
