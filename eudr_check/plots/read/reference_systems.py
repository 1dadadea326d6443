"""Reference systems that files name in many places: a member of GeoJSON, the start of a WKT, a column, a UTM zone."""

import json
import re
from typing import Any

import pandas as pd
import pyproj

from eudr_check.plots.read.columns import plain, text_of

_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_CODE = re.compile(r"(?:^|EPSG\D{0,20}?(?:[\d.]*[:/])?)(\d{4,6})$", re.IGNORECASE)
_UTM = re.compile(r"UTM\D*?(\d{1,2})\s*([A-Z]*)\s*$", re.IGNORECASE)
_ZONE = re.compile(r"(?<!\d)(\d{1,2})\s*[°º]?\s*([A-Z]*)\s*$", re.IGNORECASE)
_ZONES = {"zona", "zone", "huso", "fuso", "fuseau", "zona_utm", "utm_zona", "utm_zone", "zone_utm", "huso_utm", "utm"}
_COLUMNS = {
    "crs",
    "epsg",
    "srid",
    "srs",
    "epsg_code",
    "code_epsg",
    "codigo_epsg",
    "cod_epsg",
    "crs_epsg",
    "sistema_de_referencia",
    "sistema_referencia",
    "sistema_de_coordenadas",
    "sistema_coordenadas",
    "coordinate_system",
    "coordinate_reference_system",
    "spatial_reference",
}
_MEMBERS = ("crs", "coordRefSys", "spatialReference", "srs", "srid", "epsg")
_WITHIN = ("id", "name", "code", "href", "latestWkid", "wkid", "srid", "epsg", "properties")
_ALSO_VILLAGES = ("zona", "zone")
_FIRST_PLAIN, _PLAIN_SPREAD = 10, 2
_LAST_ZONE = 60
_BAND_S = (3_540_000.0, 4_430_000.0)
"""Northings of band S, 32 to 40 degrees north, metres."""
_FIRST_NORTHERN_BAND = "N"


def member(content: Any) -> str | None:
    """The reference system a GeoJSON object names itself (not those inside it); None when it names none.

    RFC 7946 dropped the `crs` member; files still carry it, with a name, a code, a link or a bare string.

    >>> member({"crs": {"type": "EPSG", "properties": {"code": "4248"}}})
    'EPSG:4248'
    >>> member({"coordRefSys": "http://www.opengis.net/def/crs/EPSG/0/32718"})
    'EPSG:32718'
    """
    if not isinstance(content, dict):
        return None
    said = next((content[key] for key in _MEMBERS if content.get(key) not in (None, "", {}, [])), None)
    return None if said is None else _text_of(said)


def _text_of(said: Any) -> str:
    """A reference system as one text; what it is cannot be recognised in an unknown form, which PROJ will not know."""
    if isinstance(said, str | int | float):
        return _normal(str(said))
    if isinstance(said, list) and len(said) == 1:
        return _text_of(said[0])
    if isinstance(said, dict):
        inner = next((said[key] for key in _WITHIN if said.get(key) not in (None, "", {}, [])), None)
        if inner is not None:
            return _text_of(inner)
    return str(said)[:80]


def _normal(text: str) -> str:
    text = text.strip()
    if "CRS84" in text.upper():
        return "OGC:CRS84"
    link = re.search(r"epsg[/:.]+(?:[\d.]*[/:])?(\d{4,6})", text, re.IGNORECASE)
    code = _CODE.search(text)
    found = link or code
    return f"EPSG:{found[1]}" if found else text


def in_text(cell: str) -> str | None:
    """The reference system a cell of geometry names: `SRID=...;` before WKT, a member of GeoJSON."""
    found = _SRID.match(cell)
    if found:
        return f"EPSG:{found[1]}"
    named = re.search(r'"(?:crs|coordRefSys|spatialReference)"\s*:', cell) if cell.lstrip().startswith("{") else None
    return member(json.loads(cell)) if named else None


def of_rows(frame: pd.DataFrame) -> dict[int, str]:
    """Position: reference system of the rows that name one in a column, as a code or as a UTM zone on WGS 84."""
    found: dict[int, str] = {}
    for header in frame.columns:
        if plain(str(header)) not in _COLUMNS:
            continue
        for row, cell in enumerate(text_of(frame[header])):
            if cell is None or row in found:
                continue
            code, utm = _CODE.search(cell), _UTM.search(cell)
            if code:
                found[row] = f"EPSG:{code[1]}"
            elif utm and utm[2] and 1 <= int(utm[1]) <= _LAST_ZONE and "84" in cell:
                found[row] = f"EPSG:{(32600 if _is_north(utm[2]) else 32700) + int(utm[1])}"
    return found


def zones(frame: pd.DataFrame) -> dict[int, str]:
    """Position: UTM zone (`17M`, `17`) of the rows that name one in a column.

    A column called only `zona` may count villages: it is one of UTM zones where every cell is a number with a letter,
    or where all are neighbouring zones of the countries of the tropics.
    """
    found: dict[int, str] = {}
    for header in frame.columns:
        name = plain(str(header))
        if name not in _ZONES:
            continue
        cells = text_of(frame[header])
        matches = {row: _ZONE.search(cell) for row, cell in enumerate(cells) if cell is not None}
        zoned = {row: match for row, match in matches.items() if match and 1 <= int(match[1]) <= _LAST_ZONE}
        lettered = all(match[2] for match in zoned.values())
        numbers = [int(match[1]) for match in zoned.values()]
        near = bool(numbers) and min(numbers) >= _FIRST_PLAIN and max(numbers) - min(numbers) <= _PLAIN_SPREAD
        if len(zoned) == len(matches) and zoned and (lettered or near or name not in _ALSO_VILLAGES):
            found |= {row: f"{int(match[1])}{match[2].upper()}" for row, match in zoned.items()}
    return found


def fits(zone: str, northing: float, crs: pyproj.CRS) -> bool:
    """Whether a zone as rows write it (`18`, `18L`, `18S`, `18 SUR`) is that of a UTM system; others are not judged."""
    own = crs.utm_zone
    if own is None:
        return True
    number, letter = re.match(r"(\d+)(.*)", zone).groups()  # type: ignore[union-attr]
    if int(number) != int(own[:-1]):
        return False
    north = own[-1] == "N"
    if letter == "S" and north:
        # Band S of the grid lies in the north; everybody else means south by it.
        return _BAND_S[0] <= northing <= _BAND_S[1]
    return not letter or _is_north(letter) == north


def _is_north(letters: str) -> bool:
    """Whether a letter of a zone means the northern hemisphere: bands C to M lie south, N to X north."""
    if letters[:1].upper() == "S":
        return False
    return letters[:1].upper() >= _FIRST_NORTHERN_BAND
