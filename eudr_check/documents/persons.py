"""Whether two names are two people, as far as letters can tell."""

import re
import unicodedata

_LOOK_ALIKE = str.maketrans(
    dict(
        zip(
            "авекмнорстухгпбзісјѕԁԛԝһіӏԍүѵαβεζηικμνορτυχγωϲϳ01|l",
            "abekmhopctyxrnb3icjsdqwhiigyvabezhikuvopruxywcjoiii",
            strict=True,
        )
    )
)
"""Letters of other scripts, and digits, that look like Latin ones."""
_BETWEEN = re.compile(r"[\W_]+")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in order of the alphabet, without case, accents, invisible characters and look-alikes.

    >>> words_of("PÉREZ, Ana")
    ('ana', 'perez')
    >>> words_of("\\u0410na  Pe\\u0301rez") == words_of("Ana\\u200b P\\u00e9rez")
    True
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(c for c in letters if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return tuple(sorted(word for word in _BETWEEN.split(seen.translate(_LOOK_ALIKE)) if word))


def are_two(one: str, other: str) -> bool:
    """Whether both names are there and differ by more than spelling."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return False
    return first != second and sorted("".join(first)) != sorted("".join(second))
