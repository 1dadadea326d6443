"""What the fonts of the pages can draw; PDF/A refuses text that no font can."""

import re
from collections.abc import Mapping

from eudr_check.package import fonts

_LONG_WORD = re.compile(r"(\S{20})(?=\S)")
"""A name without blanks must not run out of its column."""


def undrawable(text: str) -> bool:
    """Whether a text holds characters that are shown as a box."""
    return any(ord(letter) not in fonts.letters() and letter not in "\n" for letter in text)


def drawable(content: object) -> object:
    """A document with a box for every character that cannot be drawn, and long words free to break."""
    if isinstance(content, str):
        drawn = "".join(letter if ord(letter) in fonts.letters() or letter == "\n" else "□" for letter in content)
        return _LONG_WORD.sub("\\1\u200b", drawn)
    if isinstance(content, Mapping):
        return {key: value if key == "svg" else drawable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [drawable(value) for value in content]
    return content
