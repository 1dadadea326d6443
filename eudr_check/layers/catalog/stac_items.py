"""STAC Items as they are really written, made safe to work with: a damaged one is refused by name, never half read."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pystac

from eudr_check.errors import LayersError
from eudr_check.layers.fetch.addresses import is_clear
from eudr_check.text import sentence

_CHANGED = ("processing:datetime", "updated", "created", "datetime")
"""What tells which of two copies of a map is the newer, the best first."""

_CLOCKS_DIFFER = dt.timedelta(days=1)


def read_item(content: object, where: str) -> pystac.Item:
    """An Item from its JSON.

    Args:
        content: the JSON; assets without a usable address are left out, so that they count as missing.
        where: file or catalogue, for messages.

    Raises:
        LayersError: not a STAC Item; names what is wrong.
    """
    problem = _problem(content)
    if problem or not isinstance(content, dict):
        raise LayersError(sentence("layers", "no_item", where=where, problem=problem))
    assets = {str(key): asset for key, asset in content["assets"].items() if _is_asset(asset)}
    links = [link for link in _list(content.get("links")) if _is_link(link)]
    try:
        item = pystac.Item.from_dict({**content, "assets": assets, "links": links})
        began, ended = item.common_metadata.start_datetime, item.common_metadata.end_datetime
        _ = [moment for moment in (began, ended, item.datetime) if moment is not None and moment.isoformat()]
    except (pystac.STACError, KeyError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise LayersError(sentence("layers", "no_item", where=where, problem=type(error).__name__)) from error
    return item


def changed(item: pystac.Item, by: str | None = None) -> str | None:
    """When an Item was made or last changed, ISO 8601 in UTC; None where it does not say so.

    Args:
        item: the Item.
        by: the property that says it (see `comparable`); None: the best the Item has.
    """
    for name in _CHANGED if by is None else (by,):
        moment = _moment(item.properties.get(name))
        if moment is not None:
            return moment.isoformat()
    return None


def comparable(items: Iterable[pystac.Item]) -> str:
    """The best property by which all of some Items say how new they are; empty where they share none.

    A catalogue that wrote its Items again (`updated`) does not make an old map newer than one that says when it was
    made (`processing:datetime`): only dates of one kind are compared. Where one gives a date to come none is compared:
    the newest copy would be the one that lies.
    """
    every = list(items)
    if any(to_come(item) for item in every):
        return ""
    return next((name for name in _CHANGED if all(changed(item, name) is not None for item in every)), "")


def to_come(item: pystac.Item, *more: str) -> str | None:
    """A date of an Item that has not come yet, as `updated 2999-01-01`; None where it has none.

    Args:
        item: the Item.
        more: further properties to look at.
    """
    latest = dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER
    for name in (*_CHANGED, *more):
        moment = _moment(item.properties.get(name))
        if moment is not None and moment > latest:
            return f"{name} {moment.date()}"
    return None


def numbers(value: object, *counts: int) -> tuple[float, ...] | None:
    """A list of finite numbers of one of some lengths; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) not in counts:
        return None
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in value):
        return None
    return tuple(float(one) for one in value)


def scaled(asset: pystac.Asset) -> bool:
    """Whether an Item says that the values of an asset are to be scaled or shifted."""
    fields = asset.extra_fields
    bands = [band for name in ("raster:bands", "bands") for band in _list(fields.get(name)) if isinstance(band, dict)]
    return any(
        one.get(f"{prefix}{name}") not in (None, neutral)
        for one in (fields, *bands)
        for prefix in ("", "raster:")
        for name, neutral in (("scale", 1), ("offset", 0))
    )


def linked(content: dict[str, object], *relations: str) -> Iterator[str]:
    """Addresses of the links of some relations.

    Raises:
        ValueError: a link of these relations has no address.
    """
    for link in _list(content.get("links")):
        if not isinstance(link, dict):
            raise ValueError(sentence("layers", "link_no_object"))
        if link.get("rel") in relations:
            if not _is_link(link):
                raise ValueError(sentence("layers", "link_no_href", link=link["rel"]))
            yield link["href"]


def _problem(content: Any) -> str | None:
    if not isinstance(content, dict) or content.get("type") != "Feature":
        return sentence("layers", "no_feature")
    if not isinstance(content.get("id"), str) or not content["id"].strip():
        return sentence("layers", "no_id")
    if not isinstance(content.get("properties"), dict) or not isinstance(content.get("assets"), dict):
        return sentence("layers", "no_assets")
    if content.get("bbox") is not None and numbers(content["bbox"], 4, 6) is None:
        return sentence("layers", "no_bbox")
    if not isinstance(content.get("collection"), str | None):
        return sentence("layers", "collection_no_text")
    return None


def _is_asset(asset: Any) -> bool:
    return isinstance(asset, dict) and _is_address(asset.get("href"))


def _is_link(link: Any) -> bool:
    return isinstance(link, dict) and isinstance(link.get("rel"), str) and _is_address(link.get("href"))


def _is_address(href: Any) -> bool:
    """Text that can be split, by everybody alike: `http://[::1` and ports such as 99999 cannot."""
    if not isinstance(href, str) or not href.strip() or not is_clear(href):
        return False
    try:
        _ = urlsplit(href).port
    except ValueError:
        return False
    return True


def _moment(text: Any) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
