"""Which layers apply in a country: those for every country, national ones, and maps that are registered by hand."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from eudr_check.resources import read_yaml


@dataclass(frozen=True)
class Chosen:
    """A layer of a pack."""

    layer: str
    """Id of a shipped definition."""
    why: str
    """Key of a sentence in `text/packs.yaml`."""


@dataclass(frozen=True)
class ByHand:
    """A map that is downloaded and registered by hand."""

    title: str
    page: str


@dataclass(frozen=True)
class Pack:
    """What applies in a country."""

    layers: tuple[Chosen, ...]
    by_hand: tuple[ByHand, ...]
    areas: tuple[str, ...] = ()
    """Ids of shipped vector layers."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the layers, in the order in which they are read."""
        return tuple(one.layer for one in self.layers)

    @property
    def has_national_map(self) -> bool:
        """Whether a national map can be read without being registered by hand."""
        return any(one.why == "national" for one in self.layers)


def countries() -> tuple[str, ...]:
    """ISO codes of the countries that have more than the layers for every country, sorted."""
    return tuple(sorted(_packs()["countries"]))


def pack(country: str | None) -> Pack:
    """What applies in a country; in one without entry, or without a country, the layers for every country.

    Args:
        country: ISO 3166-1 alpha-2.
    """
    mine = _packs()["countries"].get(country or "", {})
    chosen = [Chosen(**one) for one in (*_packs()["everywhere"], *mine.get("layers", ()))]
    return Pack(tuple(chosen), tuple(ByHand(**one) for one in mine.get("by_hand", ())), tuple(mine.get("areas", ())))


@cache
def _packs() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(__package__, "packs.yaml")
    return content
