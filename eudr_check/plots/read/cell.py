"""Geometry in one cell, in the notations of apps: WKT, GeoJSON, lists of positions, hexadecimal WKB, survey strings."""

import re
from typing import Any

import numpy as np
import shapely

from eudr_check.plots.read import coordinates, geojson, jsontext, positions, wkt
from eudr_check.plots.read.geometry_builder import Outlines
from eudr_check.plots.read.raw_table import UnreadableError

AREA, LINE, POINT = 1, 2, 3
NONE = ("[]", "{}", "[[]]")
"""How apps write that there is no boundary, beside a point that is the plot's own."""
_OBJECT = re.compile(r'^\s*\{.*"coordinates"', re.DOTALL)
_LIST = re.compile(r"^\s*\[\s*(?:\[|\{|-?\d)")
_HEX_PREFIX = re.compile(r"^(?:\\\\?x|0x(?=0[01]))", re.IGNORECASE)
_HEX = re.compile(r"^\s*(?:\\\\?x|0x)?0[01](?:[0-9A-Fa-f]{2}){20,}\s*$", re.IGNORECASE)
_PAIR = re.compile(r"^[^,;]*\d[^,;]*[,;]\s*[^,;]*\d[^,;]*$")
_HEX_KINDS = range(1, 7)
_DEGREES_NAMED = (("lat", "latitude", "latitud"), ("lng", "lon", "long", "longitude", "longitud"))
_HEAD = 400


def rank(cell: str) -> int | None:
    """AREA, LINE or POINT, as far as a glance tells; None when the cell is no geometry."""
    if wkt.looks_like(cell):
        kind = cell[:40].upper()
        return AREA if "POLYGON" in kind else LINE if "LINE" in kind else POINT
    if _OBJECT.match(cell[:_HEAD]):
        return POINT if re.search(r'"type"\s*:\s*"(?:Multi)?Point"', cell) else AREA
    if _HEX.match(cell):
        return POINT if len(cell.strip()) < 66 else AREA
    if _LIST.match(cell):
        return AREA if cell.count("[") + cell.count("{") > 2 else POINT
    if positions.pair_like(cell):
        return POINT
    if coordinates.looks_like_survey(cell) and len(cell.split(";")[0].split()) >= 3:
        places = [position.split()[:2] for position in cell.split(";") if position.strip()]
        return POINT if len(places) == 1 else AREA if places[0] == places[-1] else LINE
    return None


def draw(outlines: Outlines, row: int, cell: str) -> float:
    """Hand one cell over; the worst GPS accuracy in it, metres, NaN when it says none.

    Raises:
        ValueError: it is no geometry; says what is wrong.
    """
    if wkt.looks_like(cell):
        wkt.draw(outlines, row, cell)
    elif cell.lstrip().startswith("{"):
        geojson.draw(outlines, row, cell)
    elif cell.lstrip().startswith("["):
        _draw_list(outlines, row, cell)
    elif _HEX.match(cell):
        _draw_hex(outlines, row, cell)
    elif _PAIR.match(cell) and not coordinates.looks_like_survey(cell):
        raise ValueError(f"no position: {cell.strip()[:60]}; write latitude and longitude in two columns")
    else:
        return _draw_survey(outlines, row, cell)
    return float("nan")


def _draw_survey(outlines: Outlines, row: int, cell: str) -> float:
    x, y, accuracy = coordinates.survey_positions(cell)
    if len(x) == 1:
        outlines.point(row, x[0], y[0])
    elif (x[0], y[0]) == (x[-1], y[-1]) or _walked_round(x, y):
        outlines.polygon(row, [(x, y)])
    else:
        outlines.line(row, x, y)
    return accuracy


def _draw_list(outlines: Outlines, row: int, cell: str) -> None:
    """Lists of longitude and latitude in the order of GeoJSON (TerraTrac), or of named latitudes and longitudes."""
    try:
        content = jsontext.decode(cell)
    except UnreadableError as error:
        raise ValueError(error.details["problem"]) from error
    depth = geojson.depth_of(content)
    if depth == 0 and content and all(isinstance(position, dict) for position in content):
        content, depth = [_named(position) for position in content], 1
    kinds = {0: "Point", 1: "Polygon", 2: "Polygon", 3: "MultiPolygon"}
    if depth not in kinds:
        raise ValueError("a list of coordinates nested too deep")
    if depth == 1:
        kind, content = ("Point", content[0]) if len(content) == 1 else ("Polygon", [content])
    else:
        kind = kinds[depth]
    geojson.draw_content(outlines, row, {"type": kind, "coordinates": content})


def _named(position: dict[str, Any]) -> list[Any]:
    found = {key.lower(): value for key, value in position.items()}
    pair = [next((found[name] for name in names if name in found), None) for names in _DEGREES_NAMED]
    if None in pair:
        raise ValueError(f"a position without latitude and longitude: {str(position)[:60]}")
    return [pair[1], pair[0]]


def _draw_hex(outlines: Outlines, row: int, cell: str) -> None:
    geojson.draw(outlines, row, shapely.to_geojson(shapely.force_2d(_from_hex(cell))))


def srid_of_hex(cell: str) -> int | None:
    """EPSG code that well-known binary in hexadecimal digits names; None where it names none or is none.

    Raises:
        ValueError: it is broken.
    """
    return (int(shapely.get_srid(_from_hex(cell))) or None) if _HEX.match(cell) else None


def _from_hex(cell: str) -> shapely.Geometry:
    """Geometry of well-known binary written in hexadecimal digits, as databases export it."""
    digits = _HEX_PREFIX.sub("", cell.strip())
    order = "<" if digits[1] == "1" else ">"
    kind = int(np.frombuffer(bytes.fromhex(digits[2:10]), dtype=f"{order}u4")[0])
    # GEOS walks nested collections without a bound; none of them can be a plot.
    if (kind & 0x0FFFFFFF) % 1000 not in _HEX_KINDS:
        raise ValueError(f"well-known binary of type {kind & 0x0FFFFFFF}")
    try:
        return shapely.from_wkb(bytes.fromhex(digits))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise ValueError("broken well-known binary") from error


def _walked_round(x: list[str], y: list[str]) -> bool:
    """Whether a survey line comes back to near where it began: a boundary walked round, not a path.

    Near means a tenth of the way walked (`checks.yaml` has the figure's reason).
    """
    if len(x) < 3:
        return False
    points = np.column_stack([np.array(x, dtype=float), np.array(y, dtype=float)])
    points[:, 0] *= np.cos(np.radians(points[0, 1]))
    walked = np.hypot(*np.diff(points, axis=0).T).sum()
    return bool(walked > 0 and np.hypot(*(points[-1] - points[0])) <= 0.1 * walked)
