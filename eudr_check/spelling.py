"""Ids that people take for one although their characters differ."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_UNSEEN = dict.fromkeys(code for code in range(128) if chr(code).isspace() or unicodedata.category(chr(code)) == "Cc")


def folded(text: str) -> str:
    """An id without case, blanks, invisible characters and the ways Unicode has to store the same letter.

    >>> folded("Pen\\u0303a 1") == folded("PE\\u00d1A\\u200b\\u00a01")
    True
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if plain.isascii():
        return plain.translate(_UNSEEN)
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


def nearest(text: str, known: Iterable[object]) -> str:
    """` (≈ P-001)` where one of the known ids is written almost so; empty otherwise.

    >>> nearest("coop/p-0O1", ["coop/P-001", "coop/Q-7"])
    ' (≈ coop/P-001)'
    """
    forms = {folded(str(one)): str(one) for one in known}
    near = get_close_matches(folded(text), list(forms), n=1, cutoff=0.8)
    return f" (≈ {forms[near[0]]})" if near else ""
