"""DejaVu Sans, regular and bold, for letters that the fonts inside Typst lack: the files that Matplotlib carries.

It has no Ethiopic letters; a page in Amharic takes them from a font of the machine.
"""

from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

if TYPE_CHECKING:
    from typst import Fonts

FAMILY = "DejaVu Sans"
ETHIOPIC = ("Noto Sans Ethiopic", "Noto Serif Ethiopic", "Abyssinica SIL", "Ebrima", "Kefa", "Nyala")
"""Free ones, and those of Windows and macOS, the most legible first."""


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


@cache
def drawn(language: str) -> bool:
    """Whether DejaVu Sans has the letters of a language.

    >>> drawn("vi"), drawn("am")
    (True, False)
    """
    return all(ord(letter) in letters() for letter in Locale(language).languages[language])


@cache
def families(language: str) -> tuple[str, ...]:
    """Fonts that together have the letters of a language, on this machine; none where one is lacking."""
    if drawn(language):
        return (FAMILY,)
    there = set(of_machine().families())
    found = next((one for one in ETHIOPIC if one in there), None)
    return () if found is None else (FAMILY, found)


@cache
def of_machine() -> "Fonts":
    """DejaVu Sans, and all fonts of the machine."""
    from typst import Fonts  # late: most of what asks for letters compiles nothing

    return Fonts(font_paths=[str(folder())])
