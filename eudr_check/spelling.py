"""Ids that people take for one although their characters differ."""

import unicodedata


def folded(text: str) -> str:
    """An id without case, blanks, invisible characters and the ways Unicode has to store the same letter.

    >>> folded("Pen\\u0303a 1") == folded("PE\\u00d1A\\u200b\\u00a01")
    True
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
