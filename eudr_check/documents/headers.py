"""Headers of the files people keep beside a harvest, in the languages they keep them in."""

from collections.abc import Sequence
from functools import cache

from eudr_check.names import plain
from eudr_check.resources import read_yaml


@cache
def _known(document: str) -> dict[str, str]:
    """Header as people write it, without case and accents: our column."""
    content = _content().get(document, {})
    words = {
        plain(word): column
        for column, languages in content.items()
        for one in languages.values()
        for word in (column, *one)
    }
    # Our own name wins over a word of another language.
    return words | {plain(column): column for column in content}


@cache
def _content() -> dict[str, dict[str, dict[str, list[str]]]]:
    content: dict[str, dict[str, dict[str, list[str]]]] = read_yaml(__package__, "data/headers.yaml")
    return content


def ours(document: str, header: Sequence[str]) -> list[str]:
    """The columns that the headers of a file stand for; those we do not know as they stand.

    >>> ours("deliveries", ["Fecha", "Código de parcela", "KG", "notas"])
    ['date', 'plot_id', 'kg', 'notas']
    """
    known = _known(document)
    return [known.get(plain(cell), cell.strip()) for cell in header]


def template(document: str, language: str, *, cattle: bool = False) -> str:
    """The first line of an empty file of a document; only deliveries of cattle name groups.

    In English where nobody keeps such files in the language.
    """
    content = _content()[document]
    columns = [name for name in content if cattle or (document, name) != ("deliveries", "group")]
    return ";".join(content[name].get(language, content[name]["en"])[0] for name in columns) + "\n"


def documents() -> tuple[str, ...]:
    """Keys of the harvest whose files have such headers."""
    return tuple(_content())
