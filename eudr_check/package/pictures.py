"""Dated pictures in a package: what its report, its pages and its map show of them, and where they come from."""

import base64
import binascii
import datetime as dt
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import pandas as pd
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from eudr_check.choices import LANGUAGES
from eudr_check.errors import PackageError
from eudr_check.package.folder import Folder
from eudr_check.package.gis.rasters import FOLDER
from eudr_check.package.inputs import PackageInput
from eudr_check.text import sentence

__all__ = ["FOLDER", "LOOKS", "SCENE", "Shot", "Shots", "files", "shots", "write"]

LOOKS = f"{FOLDER}/looks.json"
TABLES = ("looks.csv", "radar.csv", "vegetation_series.csv", "sources.csv")
SCENE = r"\d{4}-\d\d-\d\d_[0-9A-Z]+_(true_colour|near_infrared)\.tif"
"""Name of all pictures of one date and tile."""
MOST_CELLS = 600
"""Along a side of a picture; larger ones are not of our making."""

Ratio = Annotated[float, Field(ge=-1, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Cells = Annotated[int, Field(ge=1, le=MOST_CELLS)]
Ring = tuple[tuple[Number, Number], ...]


class Said(BaseModel):
    """Words of a look in one language."""

    model_config = ConfigDict(frozen=True)

    name: str
    lines: tuple[str, ...]


class Point(NamedTuple):
    """Vegetation at one date."""

    day: dt.date
    ndvi: Ratio
    nbr: Ratio | None
    item: str


class Line(BaseModel):
    """Vegetation of a plot through the years."""

    model_config = ConfigDict(frozen=True)

    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    losses: tuple[Annotated[int, Field(ge=2000, le=2100)], ...]
    """Years in which layers date a loss."""


class Shot(BaseModel):
    """One look at one plot, as pages show it."""

    model_config = ConfigDict(frozen=True)

    status: str
    said: Mapping[str, Said]
    date: str | None = None
    """None where there is no clear look; then there is no picture either."""
    width: Cells = 1
    height: Cells = 1
    cell_m: Annotated[float, Field(gt=0, le=1000)] = 10.0
    chips: Mapping[str, str] = {}
    """By kind, native cells as WebP in Base64."""
    rings: Mapping[str, tuple[Ring, ...]] = {}
    """Of plot, forest in 2020 and loss, as (column, row) of cells."""
    line: Line | None = None
    """Of the most recent look: the years up to it."""
    radar: tuple["Shot", ...] = ()
    """Of the most recent look, where none is clear: radar medians before the cut-off and now, without a date."""

    @field_validator("said")
    @classmethod
    def _in_every_language(cls, said: Mapping[str, Said]) -> Mapping[str, Said]:
        if not set(LANGUAGES) <= said.keys():
            raise ValueError(f"a look must be described in {', '.join(LANGUAGES)}")
        return said

    def png(self, kind: str) -> bytes:
        """Native cells as PNG.

        Raises:
            PackageError: the chip is no picture of the size that is stated.
        """
        try:
            packed = base64.b64decode(self.chips[kind], validate=True)
            with Image.open(io.BytesIO(packed), formats=("WEBP",)) as chip:
                if chip.size != (self.width, self.height):
                    raise PackageError(sentence("run", "picture_size", file=LOOKS, date=self.date))
                written = io.BytesIO()
                chip.convert("RGB").save(written, "PNG")
        except (KeyError, OSError, binascii.Error) as error:
            raise PackageError(sentence("run", "picture_unreadable", file=LOOKS, date=self.date)) from error
        return written.getvalue()


Shots = Mapping[str, tuple[Shot, ...]]
"""Looks by plot: the first is the one before the cut-off, the last the most recent."""
_SHOTS = TypeAdapter(dict[str, Annotated[tuple[Shot, ...], Field(min_length=1)]])


def shots(content: object) -> Shots:
    """Looks as JSON says them.

    Raises:
        ValueError: the content is something else.
    """
    return _SHOTS.validate_python(content)


def write(into: Folder, given: PackageInput) -> None:
    """Take the looks of a harvest into its package: what pages show, tables with their sources, and a file per date."""
    if given.imagery is None:
        return
    into.json(LOOKS, given.looks)
    (into.path / FOLDER).mkdir(exist_ok=True)
    for name in TABLES:
        if given.redacted and name != TABLES[-1]:
            into.csv(f"{FOLDER}/{name}", _coded(pd.read_csv(given.imagery / name, dtype=str), given.codes))
        else:
            shutil.copyfile(given.imagery / name, into.path / FOLDER / name)
    for file in files(given.imagery / "rasters"):
        shutil.copyfile(given.imagery / "rasters" / file, into.path / FOLDER / file)


def _coded(table: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    """A table by codes of plots, without the names of picture files, which carry those of plots."""
    files_of = {name: None for name in ("true_colour", "near_infrared", "picture") if name in table}
    return table.assign(plot=table["plot"].map(codes), **files_of)


def files(folder: Path) -> Sequence[str]:
    """Names of the scenes in a folder, in order; none where there is no such folder."""
    return sorted(path.name for path in folder.glob("*.tif"))
