"""Reference systems that files name in many places: a member of GeoJSON, the start of a WKT, a column, a UTM zone."""

import json
import re
from typing import Any

import pandas as pd
import pyproj
from pyproj.exceptions import CRSError

from eudr_check.names import plain
from eudr_check.plots.read.columns import text_of
from eudr_check.plots.read.datums import datum_of

_SRID = re.compile(r"^\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_CODE = re.compile(r"(?:^|EPSG\D{0,20}?(?:[\d.]*[:/])?)(\d{4,6})$", re.IGNORECASE)
_UTM = re.compile(r"UTM\D*?(\d{1,2})\s*([A-Z]*)\s*$", re.IGNORECASE)
_ZONE = re.compile(r"(?<!\d)(\d{1,2})[\s°º,/-]*([A-Z]*)\s*$", re.IGNORECASE)
_ZONE_WORDS = frozenset({"zona", "zone", "huso", "fuso", "fuseau", "zon", "mui"})
_CODE_WORDS = frozenset({"crs", "epsg", "srid", "srs"})
_DATUM_WORDS = frozenset({"datum", "elipsoide", "ellipsoid", "ellipsoide"})
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
    "sistema",
    "proyeccion",
    "projection",
    "projecao",
    "proyeksi",
}
_MEMBERS = ("crs", "coordrefsys", "spatialreference", "srs", "srsname", "srid", "epsg")
_ABOUT = ("metadata", "meta", "properties", "info")
_WITHIN = ("id", "name", "code", "href", "latestWkid", "wkid", "srid", "epsg", "properties")
_ALSO_VILLAGES = ("zona", "zone")
_FIRST_PLAIN, _PLAIN_SPREAD = 10, 2
_LAST_ZONE = 60
_BAND_S = (3_540_000.0, 4_430_000.0)
"""Northings of band S, 32 to 40 degrees north, metres."""
_FIRST_NORTHERN_BAND = "N"


def member(content: object) -> str | None:
    """The reference system a GeoJSON object names itself (not those inside it); None when it names none.

    RFC 7946 dropped the `crs` member; files still carry it, with a name, a code, a link or a bare string.

    >>> member({"crs": {"type": "EPSG", "properties": {"code": "4248"}}})
    'EPSG:4248'
    >>> member({"coordRefSys": "http://www.opengis.net/def/crs/EPSG/0/32718"})
    'EPSG:32718'
    """
    if not isinstance(content, dict):
        return None
    named = {str(key).lower(): value for key, value in content.items() if value not in (None, "", {}, [])}
    said = next((named[key] for key in _MEMBERS if key in named), None)
    return None if said is None else _text_of(said)


def member_or_about(content: object) -> str | None:
    """The reference system a document names, or what it says about itself (`metadata`, `properties`) does."""
    if not isinstance(content, dict):
        return None
    return member(content) or next((named for key in _ABOUT if (named := member(content.get(key))) is not None), None)


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
        # PostGIS writes 0 where it knows of none.
        return None if int(found[1]) == 0 else f"EPSG:{found[1]}"
    named = re.search(r'"(?:crs|coordRefSys|spatialReference)"\s*:', cell) if cell.lstrip().startswith("{") else None
    return member(json.loads(cell)) if named else None


def headers_of(frame: pd.DataFrame) -> list[str]:
    """Columns whose every cell names a reference system, a datum or a UTM zone."""
    found = []
    for header in frame.columns:
        name = plain(str(header))
        if _names_system(name) or _names_zone(name):
            column = frame[[header]]
            systems, datums = of_rows(column)
            said = systems.keys() | datums.keys() | zones(column).keys()
            if len(said) == text_of(frame[header]).notna().sum():
                found.append(str(header))
    return found


def _names_system(name: str) -> bool:
    return name in _COLUMNS or bool((_CODE_WORDS | _DATUM_WORDS) & set(name.split("_")))


def _names_zone(name: str) -> bool:
    words = set(name.split("_"))
    return name == "utm" or name in _ZONE_WORDS or (bool(_ZONE_WORDS & words) and "utm" in words)


def of_rows(frame: pd.DataFrame) -> tuple[dict[int, str], dict[int, str]]:
    """What rows name in columns, by position: a whole reference system as a code, or only a datum, as written."""
    systems: dict[int, str] = {}
    datums: dict[int, str] = {}
    for header in frame.columns:
        name = plain(str(header))
        if not _names_system(name):
            continue
        # `Datum` is the day in German and Dutch: four digits under it are a year.
        coded = name in _COLUMNS or bool(_CODE_WORDS & set(name.split("_")))
        read: dict[str, tuple[str | None, bool]] = {}
        for row, cell in enumerate(text_of(frame[header])):
            if cell is None:
                continue
            if cell not in read:
                read[cell] = _read(cell, coded)
            code, whole = read[cell]
            if code is not None and whole:
                systems.setdefault(row, code)
            elif code is not None:
                datums.setdefault(row, cell)
    return systems, datums


def _read(cell: str, coded: bool) -> tuple[str | None, bool]:
    """Code of what a cell names, and whether it is a whole reference system and not only a datum.

    Args:
        cell: as written.
        coded: whether it stands where systems stand, and digits alone are a code.
    """
    code, utm = _CODE.search(cell), _UTM.search(cell)
    if code and (coded or "epsg" in cell.lower()):
        return f"EPSG:{code[1]}", True
    datum = datum_of(cell)
    if datum is None:
        return None, False
    if coded and utm and utm[2] and 1 <= int(utm[1]) <= _LAST_ZONE:
        name = f"{pyproj.CRS(datum).name} / UTM zone {int(utm[1])}{'N' if _is_north(utm[2]) else 'S'}"
        try:
            return f"EPSG:{pyproj.CRS.from_user_input(name).to_epsg()}", True
        except CRSError:
            return datum, False
    return datum, False


def zones(frame: pd.DataFrame) -> dict[int, str]:
    """Position: UTM zone (`17M`, `17`) of the rows that name one in a column.

    A column called only `zona` may count villages: it is one of UTM zones where every cell is a number with a letter,
    or where all are neighbouring zones of the countries of the tropics.
    """
    found: dict[int, str] = {}
    for header in frame.columns:
        name = plain(str(header))
        if not _names_zone(name):
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
