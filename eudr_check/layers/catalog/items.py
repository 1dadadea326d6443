"""What a catalogue gives for a layer: Items, chosen and with their assets matched to the definition's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pystac

from eudr_check.errors import LayersError
from eudr_check.layers.catalog.footprint import Frame, frame
from eudr_check.layers.catalog.stac_items import changed
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.fetch.credentials import Access
from eudr_check.layers.places import Place
from eudr_check.text import sentence


@dataclass(frozen=True)
class CatalogItems:
    """One Item of a layer."""

    item: pystac.Item
    assets: Mapping[str, str]
    """Our asset: key in the Item."""
    hrefs: Mapping[str, str]
    """Our asset: unsigned address, as it goes into SOURCES."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Our asset: file on this machine, for Items of a STAC folder."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Our asset: address as the catalogue gives it, for Items from the web."""
    listed: bool = True
    """False where the address was worked out, so that a missing file means a missing tile."""
    access: Access = Access()  # noqa: RUF009  (immutable)
    second: "CatalogItems | None" = None
    """The same Item at another place, asked for where this one gives none of it or not all."""

    @cached_property
    def frame(self) -> Frame | None:
        """Where its rasters lie; None when it has none of the layer's assets."""
        first = next(iter(self.assets.values()), None)
        return None if first is None else frame(self.item, first)

    @property
    def version(self) -> str | None:
        """Product version as the Item says."""
        properties = self.item.properties
        version = properties.get("version") or properties.get("esa_worldcover:product_version")
        return None if version is None else str(version)


def wanted_assets(definition: LayerDefinition) -> tuple[str, ...]:
    """Assets that some variable of the layer is made from, sorted."""
    return tuple(sorted({asset for encoding in definition.encodings.values() for asset in encoding.assets}))


def choose(definition: LayerDefinition, place: Place | None, items: Iterable[pystac.Item]) -> list[pystac.Item]:
    """Items of the definition's version and year, ordered by id; each id once.

    The choice is made here and not by the server, because servers differ in how they read dates and versions.

    Raises:
        LayersError: Items of two versions are left, or one id stands for two different Items.
    """
    chosen: dict[str, pystac.Item] = {}
    for item in items:
        if not _fits(definition, place, item):
            continue
        other = chosen.setdefault(item.id, item)
        if other is not item and _said(other) != _said(item):
            raise LayersError(sentence("layers", "two_items", layer=definition.id, item=item.id))
    versions = {str(item.properties["version"]) for item in chosen.values() if "version" in item.properties}
    if len(versions) > 1:
        raise LayersError(
            sentence("layers", "versions_mixed", layer=definition.id, versions=", ".join(sorted(versions)))
        )
    _refuse_several_dates(definition, chosen.values())
    return [chosen[name] for name in sorted(chosen)]


def _refuse_several_dates(definition: LayerDefinition, items: Iterable[pystac.Item]) -> None:
    """Maps of several dates must not be laid over one another: an early 'no event' would hide a later event."""
    begins = {item.common_metadata.start_datetime or item.datetime for item in items}
    years = sorted({"undated" if one is None else str(one.year) for one in begins})
    if len(years) > 1:
        raise LayersError(sentence("layers", "years_mixed", layer=definition.id, years=", ".join(years)))


def match_assets(definition: LayerDefinition, place: Place | None, item: pystac.Item) -> dict[str, str]:
    """Key in the Item of each asset that is wanted; assets the Item lacks are left out."""
    matched = {}
    for asset in wanted_assets(definition):
        pattern = (place.assets if place else {}).get(asset, asset)
        names = sorted(
            key
            for key, one in item.assets.items()
            if fnmatchcase(key, pattern) or fnmatchcase(PurePosixPath(urlsplit(one.href).path).name, pattern)
        )
        if names:
            matched[asset] = names[0]
    return matched


def _fits(definition: LayerDefinition, place: Place | None, item: pystac.Item) -> bool:
    properties = item.properties
    if place is None:
        # A folder or server of one's own: a stated version must be the right one.
        return str(properties.get("version", definition.version)) == definition.version
    if any(str(properties.get(name)) != value for name, value in place.properties.items()):
        return False
    if place.start_year is None:
        return True
    begins = item.common_metadata.start_datetime or item.datetime
    return begins is not None and begins.year == place.start_year


def _said(item: pystac.Item) -> object:
    """What must be the same in two Items of one id."""
    assets = sorted((key, asset.href, str(asset.extra_fields)) for key, asset in item.assets.items())
    return assets, item.bbox, changed(item), item.properties.get("version")
