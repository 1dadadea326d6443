"""A JSON document: which part of it holds the plots, and whether it says that there are more."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eudr_check.plots.read import geojson, jsontext, records, reference_systems
from eudr_check.plots.read.raw_table import Delivery, Note, UnreadableError

_LISTS = ("features", *records.LISTS)
_NO_RECORDS = ("links", "fields", "conformsTo", "crs", "bbox", "aliases", "domains", "attachments")
_SIGNS_OF_PLACE = {"geometry", "coordinates", "latitude", "longitude", "lat", "lon", "lng"}
_NEXT = ("next", "nextlink", "odatanextlink", "nextpage", "nextpagetoken", "nexttoken", "nexturl", "nexthref",
         "nexturi", "nextcursor", "nextpageurl", "nextlinkurl", "continuation",
         "continuationtoken", "resumptiontoken")  # fmt: skip
_EARLIER = ("previous", "prev", "previouslink", "previouspage", "prevpage", "previousurl", "prevurl", "prevpageurl")
_MORE = ("exceededtransferlimit", "hasmore", "hasnext", "hasnextpage", "moreresults", "moreitems", "moreavailable",
         "truncated", "istruncated", "partial", "ispartial", "incomplete", "incompleteresults")  # fmt: skip
_WHOLE = ("complete", "iscomplete", "completed", "finished", "last", "islast", "islastpage", "lastpage", "end",
          "endofresults", "endofrecords", "isend", "done")  # fmt: skip
_COUNTS = ("count", "total", "totalcount", "totalfeatures", "numbermatched", "numberreturned", "odatacount",
           "totalrecords", "totalitems", "totalresults", "totalrows", "totalhits", "resultcount", "featurecount",
           "numfeatures", "recordcount", "rowcount", "matched", "totalelements", "totalmatched", "totalmatches",
           "totalentries", "totalobjects", "totalplots", "totalsize", "numfound", "hits")  # fmt: skip
_PAGES = ("page", "pages", "totalpages", "pagecount", "lastpage", "currentpage", "pagenumber", "numpages")
_STARTS = ("offset", "startindex", "skip")
_NO_LETTER = re.compile(r"[^a-z]")
_ABOUT = ("properties", "meta", "metadata", "pagination", "paging", "page", "pageinfo", "info", "context", "resultinfo",
          "response", "searchmetadata")  # fmt: skip


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
        features = [feature for member in content for feature in geojson.features_on_system(member)]
        delivery, count = geojson.from_features(features), len(features)
    elif geojson.is_geojson(content) or (found := records.found_in(content)) is None:
        delivery = geojson.from_content(content)
        count = len(delivery)
    else:
        delivery, count = records.read(found), len(found)
    named = {system for document in around if (system := reference_systems.member_or_about(document)) is not None}
    own = delivery.crs_from[0][1]
    if len(named | ({own} - {None})) > 1:
        problem = f"JSON that names several reference systems: {', '.join(sorted(named))}"
        raise UnreadableError("file_unreadable", problem=problem)
    delivery.crs_from = [(0, own or next(iter(named), None))]
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
    parts += [
        part[key]
        for part in parts
        for key in part
        if _NO_LETTER.sub("", key.lower()) in _ABOUT and isinstance(part[key], dict)
    ]
    problems = sorted({problem for part in parts for problem in _signs(part, count)})
    return [Note("file_partial", {"problem": ", ".join(problems)[:200]})] if problems else []


def _signs(part: Mapping[str, Any], count: int) -> Iterator[str]:
    for key, value in part.items():
        name = _NO_LETTER.sub("", key.lower())
        number = _whole(value)
        if name in (*_NEXT, *_EARLIER) and value not in (None, "", False) and number != 0:
            yield f"{key}: {str(value)[:80]}"
        elif name in _MORE and (value is True or str(value).lower() == "true"):
            yield f"{key}: true"
        elif name in _WHOLE and (value is False or str(value).lower() == "false"):
            yield f"{key}: false"
        elif name in _COUNTS and number is not None and number > count:
            yield f"{key}: {number}, but {count} here"
        elif (name in _STARTS and (number or 0) > 0) or (name in _PAGES and (number or 0) > 1):
            yield f"{key}: {value}"
        elif name == "links" and isinstance(value, list):
            rels = [str(link.get("rel")).lower() for link in value if isinstance(link, dict)]
            yield from (f"link '{rel}'" for rel in rels if rel in ("next", "prev", "previous"))
        elif name == "links" and isinstance(value, dict):
            yield from _signs(value, count)


def _whole(value: Any) -> int | None:
    text = str(value) if isinstance(value, str) else ""
    return int(text) if text.isdigit() and text.isascii() and len(text) < 15 else None
