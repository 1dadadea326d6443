"""KoboToolbox and ODK submissions as JSON: a list of answers, groups written as `group/question`."""

from typing import Any

import numpy as np
import pandas as pd

from eudr_check.delimited import MOST_CELLS
from eudr_check.plots.read import jsontext
from eudr_check.plots.read.raw_table import Delivery, Fault, UnreadableError

LISTS = ("submissions", "results", "data", "value", "records", "rows")


def found_in(content: object) -> list[object] | None:
    """The list of records of a JSON document that is no GeoJSON; None when there is none."""
    if isinstance(content, dict):
        content = next((content[key] for key in LISTS if isinstance(content.get(key), list)), None)
    if isinstance(content, list) and any(isinstance(record, dict) for record in content):
        return content
    return None


def read(records: list[object]) -> Delivery:
    """One row per record; geometry is made later, from the answers."""
    cells = [_flat(record) if isinstance(record, dict) else {} for record in records]
    faults = [
        Fault(row, "row_unreadable", {"problem": problem})
        for row, record in enumerate(records)
        if (problem := _problem(record)) is not None
    ]
    count = len(records)
    guard(cells)
    return Delivery(
        pd.DataFrame(cells, index=range(count), dtype=object),
        np.full(count, None, dtype=object),
        np.arange(1, count + 1),
        np.full((count, 2), -1, dtype=np.int8),
        faults=faults,
    )


def guard(cells: list[dict[str, str | None]]) -> None:
    """Refuse records whose keys differ so much that their table would hold almost nothing but gaps.

    Raises:
        UnreadableError: more cells than can be held.
    """
    width = len({key for record in cells for key in record})
    if width * len(cells) > MOST_CELLS:
        raise UnreadableError("file_too_large", problem=f"{len(cells)} records with {width} different keys")


def _problem(record: Any) -> str | None:
    if not isinstance(record, dict):
        return "[not a record]"
    twice = jsontext.twice_in(record)
    return None if twice is None else f"'{twice[:60]}' [stands twice]"


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and not {"coordinates", "geometry"} & value.keys():
            cells.update(_flat(value, f"{name}/"))
        else:
            cells[name] = jsontext.cell(value)
    return cells
