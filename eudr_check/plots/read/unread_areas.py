"""Declared areas that a row gives and no field of ours holds: unknown, which is not the same as none declared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eudr_check import numerals
from eudr_check.names import plain
from eudr_check.plots.read import area_units
from eudr_check.plots.read.columns import OF_AREA, names_hectares, text_of
from eudr_check.plots.read.numbers import known_units
from eudr_check.plots.read.raw_table import Delivery

AREAS = ("declared_area_ha", "declared_area_m2")
_NOUNS = frozenset(
    {"area", "areas", "superficie", "extension", "extensao", "tamano", "tamanho", "surface", "size", "luas", "tich"}
)
_SQUARE_METRES = frozenset({"m2", "m", "2", "sqm", "mt2", "mts2"})
_BRACKETED = re.compile(r"(.*)[(\[].+[)\]]\s*")
_NUMBER = re.compile(r"(\D*)(\d.*?)\s*([^\d]*)")
_NONE_SAID = frozenset({"", "0", "na", "n_a", "nd", "n_d", "sd", "s_d", "null", "none", "nan", "ninguna", "ninguno"})


@dataclass(frozen=True)
class UnreadArea:
    """An area as a row writes it, and how large it is at most."""

    header: str
    said: str
    most_ha: float | None
    """Hectares by the largest size known of its unit, in whichever country; None: nobody can say."""


def of_rows(delivery: Delivery, taken: dict[str, str]) -> list[UnreadArea | None]:
    """The area each row gives that was not read, of several the largest; None where it gives none, or it was read.

    Args:
        delivery: its numbers settled.
        taken: our field: header.
    """
    found: list[list[UnreadArea]] = [[] for _ in range(len(delivery))]
    for fault in delivery.faults:
        field, said = str(fault.details.get("field")), str(fault.details.get("value"))
        if field in AREAS and fault.code == "value_unreadable":
            found[fault.position].append(unread_area(taken[field], said))
    for header in delivery.attributes.columns:
        if header in taken.values() or not gives_area(str(header)):
            continue
        for row, said in enumerate(text_of(delivery.attributes[header]).to_numpy()):
            if said is not None and says_something(said):
                found[row].append(unread_area(str(header), said))
    return [max(areas, key=_size, default=None) for areas in found]


def gives_area(header: str) -> bool:
    """Whether a header says nothing but an area, in whatever unit, also one that nobody listed.

    >>> [gives_area(one) for one in ("Área (topos)", "mz", "Área total", "area_m2", "family size", "Área de riesgo")]
    [True, True, True, True, False, False]
    """
    if area_units.local_unit(header) is not None:
        return True
    bracketed = _BRACKETED.fullmatch(header)
    words = plain(bracketed[1] if bracketed else header).split("_")
    own = [word for word in words if word not in _SQUARE_METRES and not names_hectares(word)]
    return bool(_NOUNS & set(words) or len(own) < len(words)) and all(word in OF_AREA for word in own)


def says_something(said: str) -> bool:
    """Whether a cell is more than a mark for nothing: a dash, a zero, `n/a`.

    >>> [says_something(one) for one in ("-", "0.0", "N/A", "doce", "12 mz")]
    [False, False, False, True, True]
    """
    return plain(said) not in _NONE_SAID and bool(re.sub(r"[\W_0]", "", said))


def unread_area(header: str, said: str) -> UnreadArea:
    """An area with the hectares it has at most.

    >>> [unread_area("area", one).most_ha for one in ("doce", "2 alqueires", "3 varas")]
    [None, 19.36, None]
    >>> [unread_area(one, "2").most_ha for one in ("Área total", "alqueires", "fanegas", "Área (topos)")]
    [2.0, 19.36, None, None]
    """
    return UnreadArea(header[:80], said[:60], _most_ha(header, said))


def _size(area: UnreadArea) -> float:
    return float("inf") if area.most_ha is None else area.most_ha


def _most_ha(header: str, said: str) -> float | None:
    parts = _NUMBER.fullmatch(said.strip(" ."))
    if parts is None or parts[1].strip():
        return None
    numbers = [Decimal(one) for one in numerals.readings(parts[2]) if one is not None]
    sizes = list(_sizes_of_word(parts[3]) if parts[3] else _sizes_of_header(header))
    return float(max(numbers) * max(sizes)) if numbers and sizes and max(numbers) > 0 else None


def _sizes_of_word(word: str) -> Sequence[Decimal]:
    metric = known_units().get(word.lower().strip(" ."))
    return area_units.sizes(plain(word)) if metric is None else (metric,)


def _sizes_of_header(header: str) -> Iterator[Decimal]:
    """As a header without unit is read: in hectares. None for a unit nobody knows."""
    words = set(plain(header).split("_"))
    if (unit := area_units.local_unit(header)) is not None:
        yield from area_units.sizes(unit)
    elif words & {"m2", "sqm", "mt2", "mts2"} or {"m", "2"} <= words:
        yield known_units()["m2"]
    elif all(word in OF_AREA or names_hectares(word) for word in words):
        yield Decimal(1)
