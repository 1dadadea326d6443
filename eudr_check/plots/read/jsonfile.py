"""A JSON document: which part of it holds the plots, and whether it says that there are more."""

from collections.abc import Iterator, Mapping
from typing import Any

from eudr_check.plots.read import geojson, jsontext, records
from eudr_check.plots.read.raw_table import Delivery, Note, UnreadableError

_LISTS = ("features", *records.LISTS)
_NO_RECORDS = ("links", "fields", "conformsTo", "crs", "bbox", "aliases", "domains", "attachments")
_SIGNS_OF_PLACE = {"geometry", "coordinates", "latitude", "longitude", "lat", "lon", "lng"}
_NEXT = ("next", "nextlink", "@odata.nextlink", "odata.nextlink", "nextpagetoken", "next_page", "nextpage")
_EARLIER = ("previous", "prev", "previouslink")
_COUNTS = ("count", "total", "totalcount", "total_count", "totalfeatures", "numbermatched", "numberreturned",
           "@odata.count", "odata.count", "totalrecords", "total_records")  # fmt: skip
_STARTS = ("offset", "startindex", "skip")
_ABOUT = ("properties", "meta", "metadata", "pagination", "paging", "page", "info", "context")


def read(text: str) -> Delivery:
    """One delivery from the text of a JSON file: GeoJSON, submissions of a survey, or either inside an envelope.

    Raises:
        UnreadableError: no plots can be found in it, or more than one list of them.
    """
    text = jsontext.without_halves(text)
    try:
        content = jsontext.decode(text)
    except UnreadableError:
        return geojson.read(text)
    content, around = _unwrapped(content)
    _refuse_two_lists([content, *around])
    if isinstance(content, list) and any(geojson.is_geojson(member) for member in content):
        features = [feature for member in content for feature in geojson.features_of(member)]
        delivery, count = geojson.from_features(features), len(features)
    elif geojson.is_geojson(content) or (found := records.found_in(content)) is None:
        delivery = geojson.from_content(content)
        count = len(delivery)
    else:
        delivery, count = records.read(found), len(found)
    delivery.notes.extend(_partial([content, *around], count))
    delivery.notes.extend(_other_lists([content, *around]))
    return delivery


def _unwrapped(content: Any) -> tuple[Any, list[Any]]:
    """The GeoJSON inside an envelope such as `{"success": true, "data": {...}}`, and the envelopes around it."""
    around: list[Any] = []
    while isinstance(content, dict) and not geojson.is_geojson(content) and records.found_in(content) is None:
        inner = [value for value in content.values() if _holds_plots(value)]
        if not inner:
            break
        if len(inner) > 1:
            raise UnreadableError("file_unreadable", problem="JSON with two lists of plots; send one file for each")
        around.append(content)
        content = inner[0]
    return content, around


def _holds_plots(value: Any, depth: int = 3) -> bool:
    if isinstance(value, list):
        return any(geojson.is_geojson(member) for member in value)
    if not isinstance(value, dict) or geojson.is_geojson(value) or records.found_in(value) is not None:
        return isinstance(value, dict)
    return depth > 0 and any(_holds_plots(inner, depth - 1) for inner in value.values())


def _refuse_two_lists(documents: list[Any]) -> None:
    for document in documents:
        if isinstance(document, jsontext.Doubled):
            problem = f"JSON in which '{document.keys_twice[0][:60]}' stands twice; only one of the two can be read"
            raise UnreadableError("file_unreadable", problem=problem)
    known = [key for document in documents for key, value in _record_lists(document) if key in _LISTS or _placed(value)]
    if len(known) > 1:
        problem = f"JSON with several lists of records: {', '.join(known)[:120]}; send one file for each"
        raise UnreadableError("file_unreadable", problem=problem)


def _record_lists(document: Any) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, list) and any(isinstance(member, dict) for member in value):
                yield key, value


def _placed(value: list[Any]) -> bool:
    return any(isinstance(member, dict) and _SIGNS_OF_PLACE & {key.lower() for key in member} for member in value[:50])


def _other_lists(documents: list[Any]) -> list[Note]:
    return [
        Note("table_ignored", {"table": key[:80], "rows": len(value)})
        for document in documents
        for key, value in _record_lists(document)
        if key not in _LISTS and key not in _NO_RECORDS and not _placed(value)
    ]


def _partial(documents: list[Any], count: int) -> list[Note]:
    """What a document says of itself that means that more plots stand elsewhere."""
    parts = [document for document in documents if isinstance(document, dict)]
    parts += [part[key] for part in parts for key in part if key.lower() in _ABOUT and isinstance(part[key], dict)]
    problems = sorted({problem for part in parts for problem in _signs(part, count)})
    return [Note("file_partial", {"problem": ", ".join(problems)[:200]})] if problems else []


def _signs(part: Mapping[str, Any], count: int) -> Iterator[str]:
    for key, value in part.items():
        name = key.lower()
        if name in (*_NEXT, *_EARLIER) and value not in (None, "", False):
            yield f"{key}: {str(value)[:80]}"
        elif name == "exceededtransferlimit" and (value is True or str(value).lower() == "true"):
            yield f"{key}: true"
        elif name in _COUNTS and (said := _whole(value)) is not None and said > count:
            yield f"{key}: {said}, but {count} here"
        elif name in _STARTS and (_whole(value) or 0) > 0:
            yield f"{key}: {value}"
        elif name == "links" and isinstance(value, list):
            rels = [str(link.get("rel")).lower() for link in value if isinstance(link, dict)]
            yield from (f"link '{rel}'" for rel in rels if rel in ("next", "prev", "previous"))


def _whole(value: Any) -> int | None:
    text = str(value) if isinstance(value, str) else ""
    return int(text) if text.isdigit() and text.isascii() and len(text) < 15 else None
