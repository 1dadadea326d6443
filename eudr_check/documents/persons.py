"""Whether two names are two people, as far as letters can tell."""

import re
import unicodedata

_LOOK_ALIKE = str.maketrans(
    dict(
        zip(
            "авекмнорстухгпбзісјѕԁԛԝһіӏԍүѵαβεζηικμνορτυχγωϲϳ01|lßøłđðıɑɒɡ@$€£¥!",
            "abekmhopctyxrnbeicjsdqwhiigyvabezhikuvopruxywcjoiiisoiddiaagaseiyi",
            strict=True,
        )
    )
)
"""Letters of other scripts, digits and signs that look like Latin letters."""
_SOUND_ALIKE = str.maketrans(
    {
        chr(other + order): chr(first + order)
        for first, *others in ((0x1200, 0x1210, 0x1280), (0x1230, 0x1220), (0x12A0, 0x12D0), (0x1338, 0x1340))
        for other in others
        for order in range(7)
    }
    | {letter: chr(first) for letter, first in zip("ሃሓኃኣዓ", (0x1200, 0x1200, 0x1200, 0x12A0, 0x12A0), strict=True)}
)
"""Letters of Amharic that are written for one another: ሐ and ኀ for ሀ, ሠ for ሰ, ዐ for አ, ፀ for ጸ; ሃ for ሀ, ኣ for አ."""
_DIGITS = str.maketrans("23456789", "zeasgtbg")
"""Digits in the place of letters, within a word."""
_PAIRS = (("rn", "m"), ("vv", "w"))
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
    for pair, one in _PAIRS:
        seen = seen.replace(pair, one)
    words = [word for word in _BETWEEN.split(seen.translate(_LOOK_ALIKE).translate(_SOUND_ALIKE)) if word]
    return tuple(sorted(word if word.isdigit() else word.translate(_DIGITS) for word in words))


_TITLES = frozenset(words_of("ing eng sr sra srta dr dra lic prof don dona mr mrs ms mme"))
_SAID = (
    "n/a,na,none,no,nobody,no one,same,idem,null,nil,tbd,pending,x,xx,ninguno,ninguna,nadie,mismo,misma,el mismo,"
    "la misma,sin,no hay,no aplica,pendiente,nenhum,nenhuma,ninguém,mesmo,mesma,o mesmo,a mesma,não há,pendente,aucun,"
    "aucune,personne,même,le même,la même,tidak ada,tidak,belum ada,tak ada,nihil,không,không có,chưa có,hakuna,"
    "hakuna mtu,የለም,ማንም,ምንም,አይመለከትም"
)
_NOBODY = frozenset(words_of(phrase) for phrase in _SAID.split(","))
"""What people write into a cell that has to name somebody when there is nobody."""


def are_two(one: str, other: str) -> bool:
    """Whether both names are there and differ by more than spelling, a title, initials or a name left out.

    In two scripts nobody can say that.

    >>> are_two("Ana Perez", "Luis Perez"), are_two("Ana Perez", "Ing. A. Perez"), are_two("Ana", "n/a")
    (True, False, False)
    """
    first, second = words_of(one), words_of(other)
    if any(_mixes_scripts(word) for word in (*first, *second)) or _scripts(one) != _scripts(other):
        return False
    if not first or not second or {first, second} & _NOBODY or sorted("".join(first)) == sorted("".join(second)):
        return False
    fewer, more = sorted(([word for word in words if word not in _TITLES] for words in (first, second)), key=len)
    # Whole words find theirs before an initial can take them.
    for word in sorted(fewer, key=len, reverse=True):
        same = next((it for it in sorted(more, key=word.__ne__) if _may_be(word, it)), None)
        if same is None:
            return True
        more.remove(same)
    return False


def _mixes_scripts(word: str) -> bool:
    """Whether letters of another script stand among Latin ones: what they look like nobody can say of all of them."""
    scripts = _scripts(word)
    return "LATIN" in scripts and len(scripts) > 1


def _scripts(text: str) -> frozenset[str]:
    """Scripts that a text is written in; in two of them one name looks like two."""
    return frozenset(unicodedata.name(letter, "?").partition(" ")[0] for letter in text if letter.isalpha())


def _may_be(word: str, other: str) -> bool:
    return word == other or (1 in (len(word), len(other)) and word[0] == other[0])
