"""Every field of a finished package: each column of each table, each key of each JSON file, and how to edit it."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from eudr_check import parquet

Field = tuple[str, str]
"""File, and the column or key: `statement.net_mass_kg`, `layers[].id`."""
GEOMETRIES = ("PLOTS", "PATCHES")


def fields(package: Path) -> list[Field]:
    """All of them, in the order of their names."""
    found: set[Field] = set()
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix == ".parquet":
            found |= {(name, str(column)) for column in _named(_read(path)).columns}
        elif path.suffix == ".csv":
            found |= {(name, column) for column in _rows(path)[0]}
        elif path.suffix in (".json", ".geojson") and path.name != "MANIFEST.json":
            found |= {(name, key) for key, _, _ in _leaves(json.loads(path.read_text(encoding="utf-8")))}
    return sorted(found)


def edit(field: Field) -> Callable[[Path], None]:
    """Changes the first value of a field that can be changed, to one that stands elsewhere in it where there is one.

    A value that the field has in other rows cannot be told by its form.
    """
    name, key = field

    def change(folder: Path) -> None:
        path = folder / name
        if path.suffix == ".parquet":
            _edit_table(path, key)
        elif path.suffix == ".csv":
            _edit_csv(path, key)
        else:
            _edit_json(path, key)

    return change


def other(value: Any, elsewhere: Iterable[Any] = ()) -> Any:
    """The first of some values that is another one, else one of the same type that is."""
    for one in elsewhere:
        if type(one) is type(value) and not _same(one, value):
            return one
    if isinstance(value, shapely.Geometry):
        return shapely.transform(value, lambda xy: xy + 1e-5)
    if isinstance(value, np.ndarray):
        return np.append(value, "x")
    if isinstance(value, bytes):
        return value + b"\x00"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return _other_text(value)
    return "2026-01-01" if value is None or pd.isna(value) else value


def _same(one: Any, value: Any) -> bool:
    return np.array_equal(one, value) if isinstance(value, np.ndarray) else bool(one == value)


def _other_text(text: str) -> str:
    """Another day for a day, another country for a country, other letters else."""
    try:
        return (pd.Timestamp(text) - pd.Timedelta(days=1)).strftime("%Y-%m-%d") if text[4:5] == "-" else f"{text}x"
    except ValueError:
        return f"{text}x"


def _read(path: Path) -> Any:
    return parquet.features(path) if path.stem in GEOMETRIES else parquet.frame(path)


def _named(frame: Any) -> Any:
    """The frame with its index among the columns."""
    return frame if frame.index.name is None else frame.reset_index()


def _edit_table(path: Path, column: str) -> None:
    frame = _read(path)
    index = frame.index.name
    flat = _named(frame)
    kept = flat[column].copy()
    filled = [
        place for place, value in enumerate(flat[column]) if isinstance(value, shapely.Geometry) or pd.notna(value)
    ]
    place = (filled or [0])[0]
    value = flat[column].iat[place]
    value = value.item() if isinstance(value, np.generic) else value
    new = list(flat[column])
    plain = (one.item() if isinstance(one, np.generic) else one for one in flat[column].iloc[filled])
    new[place] = other(value, plain) if filled else 1
    flat[column] = _typed(new, kept)
    (flat if index is None else flat.set_index(index)).to_parquet(path, compression="zstd")


def _typed(values: list[Any], like: pd.Series) -> Any:
    if any(isinstance(value, np.ndarray) for value in values):
        return values
    try:
        return pd.array(values, dtype=like.dtype) if not hasattr(like, "crs") else type(like)(values, crs=like.crs)
    except (TypeError, ValueError):
        return pd.array([None if value is None else str(value) for value in values], dtype="str")


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def _edit_csv(path: Path, column: str) -> None:
    text = path.read_text(encoding="utf-8")
    rows = _rows(path)
    place = rows[0].index(column)
    if len(rows) == 1:
        rows.append(["1"] * len(rows[0]))
    else:
        rows[1][place] = other(rows[1][place], (row[place] for row in rows[2:]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    path.write_text(("\ufeff" if text.startswith("\ufeff") else "") + out.getvalue(), encoding="utf-8")


def _leaves(content: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Key, container and place in it of every value that holds no others; an empty list or object is a value."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content)
    for place, value in pairs:
        below = f"{key}[]" if isinstance(content, list) else f"{key}.{place}".removeprefix(".")
        if isinstance(value, dict | list) and value:
            yield from _leaves(value, below)
        else:
            yield below, content, place


def _edit_json(path: Path, key: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    all_of_it = [(container, place) for name, container, place in _leaves(content) if name == key]
    container, place = all_of_it[0]
    value = container[place]
    container[place] = (
        [1] if value == [] else {"x": 1} if value == {} else other(value, [there[at] for there, at in all_of_it])
    )
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
