"""Names as people typed them, made safe for every format they are written to, and still right.

Letters of every script stay. What goes is what no reader sees: control characters (XML cannot carry them), line breaks
inside a name, and the directional overrides that can make a line read as something else.
"""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_DROPPED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_OVERRIDES}]")


def clean(text: str) -> str:
    """A name on one line, composed (NFC), without invisible controls.

    >>> clean("  Rosa\\n Quispe\\x00 ")
    'Rosa Quispe'
    """
    return unicodedata.normalize("NFC", _DROPPED.sub("", re.sub(r"\s+", " ", text))).strip()


def cell(text: str) -> str:
    """Text for a spreadsheet cell: what a spreadsheet would run as a formula is marked as text by an apostrophe.

    >>> cell("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def cells(frame: pd.DataFrame, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """The frame with the text columns (all, or those named) safe to open in a spreadsheet."""
    named = frame.columns if columns is None else columns
    text = [name for name in named if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object]
    return frame.assign(
        **{name: frame[name].map(lambda v: cell(clean(v)) if isinstance(v, str) else v) for name in text}
    )
