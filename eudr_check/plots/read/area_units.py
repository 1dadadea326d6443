"""Units of land outside the metric system: which are of one size everywhere, which in one country, which in none."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from eudr_check.names import plain
from eudr_check.plots.read.columns import OF_AREA
from eudr_check.resources import read_yaml


@dataclass(frozen=True)
class AreaUnit:
    """A unit of land of one size."""

    name: str
    hectares: Decimal
    source: str
    country: str | None
    """Where it is of that size, ISO 3166-1 alpha-2; None: everywhere."""


def area_unit(header: str, country: str | None) -> AreaUnit | None:
    """The unit of one size in which a header gives an area; None where it gives none.

    Args:
        header: as the file writes it.
        country: where all plots of the file lie, ISO 3166-1 alpha-2; None where that is not known.

    >>> area_unit("Area (acres)", None).name, area_unit("acres of coffee lost", None), area_unit("area_ha", None)
    ('acre', None, None)
    >>> area_unit("Área (manzanas)", "CR").hectares, area_unit("Área (manzanas)", "NI"), area_unit("mz", None)
    (Decimal('0.698896'), None, None)
    """
    word = local_unit(header)
    return None if word is None else of_one_size(country).get(word)


def local_unit(header: str) -> str | None:
    """The word for a unit outside the metric system in which a header gives an area; None where it gives none.

    >>> local_unit("Área (manzanas)"), local_unit("Nº manzana / lote urbano"), local_unit("area_ha")
    ('manzanas', None, None)
    """
    words = plain(header).split("_")
    units = [word for word in words if word in _by_word()]
    return units[0] if len(units) == 1 and all(word in OF_AREA or word in _by_word() for word in words) else None


def in_use(word: str, country: str | None) -> tuple[str, ...]:
    """Hectares of a unit that are in use in a country where it is of no one size; empty where none is known."""
    return tuple(_by_word()[word][1].get("in_use", {}).get(country, ()))


def sizes(word: str) -> tuple[Decimal, ...]:
    """Hectares of every size known of a unit, in whichever country; empty where none is, or the word names no unit.

    >>> max(sizes("manzanas")), sizes("fanegas"), sizes("varas")
    (Decimal('0.8353'), (), ())
    """
    unit = _by_word().get(word, ("", {}))[1]
    everywhere = [unit["hectares"]] if "hectares" in unit else []
    by_country = [one["hectares"] for one in unit.get("countries", {}).values()]
    several = [size for found in unit.get("in_use", {}).values() for size in found]
    return tuple(Decimal(size) for size in (*everywhere, *by_country, *several))


@cache
def of_one_size(country: str | None) -> dict[str, AreaUnit]:
    """Units of one size, everywhere or in a country, by the words that headers and cells write for them."""
    found = {}
    for word, (name, unit) in _by_word().items():
        here = unit.get("countries", {}).get(country)
        size, where = (unit, None) if "hectares" in unit else (here, country)
        if size is not None:
            found[word] = AreaUnit(name, Decimal(size["hectares"]), size["source"], where)
    return found


@cache
def _by_word() -> dict[str, tuple[str, Mapping[str, Any]]]:
    content = read_yaml(__package__, "area_units.yaml")
    return {word: (name, unit) for name, unit in content.items() for word in unit["words"]}
