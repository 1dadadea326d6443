"""The definition of a raster of one's own, as far as the raster itself tells: values, names, hectares, CRS, nodata."""

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning

from eudr_check.errors import LayersError
from eudr_check.layers.class_areas import class_areas
from eudr_check.layers.definition import BLANK, shipped
from eudr_check.layers.raster import Raster, open_raster
from eudr_check.layers.value_ranges import Values
from eudr_check.text import number, say, sentence

_TYPES = ("uint8", "int8", "uint16", "int16")
_NAME_FIELD = "2"
"""GFU_Name of GDAL's raster attribute table: the column with the names of classes."""
_VALUE_FIELDS = ("5", "3", "0")
"""GFU_MinMax, GFU_Min, GFU_Generic: columns that may hold the value itself, the first that is there counts."""
LISTED = 64
"""Values that get a line of their own; a map of percents or days is a range."""


@dataclass(frozen=True)
class _Class:
    """One value of a raster."""

    value: int
    hectares: float
    name: str | None
    colour: str | None
    """`#rrggbb` of the palette."""


def new_definition(path: Path, called: str, language: str) -> str:
    """A commented YAML that `definition:` of a harvest takes once its blanks are filled in.

    Args:
        path: a GeoTIFF of classes; all of it is read.
        called: name of the file the YAML is written to.
        language: en, es, fr or pt, of the comments.

    Raises:
        LayersError: no GeoTIFF, no CRS, or values that are no classes; names the file and the remedy.
    """
    raster = open_raster(path)
    if raster.dtype not in _TYPES:
        raise LayersError(sentence("layers", "no_classes", path=path, found=raster.dtype))
    if not raster.crs.startswith("EPSG:"):
        raise LayersError(sentence("layers", "no_epsg", path=path))
    classes = _classes(path, raster)
    return "\n".join(_lines(path, raster, classes, called, language)) + "\n"


def _lines(path: Path, raster: Raster, classes: Sequence[_Class], called: str, language: str) -> Iterator[str]:
    def comment(key: str, indent: str = "", **values: object) -> str:
        return f"{indent}# {say('definition', key, language, **values)}"

    name = name_of(path)
    nodata = () if raster.nodata is None else (int(raster.nodata),)
    legal = [one for one in classes if one.value not in nodata]
    yield comment("head", raster=path.name, blank=BLANK)
    yield comment("then", file=called, raster=path.name)
    yield f"id: {name}@1"
    yield f"name: {name}"
    for key in ("title", "provider", "licence", "citation"):
        yield f"{key}: {BLANK}"
    yield comment("lineage")
    yield f"lineage: {BLANK}"
    yield f"crs: {raster.crs}"
    yield f"resolution: {json.dumps(_resolution(raster))}"
    yield comment("date")
    yield f"date: {BLANK}"
    yield "assets:"
    yield "  map:"
    yield f"    legend: {json.dumps(str(ranges([one.value for one in legal])))}"
    if len(legal) <= LISTED:
        yield "    classes:"
        for one in legal:
            seen = "  ".join(filter(None, (f"{number(one.hectares, language, 2)} ha", one.colour)))
            yield f"      {one.value}: {json.dumps(one.name or BLANK, ensure_ascii=False)}  # {seen}"
    if nodata:
        yield f'    nodata: "{nodata[0]}"'
    if raster.dtype != "uint8":
        yield f"    dtype: {raster.dtype}"
    yield "variables:"
    yield comment("column", "  ", column=f"{name}.{BLANK}", blank=BLANK)
    yield f"  {BLANK}:"
    yield "    kind: state"
    yield comment("role", "    ")
    yield f"    role: {BLANK}"
    yield f"    method: {name}"
    for key in ("sensor", "covers_from", "covers_through"):
        yield f"    {key}: {BLANK}"
    yield comment("when", "    ")
    yield f"    when: {{map: {json.dumps(BLANK)}}}"


def _classes(path: Path, raster: Raster) -> list[_Class]:
    found = class_areas(raster)
    with warnings.catch_warnings(), rasterio.open(path, driver="GTiff", sharing=False) as dataset:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            palette: Mapping[int, Sequence[int]] = dataset.colormap(1)
        except ValueError:
            palette = {}
    names = _names(path.with_name(f"{path.name}.aux.xml"))
    return [
        _Class(
            value,
            hectares,
            names.get(value),
            # GDAL fills palettes up with black.
            "#{:02x}{:02x}{:02x}".format(*palette[value][:3]) if any(palette.get(value, ())[:3]) else None,
        )
        for value, hectares in found.hectares.items()
    ]


def _names(path: Path) -> dict[int, str]:
    """Names of values in the file that GDAL and QGIS keep beside a raster; they are words, no values come from there.

    Raises:
        LayersError: the file is there and is no XML that can be trusted.
    """
    if not path.is_file():
        return {}
    try:
        root = parse(path).getroot()
    except (ParseError, DefusedXmlException, OSError) as error:
        raise LayersError(sentence("layers", "unreadable", path=path, problem=error)) from error
    band = root.find("PAMRasterBand")
    if band is None:
        return {}
    names = {value: (one.text or "").strip() for value, one in enumerate(band.findall("CategoryNames/Category"))}
    table = band.find("GDALRasterAttributeTable")
    if table is not None:
        usage = [field.findtext("Usage", "0") for field in table.findall("FieldDefn")]
        value = next((usage.index(one) for one in _VALUE_FIELDS if one in usage), None)
        if _NAME_FIELD in usage and value is not None:
            for row in table.findall("Row"):
                cells = [cell.text or "" for cell in row.findall("F")]
                if len(cells) == len(usage) and re.fullmatch(r"-?\d+(\.0*)?", cells[value].strip()):
                    names[int(float(cells[value]))] = cells[usage.index(_NAME_FIELD)].strip()
    return {value: name for value, name in names.items() if name}


def name_of(path: Path) -> str:
    """A name for columns, and with @1 an id, from the file's; never that of a shipped layer."""
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    name = name if name[:1].isalpha() else f"map_{name}"
    return f"own_{name}" if any(one.partition("@")[0] == name for one in shipped()) else name


def ranges(values: Sequence[int]) -> Values:
    """Sorted numbers as closed ranges."""
    numbers = np.array(values, dtype=np.int64)
    groups = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    return Values((int(group[0]), int(group[-1])) for group in groups)


def _resolution(raster: Raster) -> str:
    unit = "degree" if CRS.from_user_input(raster.crs).is_geographic else "m"
    return f"{abs(raster.transform.a):.9g} {unit}"
