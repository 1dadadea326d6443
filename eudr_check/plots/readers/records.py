"""KoboToolbox and ODK submissions as JSON: a list of answers, groups written as `group/question`."""

import json
from typing import Any

import numpy as np
import pandas as pd

from eudr_check.plots.delivery import Delivery, Fault, whole

_LISTS = ("submissions", "results", "data", "value", "records", "rows")


def found_in(content: Any) -> list[Any] | None:
    """The list of records of a JSON document that is no GeoJSON; None when there is none."""
    if isinstance(content, dict):
        content = next((content[key] for key in _LISTS if isinstance(content.get(key), list)), None)
    if isinstance(content, list) and any(isinstance(record, dict) for record in content):
        return content
    return None


def read(records: list[Any]) -> Delivery:
    """One row per record; geometry is made later, from the answers."""
    cells = [_flat(record) if isinstance(record, dict) else {} for record in records]
    faults = [
        Fault(row, "row_unreadable", {"problem": "not a record"})
        for row, record in enumerate(records)
        if not isinstance(record, dict)
    ]
    count = len(records)
    return Delivery(
        pd.DataFrame(cells, index=range(count), dtype=object),
        np.full(count, None, dtype=object),
        np.arange(1, count + 1),
        np.full((count, 2), -1, dtype=np.int8),
        faults=faults,
    )


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for key, value in record.items():
        name = whole(f"{prefix}{key}")
        if isinstance(value, dict) and "coordinates" not in value:
            cells.update(_flat(value, f"{name}/"))
        elif value is None or isinstance(value, str):
            cells[name] = None if value is None else str(value)
        else:
            cells[name] = json.dumps(value, ensure_ascii=False)
    return cells
