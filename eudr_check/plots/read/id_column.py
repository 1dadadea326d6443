"""Which column names the plots where no header says so: the one that has another short code in every row."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from eudr_check.names import plain
from eudr_check.plots.read.columns import text_of
from eudr_check.spelling import folded

_WORDS = frozenset(
    {
        "cod", "codigo", "code", "codice", "id", "ident", "identificador", "identifiant", "clave", "ref", "referencia",
        "reference", "matricula", "matricule", "ficha", "fiche", "registro", "kode", "ma", "nro", "num", "numero",
        "number", "no", "n",
    }
)  # fmt: skip
_OF_CORNERS = frozenset(
    {
        "vertice", "vertex", "punto", "puntos", "point", "ponto", "pt", "esquina", "corner", "sommet", "waypoint", "wp",
        "hito", "mojon", "canto", "titik",
    }
)  # fmt: skip
LEAST_ROWS = 3
"""Of fewer rows, anything differs by chance."""
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./# -]{2,24}")
_DAY_OR_TIME = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}|\d+[.,]\d+")
_OF_SURVEYS = re.compile(r"_|meta/|.*(uuid|instanceid|deviceid|version|submission)", re.IGNORECASE)
"""Columns that survey programs add; a new export gives them new values."""


def by_content(attributes: pd.DataFrame, free: Iterable[str], second: Sequence[str], *, bounded: bool) -> str | None:
    """The header of the only column that may be an id by what it holds; None where there is none, or several.

    Args:
        attributes: the cells of a file.
        free: headers no field of ours has taken; of these alone, exactly one must do.
        second: headers looked at where none of those does (a code of the producer, where each has one plot).
        bounded: every row has a geometry of its own. Where none has, the rows may be corners of plots, so that the
            header has to speak of a code as well.
    """
    if len(attributes) < LEAST_ROWS:
        return None
    for headers in (list(free), list(second)):
        found = [header for header in headers if _may_name(header, bounded) and _is_code(attributes[header])]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _may_name(header: str, bounded: bool) -> bool:
    words = set(plain(header).split("_"))
    return not _OF_SURVEYS.match(header) and not words & _OF_CORNERS and (bounded or bool(words & _WORDS))


def _is_code(column: pd.Series) -> bool:
    texts = text_of(column)
    if texts.isna().any() or texts.map(folded).nunique() < len(texts):
        return False
    return all(_CODE.fullmatch(text) and not _DAY_OR_TIME.search(text) for text in texts)
