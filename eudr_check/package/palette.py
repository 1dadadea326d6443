"""Colours and marks of everything people look at: one accent per outcome, also for eyes that see few colours.

Outcomes differ in lightness and in the shape of their mark, not in hue alone; a test measures their distance under
simulated protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009).
"""

from typing import NamedTuple

from eudr_check.law.regulation import CUTOFF_YEAR


class Accent(NamedTuple):
    """How one outcome or severity is drawn."""

    colour: str
    """Fill, `#rrggbb`."""
    ink: str
    """Outline and text of the same hue, dark enough to read on white (contrast 4.5 or more)."""
    mark: str
    """Shape of the mark, by the names of QGIS: circle, square, diamond, triangle."""
    rank: int
    """Drawn over those of lower rank, so that trouble is never hidden under `low`."""


OUTCOMES = {
    "low": Accent("#1b868c", "#0d5f66", "circle", 0),
    "undetermined": Accent("#b4b7c0", "#4f5560", "square", 1),
    "more_info_needed": Accent("#f2b134", "#7a5200", "diamond", 2),
    "high": Accent("#b3321b", "#8c2211", "triangle", 3),
    "cleared_by_review": Accent("#9cc7ec", "#1f5484", "circle", 0),
}

SEVERITIES = {
    "info": Accent("#9cc7ec", "#1f5484", "circle", 0),
    "warn": Accent("#f2b134", "#7a5200", "diamond", 1),
    "block": Accent("#b3321b", "#8c2211", "triangle", 2),
}

FOREST, NO_FOREST, UNKNOWN, LOSS_BEFORE = "#86b08d", "#f4f0e6", "#c9ccd2", "#d8c39a"
"""Ground of the plot pictures, and loss up to the end of 2020."""

AREAS = {
    "protected": ("#2f5d50", "f_diagonal"),
    "indigenous": ("#8a4b1f", "b_diagonal"),
    "zoning": ("#4a4f86", "vertical"),
    "tenure": ("#6b6b1e", "horizontal"),
}
"""Edge and hatch of areas by topic; hatches by the names of QGIS, so that hue is never all that differs."""

GROUND = {
    "cleared": "#d63a92",
    "disputed": "#f7a8c8",
    "unknown": UNKNOWN,
    "forest": FOREST,
    "other": NO_FOREST,
}
"""Parts of a split that is proposed, in the colours of the pictures."""

LOSS_AFTER = ("#f7a8c8", "#ec6fae", "#d63a92", "#ab1580", "#7d0a72", "#4b0460")
"""Loss in 2021, 2022, ... : pink to dark purple, lighter to darker; the last colour stands for all later years."""


def year_colour(year: int) -> str:
    """Colour of loss in a calendar year."""
    if year <= CUTOFF_YEAR:
        return LOSS_BEFORE
    return LOSS_AFTER[min(year - CUTOFF_YEAR, len(LOSS_AFTER)) - 1]


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
