"""Positions that rows write in columns of longitude and latitude, with hemispheres in columns of their own."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.plots.read import coordinates
from eudr_check.plots.read.columns import plain, text_of

AXES = ("longitude", "latitude")
_OF = {"longitude": ("E", "W"), "latitude": ("N", "S")}
_HEMISPHERE = re.compile(
    r"hemi|cardinal|^(?:n_?s|s_?n|e_?w|w_?e|e_?o|o_?e|n_o_s|e_o_w)$"
    r"|^(?:gps)?_?(?:lat|lon|lng)[a-z]*_?(?:ref|dir|ns|ew|eo|n_s|e_w|e_o|hem[a-z]*|letra|letter|sign)$"
)
_LARGEST_DEGREE = 180.0


class Positions:
    """The positions of a table with columns of longitude and latitude."""

    def __init__(self, frame: pd.DataFrame, columns: Mapping[str, str]) -> None:
        self._cells = [text_of(frame[columns[axis]]).to_numpy(dtype=object) for axis in AXES]
        self._letters = [self._letters_of(frame, columns, axis) for axis in AXES]

    @staticmethod
    def _letters_of(frame: pd.DataFrame, columns: Mapping[str, str], axis: str) -> NDArray[Any] | None:
        header = hemisphere_header(frame, columns, axis)
        return None if header is None else text_of(frame[header]).to_numpy(dtype=object)

    def at(self, row: int) -> tuple[str, str, tuple[int, int]] | None:
        """Longitude, latitude and the decimals of both in one row; None where both cells are empty.

        Raises:
            ValueError: a cell is no coordinate, or says two things at once.
        """
        cells = [column[row] for column in self._cells]
        if cells == [None, None]:
            return None
        angles = [self._angle(place, row) for place in range(len(AXES))]
        if angles[0] is None or angles[1] is None:
            raise ValueError(f"longitude {cells[0]!r:.40}, latitude {cells[1]!r:.40} are no coordinates")
        return angles[0][0], angles[1][0], (angles[0][1], angles[1][1])

    def _angle(self, place: int, row: int) -> tuple[str, int] | None:
        axis, cell = AXES[place], self._cells[place][row]
        if cell is None:
            return None
        letters = self._letters[place]
        letter = None if letters is None else letters[row]
        number = coordinates.written_number(cell)
        if letter is None or (number is not None and abs(float(number)) > _LARGEST_DEGREE):
            # Metres carry no hemisphere: that of their zone says which they count from.
            return coordinates.angle(cell, axis)
        says = coordinates.direction(letter)
        if says not in _OF[axis]:
            raise coordinates.ContradictionError(f"hemisphere {letter[:20]!r} is none of {axis}")
        own = next((found for word in re.findall(r"[A-Za-z]+", cell) if (found := coordinates.direction(word))), None)
        if own is not None and own != says:
            raise coordinates.ContradictionError(f"{axis} {cell[:40]!r} and hemisphere {letter[:20]!r} contradict")
        return coordinates.angle(cell if own is not None else f"{cell} {says}", axis)


def hemisphere_header(frame: pd.DataFrame, columns: Mapping[str, str], axis: str) -> str | None:
    """The column that says N or S (E or W) for an axis: by its header, or next to the axis with nothing else in it."""
    headers = [str(header) for header in frame.columns]
    places = [headers.index(columns[one]) for one in AXES]
    for place, header in enumerate(headers):
        if header in columns.values():
            continue
        named = _HEMISPHERE.search(plain(header)) is not None
        if not named and min(abs(place - other) for other in places) > 1:
            continue
        cells = text_of(frame[header]).dropna()
        mine = np.array([coordinates.direction(cell) in _OF[axis] for cell in cells], dtype=bool)
        if len(mine) and (mine.all() or (named and mine.mean() >= 0.5)):
            return header
    return None
