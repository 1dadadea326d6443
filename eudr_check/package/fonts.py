"""DejaVu Sans, regular and bold, for letters that the fonts inside Typst lack: the files that Matplotlib carries."""

from functools import cache
from importlib.metadata import distribution
from pathlib import Path


@cache
def folder() -> Path:
    """The folder of the fonts; Matplotlib itself is not imported."""
    return Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))


@cache
def letters(name: str = "DejaVuSans.ttf") -> frozenset[int]:
    """Code points a font draws."""
    from fontTools.ttLib import TTFont  # late: a third of a second of every start

    with TTFont(folder() / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
