"""Numbers as people write them: which mark stands before the decimals, decided once from all numbers of a file.

`1.250` is one and a quarter to some and twelve hundred and fifty to others. A number that can be read one way only is
read so; one that can be read both ways is read as the others of its file are, and is ambiguous where they say nothing
or contradict each other.
"""

import re
from collections.abc import Iterable

_GROUP_MARKS = "'’` \u00a0\u2007\u2009\u202f"
_BLANKS = re.compile(r"[\u00a0\u2007\u2009\u202f]")
_LEFT_OUT = re.compile(rf"(?<=\d)[{_GROUP_MARKS}](?=\d{{3}}(?!\d))")
_PLAIN = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$")


class Number(str):
    """A number of a format that has numbers of its own (JSON, a spreadsheet's cell), as written: never ambiguous."""

    __slots__ = ()


class AmbiguousNumberError(ValueError):
    """A number that can be read in two ways."""

    def __init__(self, text: str, readings: tuple[str, str]) -> None:
        super().__init__(f"'{text}' is {readings[0]} or {readings[1]}")
        self.text = text
        self.readings = readings


def _grouped(group: str, decimal: str) -> re.Pattern[str]:
    g, d = re.escape(group), re.escape(decimal)
    # Thousands go in threes everywhere, and in twos above the first thousand in South Asia.
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:{g}\d{{3}})+|[1-9]\d?(?:{g}\d{{2}})+{g}\d{{3}})"
    return re.compile(rf"^[+-]?(?:{whole}(?:{d}\d*)?|{d}\d+)(?:[eE][+-]?\d+)?$")


_POINT, _COMMA = _grouped(",", "."), _grouped(".", ",")


def _tidy(text: str) -> str:
    text = text.strip().replace("−", "-")
    return _BLANKS.sub(" ", _LEFT_OUT.sub("", text)).strip()


def readings(text: str) -> tuple[str | None, str | None]:
    """A number with a point before its decimals and all its digits, were it written with a point, and with a comma.

    >>> readings("1.250,50")
    (None, '1250.50')
    >>> readings("12,500")
    ('12500', '12.500')
    >>> readings("412.5")
    ('412.5', None)
    """
    tidy = _tidy(text)
    point = tidy.replace(",", "") if _POINT.match(tidy) else None
    comma = tidy.replace(".", "").replace(",", ".") if _COMMA.match(tidy) else None
    return point, comma


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The decimal mark of a file, `.` or `,`; None where its numbers do not say, or contradict each other.

    Args:
        texts: every number of the file as text; what is no number says nothing.
    """
    evidence: set[str] = set()
    doubtful: set[str] = set()
    for text in texts:
        if _PLAIN.match(text) and "." not in text:
            continue
        point, comma = readings(text)
        if point == comma:
            continue
        if point is None:
            evidence.add(",")
        elif comma is None:
            evidence.add(".")
        else:
            doubtful.add("," if "," in text else ".")
    return evidence.pop() if len(evidence) == 1 and len(doubtful) < 2 else None


def read(text: str, mark: str | None) -> str | None:
    """A number with a point before its decimals, all digits kept; None when it is none.

    Args:
        text: as written.
        mark: decimal mark of its file, from `decimal_mark`.

    Raises:
        AmbiguousNumberError: it can be read in two ways, and the file does not say which.

    >>> read("12,500", ".")
    '12500'
    >>> read("9.331.874,20", None)
    '9331874.20'
    """
    if isinstance(text, Number):
        return str(text)
    point, comma = readings(text)
    if point is None or comma is None or point == comma:
        return comma if point is None else point
    if mark is None:
        raise AmbiguousNumberError(text.strip(), (point, comma))
    return point if mark == "." else comma
