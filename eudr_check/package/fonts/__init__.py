"""DejaVu Sans 2.37, regular and bold, for letters that the fonts inside Typst lack (licence: LICENSE.txt)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path


@contextmanager
def folder() -> Iterator[Path]:
    """The folder of the fonts, on disk while the context lasts."""
    with as_file(files(__package__)) as path:
        yield path


@cache
def letters(name: str = "DejaVuSans.ttf") -> frozenset[int]:
    """Code points a font draws."""
    from fontTools.ttLib import TTFont  # late: a third of a second of every start

    with folder() as path, TTFont(path / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
