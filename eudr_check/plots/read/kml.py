"""KML: every placemark is a row, whatever folder it lies in."""

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from eudr_check.plots.read import kml_balloon
from eudr_check.plots.read.geometry_builder import Outlines, Ring
from eudr_check.plots.read.raw_table import Delivery, Fault, Note, UnreadableError

_COMMA = re.compile(r" ?, ?")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "Track")


def read(content: bytes) -> Delivery:
    """One delivery from the bytes of a KML document.

    Entities and external references are refused, not followed.

    Raises:
        UnreadableError: not XML, or unsafe.
    """
    outlines = Outlines()
    cells: list[dict[str, str | None]] = []
    faults: list[Fault] = []
    linked: list[str] = []
    try:
        for folders, placemark in _placemarks(content):
            if _local(placemark) == "NetworkLink":
                linked.append(_href(placemark))
                continue
            row = len(cells)
            cells.append({"folder": "/".join(folders) or None, **_cells(placemark)})
            fault = _outline(outlines, row, placemark)
            if fault is not None:
                faults.append(fault)
    except DefusedXmlException as error:
        raise UnreadableError("file_unsafe", problem=f"XML with {type(error).__name__}") from error
    except (ParseError, ValueError, LookupError) as error:
        if not cells:
            raise UnreadableError("file_unreadable", problem=f"XML: {error}") from error
        faults.append(Fault(len(cells), "row_unreadable", {"problem": f"XML: {error}; nothing after it could be read"}))
        cells.append({})
    geometry, decimals, ring_faults = outlines.build(len(cells))
    return Delivery(
        pd.DataFrame(cells, index=range(len(cells)), dtype=object),
        geometry,
        np.arange(1, len(cells) + 1),
        decimals,
        crs="OGC:CRS84",
        label="name",
        faults=[*faults, *ring_faults],
        notes=[Note("file_linked", {"link": link}) for link in linked],
    )


def _placemarks(content: bytes) -> Iterator[tuple[list[str], Element]]:
    """Placemarks in document order with the names of the folders above them."""
    folders: list[str] = []
    path: list[str] = []
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_entities=True):
        tag = _local(element)
        if event == "start":
            path.append(tag)
            if tag in ("Folder", "Document"):
                folders.append("")
            continue
        path.pop()
        if tag == "name" and path and path[-1] == "Folder":
            folders[-1] = _text(element)
        elif tag in ("Folder", "Document"):
            folders.pop()
            element.clear()
        elif tag in ("Placemark", "NetworkLink"):
            yield [name for name in folders if name], element
            element.clear()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child) == name), None)


def _text(element: Element) -> str:
    """The words of an element, also those that elements for bold type or links enclose; a `br` is a blank."""
    words = [element.text or ""]
    for child in element:
        words += [" " if _local(child) == "br" else "", _text(child), child.tail or ""]
    return "".join(words).strip()


def _cells(placemark: Element) -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for child in placemark:
        if _local(child) in ("name", "description", "address"):
            _put(cells, _local(child), _text(child))
    for element in placemark.iter():
        tag = _local(element)
        if tag == "SimpleData" and element.get("name"):
            _put(cells, str(element.get("name")), _text(element))
        elif tag == "Data" and element.get("name"):
            value = _child(element, "value")
            _put(cells, str(element.get("name")), "" if value is None else _text(value))
        elif tag == "ExtendedData":
            for own in element:
                if _local(own) not in ("Data", "SchemaData") and not len(own):
                    cells.setdefault(_local(own), _text(own) or None)
    for name, text in kml_balloon.pairs(cells.get("description") or ""):
        cells.setdefault(name, text)
    if placemark.get("id"):
        cells.setdefault("placemark id", placemark.get("id"))
    return cells


def _put(cells: dict[str, str | None], name: str, text: str) -> None:
    """Keep a cell; a second one of the same name that says something else has a column of its own, as in a sheet."""
    if cells.get(name) is not None and text and text != cells[name]:
        name = f"{name} (2)"
    cells[name] = text or cells.get(name)


def _href(link: Element) -> str:
    """Where a link leads, without what may be a secret in its query."""
    address = next(((element.text or "").strip() for element in link.iter() if _local(element) == "href"), "")
    return address.partition("?")[0].rpartition("@")[2][:100]


def _outline(outlines: Outlines, row: int, placemark: Element) -> Fault | None:
    """Hand the shapes of a placemark over; all of them or none."""
    steps: list[tuple[str, tuple[Any, ...]]] = []
    try:
        for shape in _shapes(placemark):
            steps.extend(_steps(shape))
    except ValueError as error:
        return Fault(row, "geometry_unreadable", {"problem": str(error)[:200]})
    for name, arguments in steps:
        getattr(outlines, name)(row, *arguments)
    return None


def _shapes(element: Element) -> Iterator[Element]:
    """Shapes in document order, however deep they are nested."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if _local(one) in _SHAPES:
            yield one
        elif one is element or _local(one) in ("MultiGeometry", "MultiTrack"):
            waiting.extend(reversed(one))


def _steps(shape: Element) -> list[tuple[str, tuple[Any, ...]]]:
    tag = _local(shape)
    if tag == "Polygon":
        rings = [
            ring
            for side in ("outerBoundaryIs", "innerBoundaryIs")
            for boundary in shape
            if _local(boundary) == side
            for ring in _rings(boundary)
        ]
        return [("polygon", (rings,))] if rings else []
    if tag == "Track":
        x, y = _positions(" ".join(",".join((c.text or "").split()) for c in shape if _local(c) == "coord"))
    else:
        coordinates = _child(shape, "coordinates")
        x, y = _positions("" if coordinates is None else coordinates.text or "")
    if not x:
        return []
    return [("point", (x[0], y[0]))] if tag == "Point" else [("line", (x, y))]


def _rings(boundary: Element) -> Iterator[Ring]:
    for ring in boundary:
        coordinates = _child(ring, "coordinates")
        if _local(ring) == "LinearRing" and coordinates is not None and (coordinates.text or "").strip():
            yield _positions(coordinates.text or "")


def _positions(text: str) -> Ring:
    x: list[str] = []
    y: list[str] = []
    # Blanks are joined first: a pattern that takes any number of them goes over a run of them again and again.
    for position in _COMMA.sub(",", " ".join(text.split())).split():
        values = position.split(",")
        if len(values) < 2 or not (_NUMBER.match(values[0]) and _NUMBER.match(values[1])):
            raise ValueError(f"not a position: {position[:60]}")
        x.append(values[0])
        y.append(values[1])
    return x, y
