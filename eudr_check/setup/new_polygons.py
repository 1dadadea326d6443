"""The definition of a polygon map of one's own, as far as its file tells: columns, values, hectares, CRS."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.definition import BLANK
from eudr_check.layers.polygons import files
from eudr_check.setup.new_definition import LISTED, name_of, ranges
from eudr_check.text import number, say, sentence
from eudr_check.typing import Floats

EARLIEST_YEAR = 1900
"""Numbers from here on are years, which need no name."""
_TYPES = {"uint8": (0, 255), "int16": (-(1 << 15), (1 << 15) - 1), "uint16": (0, (1 << 16) - 1)}


def new_polygons(path: Path, table: str | None, called: str, language: str) -> str:
    """A commented YAML that `definition:` of a harvest takes once its blanks are filled in.

    Every column of whole numbers, dates or texts with few different values becomes an asset; those that are not needed
    may go.

    Args:
        path: a vector file of polygons; all of it is read.
        table: its layer, where it has several.
        called: name of the file the YAML is written to.
        language: en, es, fr or pt, of the comments.

    Raises:
        LayersError: no polygons, a CRS without EPSG code, features without valid outline, or no column of classes.
    """
    frame = files.read(path, table, files.columns(path, table))
    crs = files.code_of(frame, path)
    if not crs.startswith("EPSG:"):
        raise LayersError(sentence("layers", "no_epsg", path=path))
    hectares = plot_area_ha(files.in_degrees(frame, path))
    named = [name for name in frame.columns if name != frame.geometry.name]
    assets = [block for name in named for block in _asset(frame[name], hectares, language)]
    if not assets:
        raise LayersError(sentence("layers", "no_class_column", path=path))
    return "\n".join([*_head(path, crs, table, called, language), *assets, *_tail(path, language)]) + "\n"


def _head(path: Path, crs: str, table: str | None, called: str, language: str) -> Iterator[str]:
    yield f"# {say('definition', 'head', language, raster=path.name, blank=BLANK)}"
    yield f"# {say('definition', 'then', language, file=called, raster=path.name)}"
    yield f"id: {name_of(path)}@1"
    yield f"name: {name_of(path)}"
    for key in ("title", "provider", "licence", "citation"):
        yield f"{key}: {BLANK}"
    yield f"# {say('definition', 'lineage', language)}"
    yield f"lineage: {BLANK}"
    yield f"crs: {crs}"
    yield f"# {say('definition', 'scale', language)}"
    yield f"resolution: {BLANK}"
    yield f"# {say('definition', 'date', language)}"
    yield f"date: {BLANK}"
    yield f"# {say('definition', 'cover', language)}"
    yield f"polygons: {json.dumps({} if table is None else {'table': table}, ensure_ascii=False)}"
    yield f"# {say('definition', 'columns', language)}"
    yield "assets:"


def _tail(path: Path, language: str) -> Iterator[str]:
    yield "variables:"
    yield f"  # {say('definition', 'column', language, column=f'{name_of(path)}.{BLANK}', blank=BLANK)}"
    yield f"  {BLANK}:"
    yield "    kind: state"
    yield f"    # {say('definition', 'role', language)}"
    yield f"    role: {BLANK}"
    yield f"    method: {name_of(path)}"
    for key in ("sensor", "covers_from", "covers_through"):
        yield f"    {key}: {BLANK}"
    yield f"    # {say('definition', 'when', language)}"
    yield f"    when: {{{BLANK}: {json.dumps(BLANK)}}}"


def _asset(column: pd.Series, hectares: Floats, language: str) -> Iterator[str]:
    """The lines of a column that may be one of classes; none for any other."""
    said = files.years_of(column)
    known = said.dropna()
    text = not pd.api.types.is_numeric_dtype(said)
    if text:
        known = known.astype(str).str.strip()
        known = known[known != ""]
    distinct = sorted(set(known.tolist()))
    if not distinct or len(distinct) > LISTED or not (text or all(float(one).is_integer() for one in distinct)):
        return
    values = {one: place if text else int(one) for place, one in enumerate(distinct, start=1)}
    numbers = sorted(values.values())
    kind = next((name for name, (low, high) in _TYPES.items() if low <= numbers[0] and numbers[-1] <= high), None)
    if kind is None:
        return
    yield f"  {_key(str(column.name))}:"
    yield f"    field: {json.dumps(str(column.name), ensure_ascii=False)}"
    yield f"    legend: {json.dumps(str(ranges(numbers)))}"
    if kind != "uint8":
        yield f"    dtype: {kind}"
    yield "    classes:"
    rows = known.index.to_numpy()
    area = pd.Series(hectares, index=column.index).loc[rows].to_numpy()
    for one, value in values.items():
        mine = float(np.sum(area[(known == one).to_numpy()]))
        called = one if text else str(value) if value >= EARLIEST_YEAR else BLANK
        yield f"      {value}: {json.dumps(called, ensure_ascii=False)}  # {number(mine, language, 2)} ha"


def _key(name: str) -> str:
    """A column as the definition calls it."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"column_{plain}"
