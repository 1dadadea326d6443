"""Bytes of a GeoPackage that hold nothing, and tell only which SQLite wrote them.

GDAL brings its own SQLite, Python takes that of the machine. Its version stands in the header, and old versions leave
in the free part of a page what newer ones clear: rows are the same, hashes are not.
https://www.sqlite.org/fileformat2.html names the offsets.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

HEADER, VERSION = 100, 96
INTERIOR = frozenset({2, 5})
SMALL = "name LIKE 'gpkg%' OR tbl_name LIKE 'gpkg%' OR tbl_name IN ('layer_styles', 'sqlite_sequence')"
"""Tables with a few pages, which Python writes; those of the map are GDAL's alone."""


@contextmanager
def reproducible_sqlite(geopackage: Path) -> Iterator[None]:
    """What is written in the block by Python's SQLite, and closed, has the same bytes whichever version that is.

    Args:
        geopackage: as GDAL wrote it.
    """
    with geopackage.open("rb") as file:
        version = file.read(HEADER)[VERSION:]
    yield
    with closing(sqlite3.connect(f"{geopackage.resolve().as_uri()}?mode=ro", uri=True)) as database:
        tables = database.execute(f"SELECT rootpage FROM sqlite_master WHERE rootpage > 0 AND ({SMALL})").fetchall()
    with geopackage.open("r+b") as file:
        _clear(file, [1, *(root for (root,) in tables)])
        file.seek(VERSION)
        file.write(version)


def _clear(file: BinaryIO, pages: list[int]) -> None:
    """Set to zero what no cell uses in some pages of trees and in those below them."""
    size = int.from_bytes(file.read(18)[16:], "big")
    while pages:
        place = (pages.pop() - 1) * size
        file.seek(place)
        page = file.read(size)
        head = HEADER if place == 0 else 0
        interior = page[head] in INTERIOR
        cells, content = (int.from_bytes(page[head + at : head + at + 2], "big") for at in (3, 5))
        first = head + (12 if interior else 8)
        free = first + 2 * cells
        if interior:
            starts = [int.from_bytes(page[at : at + 2], "big") for at in range(first, free, 2)]
            pages += [int.from_bytes(page[at : at + 4], "big") for at in (head + 8, *starts)]
        file.seek(place + free)
        file.write(bytes(content - free))
