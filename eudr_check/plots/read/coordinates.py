"""Coordinates as people write them: decimal commas, degrees and minutes, hemispheres, survey strings."""

import re

from eudr_check import numerals
from eudr_check.numerals import AmbiguousNumberError

_PARTS = re.compile(r"\d+(?:[.,]\d+)?")
_LETTERS = re.compile(r"[A-Za-zº°'\"´`’‘′″”“ʹʺ˚.,\s+\-\d]+$")
_DEGREES_LIMIT = 180
MINUTES_SHIFT, SECONDS_SHIFT = 1, 3
_POSITION = re.compile(r"^\s*[+-]?\d+(?:\.\d+)?\s+[+-]?\d+(?:\.\d+)?(?:\s+[+-]?\d+(?:\.\d+)?(?:[eE]-?\d+)?){0,2}\s*$")
_DASH = re.compile("[−–‐‑﹣－]")
_WORDS = re.compile(r"[A-Za-z]+")
_OF_AXIS = {"longitude": "EW", "latitude": "NS"}
# O is west (oeste, ouest), L east (leste); LU, LS, BT and BB are Indonesian.
_DIRECTIONS = {
    "N": {"n", "norte", "north", "nord", "utara", "lu"},
    "S": {"s", "sur", "sul", "sud", "south", "selatan", "ls"},
    "E": {"e", "l", "este", "east", "est", "leste", "timur", "bt"},
    "W": {"w", "o", "oeste", "ouest", "west", "barat", "bb"},
}


def written_number(text: str) -> str | None:
    """A number with a point for its decimals, all digits kept; None when it is none.

    >>> written_number("108,006000")
    '108.006000'
    >>> written_number("9.331.874,20")
    '9331874.20'
    """
    try:
        return numerals.read(_DASH.sub("-", text), None)
    except AmbiguousNumberError:
        return None


class ContradictionError(ValueError):
    """A coordinate that says two things at once; nobody may choose between them."""


def direction(text: str) -> str | None:
    """N, S, E or W of a letter or word for a direction; None when it is none.

    >>> direction("Oeste"), direction("s."), direction("LS"), direction("x")
    ('W', 'S', 'S', None)
    """
    word = text.strip().strip(".").casefold()
    return next((letter for letter, words in _DIRECTIONS.items() if word in words), None)


def angle(text: str, axis: str | None = None) -> tuple[str, int] | None:
    """Degrees of an angle in any usual notation, and the decimals it is worth.

    A second with three decimals is worth six decimals of a degree, a minute with five as well. A sign and a letter that
    say the same say it once.

    Args:
        text: the angle as written.
        axis: longitude or latitude, whose letters it may carry; any where it is not given.

    Raises:
        ContradictionError: sign and letter disagree, or the letter belongs to the other axis.

    >>> angle("6° 2' 6.702\\" S")
    ('-6.0351950000', 6)
    >>> angle("-76,097100")
    ('-76.097100', 6)
    >>> angle("-0.341234 S")
    ('-0.3412340000', 6)
    """
    number = written_number(text)
    if number is not None:
        return number, len(number.lower().partition("e")[0].partition(".")[2])
    cleaned = _DASH.sub("-", text.strip())
    if not _LETTERS.match(cleaned):
        return None
    words = _WORDS.findall(cleaned)
    says = [direction(word) for word in words]
    if len(words) > 1 or None in says:
        return None
    figures = _WORDS.sub(" ", cleaned).strip(" .,")
    if "-" in figures.lstrip("+-") or "+" in figures.lstrip("+-"):
        return None
    parts = [part.replace(",", ".") for part in _PARTS.findall(figures)]
    if not 1 <= len(parts) <= 3 or any("." in part for part in parts[:-1]):
        return None
    values = [float(part) for part in parts]
    if values[0] > _DEGREES_LIMIT or any(value >= 60 for value in values[1:]):
        return None
    degrees = sum(value / 60**power for power, value in enumerate(values))
    shift = (0, MINUTES_SHIFT, SECONDS_SHIFT)[len(parts) - 1]
    decimals = len(parts[-1].partition(".")[2]) + shift
    negative = _is_negative(text, figures, says[0] if says else None, axis)
    return f"{-degrees if negative else degrees:.10f}", decimals


def _is_negative(text: str, figures: str, says: str | None, axis: str | None) -> bool:
    if says is None:
        return figures.startswith("-")
    if axis is not None and says not in _OF_AXIS[axis]:
        raise ContradictionError(f"«{text.strip()[:40]}» [letter of the other axis]")
    negative = says in "SW"
    if figures.startswith("+" if negative else "-"):
        raise ContradictionError(f"«{text.strip()[:40]}» [two hemispheres]")
    return negative


def looks_like_survey(text: str) -> bool:
    """Whether a cell holds field-survey positions: `lat lon alt accuracy; ...`."""
    positions = [position for position in text.split(";") if position.strip()]
    return bool(positions) and all(_POSITION.match(position) for position in positions)


def survey_positions(text: str) -> tuple[list[str], list[str], float]:
    """Longitudes, latitudes (as written) and the worst accuracy in metres (NaN when none is given).

    Raises:
        ValueError: a position is not two to four numbers.
    """
    x: list[str] = []
    y: list[str] = []
    worst = float("nan")
    for position in text.split(";"):
        if not position.strip():
            continue
        if not _POSITION.match(position):
            raise ValueError(f"not a position `latitude longitude altitude accuracy`: {position.strip()[:60]}")
        values = position.split()
        y.append(values[0])
        x.append(values[1])
        if len(values) == 4 and not worst >= float(values[3]):
            worst = float(values[3])
    return x, y, worst
