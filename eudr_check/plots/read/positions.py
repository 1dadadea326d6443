"""Positions that rows write in columns of longitude and latitude, with hemispheres in columns of their own."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.names import plain
from eudr_check.plots.read import coordinates
from eudr_check.plots.read.columns import text_of

AXES = ("longitude", "latitude")
_OF = {"longitude": ("E", "W"), "latitude": ("N", "S")}
_HEMISPHERE = re.compile(
    r"hemi|cardinal|^(?:n_?s|s_?n|e_?w|w_?e|e_?o|o_?e|n_o_s|e_o_w)$"
    r"|^(?:gps)?_?(?:lat|lon|lng)[a-z]*_?(?:ref|dir|ns|ew|eo|n_s|e_w|e_o|hem[a-z]*|letra|letter|sign)$"
    r"|^(?:ref|dir|hem|letra|letter|orient|sentido)[a-z]*_(?:de_)?(?:lat|lon|lng|long)[a-z]*$"
)
_FURTHER = re.compile(
    r"^(?:lat|latitude|latitud|lon|long|lng|longitude|longitud|x|y|este|norte|easting|northing|coord_[xy])_?(?:[a-z]{1,6}_?)?\d{1,3}$"
)
_TWO_POSITIONS = 4
_LARGEST_DEGREE, _LARGEST_LATITUDE = 180.0, 90.0
_DECIMAL = r"[+−–-]?\s*\d{1,3}[.,]\d{2,}\s*[°º]?"
_PAIR = re.compile(rf"^\s*[(\[]?\s*(?P<one>{_DECIMAL})\s*(?:[,;/|]\s*|\s+)(?P<other>{_DECIMAL})\s*[)\]]?\s*$")
_ANGLE, _WORD = (
    r"[+−–-]?\s*\d{1,3}[\d\s.,°º'\"´`’‘′″”“ʹʺ˚-]*",
    r"(?:[NSEWOL]|Nor(?:te|th)|Su[rl]|South|Este?|East|Oeste|West|Leste)\b",
)
_SURE_DECIMALS = 3
_BETWEEN = r"\s*[,;/|]?\s*"
_LETTERED = re.compile(rf"^\s*\(?(?P<one>{_ANGLE}{_WORD}){_BETWEEN}(?P<other>{_ANGLE}{_WORD})\)?\s*$", re.IGNORECASE)
_LEADING = re.compile(
    rf"^\s*\(?(?P<one>{_WORD}[:.]?\s*{_ANGLE}?){_BETWEEN}(?P<other>{_WORD}[:.]?\s*{_ANGLE})\)?\s*$", re.IGNORECASE
)


class Positions:
    """The positions of a table with columns of longitude and latitude."""

    def __init__(self, frame: pd.DataFrame, columns: Mapping[str, str]) -> None:
        self._cells = [text_of(frame[columns[axis]]).to_numpy(dtype=object) for axis in AXES]
        self._letters = [self._letters_of(frame, columns, axis) for axis in AXES]
        taken = {columns[axis] for axis in AXES}
        self._further = {
            str(header): frame[header].notna().to_numpy()
            for header in frame.columns
            if header not in taken and _FURTHER.match(plain(str(header)))
        }
        self._headers = [_letter_of_header(columns[axis], axis) for axis in AXES]

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
        if None in cells:
            there, missing = (cells[1], "longitude") if cells[0] is None else (cells[0], "latitude")
            raise ValueError(f"«{there[:40]}» [no {missing}]")
        angles = [self._angle(place, row) for place in range(len(AXES))]
        if angles[0] is None or angles[1] is None:
            shown = ", ".join(f"«{cell[:40]}»" for cell in cells)
            raise ValueError(f"{shown} [no longitude and latitude]")
        return angles[0][0], angles[1][0], (angles[0][1], angles[1][1])

    def further(self, row: int) -> list[str]:
        """Columns of further positions (`lat2`, `lon2`, `lat3`, `lon3`) that a row fills: corners in one row."""
        filled = [header for header, cells in self._further.items() if cells[row]]
        return filled if len(filled) >= _TWO_POSITIONS else []

    def _angle(self, place: int, row: int) -> tuple[str, int] | None:
        axis, cell = AXES[place], self._cells[place][row]
        if cell is None:
            return None
        letters = self._letters[place]
        letter = None if letters is None else letters[row]
        number = coordinates.written_number(cell)
        letter = letter or (None if number is None or number.startswith("-") else self._headers[place])
        if letter is None or (number is not None and abs(float(number)) > _LARGEST_DEGREE):
            # Metres carry no hemisphere: that of their zone says which they count from.
            return coordinates.angle(cell, axis)
        says = coordinates.direction(letter)
        if says not in _OF[axis]:
            raise coordinates.ContradictionError(f"«{letter[:20]}» [letter of the other axis]")
        own = next((found for word in re.findall(r"[A-Za-z]+", cell) if (found := coordinates.direction(word))), None)
        if own is not None and own != says:
            raise coordinates.ContradictionError(f"«{cell[:40]}», «{letter[:20]}» [two hemispheres]")
        return coordinates.angle(cell if own is not None else f"{cell} {says}", axis)


def _letter_of_header(header: str, axis: str) -> str | None:
    """S or W where the header of an axis says so: `Latitud (S)`. N and E are how people write that signs count."""
    words = plain(header).split("_")
    found = [letter for word in words[1:] if (letter := coordinates.direction(word)) in ("S", "W")]
    return found[0] if found and found[0] in _OF[axis] else None


def pair(cell: str, header: str = "") -> tuple[str, str, tuple[int, int]] | None:
    """Longitude, latitude and the decimals of both of a position written in one cell; None when it is none.

    Letters say which is which, then a number no latitude can be, then the header; latitude comes first otherwise, as
    maps and phones write it. What is wrong then lies in another country, which is looked at later.

    Raises:
        ContradictionError: letters or signs say two things at once.

    >>> pair("6.041239 S, 76.101234 W")
    ('-76.1012340000', '-6.0412390000', (6, 6))
    >>> pair("(-6.041239, -76.101234)")
    ('-76.101234', '-6.041239', (6, 6))
    """
    found = _PAIR.match(cell) or _LETTERED.match(cell) or _LEADING.match(cell)
    if found is None:
        return None
    one, other = found["one"], found["other"]
    says = [
        next((coordinates.direction(word) for word in re.findall(r"[A-Za-z]+", text)), None) for text in (one, other)
    ]
    if None not in says:
        turned = says[0] in _OF["longitude"]
    else:
        first = coordinates.angle(one)
        turned = (first is not None and abs(float(first[0])) > _LARGEST_LATITUDE) or _longitude_first(header)
    longitude, latitude = (one, other) if turned else (other, one)
    x, y = coordinates.angle(longitude, "longitude"), coordinates.angle(latitude, "latitude")
    return None if x is None or y is None else (x[0], y[0], (x[1], y[1]))


def pair_like(cell: str) -> bool:
    """Whether a cell looks like a position: two angles, with letters or with three decimals or more each."""
    found = _PAIR.match(cell)
    if found is not None:
        return all(
            len(re.split("[.,]", text.strip(" °º"))[1]) >= _SURE_DECIMALS for text in found.group("one", "other")
        )
    return (_LETTERED.match(cell) or _LEADING.match(cell)) is not None


def _longitude_first(header: str) -> bool:
    name = plain(header)
    places = [re.search(pattern, name) for pattern in (r"lon|lng|(?<![a-z])x(?![a-z])", r"lat|(?<![a-z])y(?![a-z])")]
    return places[0] is not None and places[1] is not None and places[0].start() < places[1].start()


def hemisphere_headers(frame: pd.DataFrame, columns: Mapping[str, str]) -> list[str]:
    """The columns that say on which side of the equator or of Greenwich the positions lie."""
    if not columns.keys() >= set(AXES):
        return []
    return [header for axis in AXES if (header := hemisphere_header(frame, columns, axis)) is not None]


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
