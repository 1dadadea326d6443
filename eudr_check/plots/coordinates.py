"""Coordinates as people write them: decimal commas, degrees and minutes, hemispheres, survey strings."""

import re

_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$|^[+-]?\.\d+$")
_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+,\d+$|^[+-]?\d{1,3}(?:\.\d{3}){2,},?\d*$")
_ENGLISH_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_PARTS = re.compile(r"\d+(?:[.,]\d+)?")
_LETTERS = re.compile(r"[A-Za-zº°'\"´`’‘′″”“ʹʺ˚.,\s+\-\d]+$")
_DEGREES_LIMIT = 180
MINUTES_SHIFT, SECONDS_SHIFT = 1, 3
_POSITION = re.compile(r"^\s*[+-]?\d+(?:\.\d+)?\s+[+-]?\d+(?:\.\d+)?(?:\s+[+-]?\d+(?:\.\d+)?(?:[eE]-?\d+)?){0,2}\s*$")
_WEST_SOUTH = {"W", "S", "O"}
_EAST_NORTH = {"E", "N", "L"}


def written_number(text: str) -> str | None:
    """A number with a point for its decimals, all digits kept; None when it is none.

    >>> written_number("108,006000")
    '108.006000'
    >>> written_number("9.331.874,20")
    '9331874.20'
    """
    text = text.strip().replace("\u00a0", "").replace("\u202f", "").replace("−", "-")
    if _PLAIN.match(text):
        return text
    if _COMMA.match(text):
        return text.replace(",", ".")
    if _GROUPED.match(text) and "," in text:
        return text.replace(".", "").replace(",", ".")
    if _ENGLISH_GROUPED.match(text) and ("." in text or text.count(",") > 1):
        return text.replace(",", "")
    return None


def angle(text: str) -> tuple[str, int] | None:
    """Degrees of an angle in any usual notation, and the decimals it is worth.

    A second with three decimals is worth six decimals of a degree, a minute with five as well.

    >>> angle("6° 2' 6.702\\" S")
    ('-6.0351950000', 6)
    >>> angle("-76,097100")
    ('-76.097100', 6)
    """
    number = written_number(text)
    if number is not None:
        return number, len(number.lower().partition("e")[0].partition(".")[2])
    cleaned = text.strip().replace("−", "-")
    if not _LETTERS.match(cleaned):
        return None
    letters = re.findall(r"[A-Za-z]", cleaned)
    if len(letters) > 1 or (letters and letters[0].upper() not in _WEST_SOUTH | _EAST_NORTH):
        return None
    if "-" in cleaned.lstrip("+-"):
        return None
    parts = [part.replace(",", ".") for part in _PARTS.findall(cleaned)]
    if not 1 <= len(parts) <= 3 or any("." in part for part in parts[:-1]):
        return None
    values = [float(part) for part in parts]
    if values[0] > _DEGREES_LIMIT or any(value >= 60 for value in values[1:]):
        return None
    degrees = sum(value / 60**power for power, value in enumerate(values))
    negative = cleaned.startswith("-") != bool(letters and letters[0].upper() in _WEST_SOUTH)
    shift = (0, MINUTES_SHIFT, SECONDS_SHIFT)[len(parts) - 1]
    decimals = len(parts[-1].partition(".")[2]) + shift
    return f"{-degrees if negative else degrees:.10f}", decimals


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
