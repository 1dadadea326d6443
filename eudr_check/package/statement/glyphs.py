"""What the fonts of the pages can draw; PDF/A refuses text that no font can."""

import re
from collections.abc import Mapping
from functools import lru_cache

from eudr_check.package import fonts

_LONG_WORD = re.compile(r"(\S{20})(?=\S)")
"""A name without blanks must not run out of its column."""


def undrawable(text: str) -> bool:
    """Whether a text holds characters that are shown as a box."""
    return any(ord(letter) not in fonts.letters() for letter in set(text) - {"\n"})


@lru_cache(maxsize=10_000)
def _drawable(text: str) -> str:
    letters = fonts.letters()
    drawn = "".join(letter if ord(letter) in letters or letter == "\n" else "□" for letter in text)
    return _LONG_WORD.sub("\\1\u200b", drawn)


def drawable(content: object) -> object:
    """A document with a box for every character that cannot be drawn, and long words free to break."""
    if isinstance(content, str):
        return _drawable(content)
    if isinstance(content, Mapping):
        return {key: value if key == "svg" else drawable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [drawable(value) for value in content]
    return content
