"""Rules over a whole definition: a wrong one must not be a map of silent zeros.

Each rule says what is wrong with the key, the value and what would be right; none of them needs a raster.
"""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from eudr_check.law.regulation import CUTOFF
from eudr_check.layers.value_ranges import Values
from eudr_check.text import sentence

if TYPE_CHECKING:
    from eudr_check.layers.definition import LayerDefinition, VariableDefinition

_REACH = {
    name: Values(((int(np.iinfo(name).min), int(np.iinfo(name).max)),)) for name in ("uint8", "int8", "uint16", "int16")
}
_KIND_OF = {
    "forest_2020": "state",
    "tree_cover_2020": "state",
    "commodity": "state",
    "event": "event",
    "degradation": "event",
}
"""Roles that a policy reads in one way only; `context` may be either."""
_AT_CUTOFF = ("forest_2020", "tree_cover_2020")
LONGITUDE_LATITUDE = frozenset({"EPSG:4326", "EPSG:4674", "EPSG:4258"})
"""Geographic CRSs whose coordinates are taken as WGS 84: SIRGAS 2000 and ETRS89 differ from it by less than a metre."""
UTM = "UTM"
"""CRS of layers whose every tile has a zone of its own."""


def problems(layer: "LayerDefinition") -> list[str]:
    """What is wrong with a definition, in words; empty where nothing is."""
    found = [*_assets(layer), *_crs(layer.crs), *_interval(layer.date)]
    for name, variable in layer.encodings.items():
        found += [f"variable {name}, {problem}" for problem in (*_values(layer, variable), *_meaning(layer, variable))]
    return found


def _assets(layer: "LayerDefinition") -> Iterator[str]:
    for key, asset in layer.assets.items():
        for what, values in (("legend", asset.legend), ("nodata", asset.nodata)):
            if beyond := values.beyond(_REACH[asset.dtype]):
                yield f"asset {key}: {what} {_listed(beyond)} cannot be in a raster of {asset.dtype}"
        if both := asset.legend.common(asset.nodata):
            yield f"asset {key}: {_listed(both)} cannot be in the legend and be nodata; take it out of one of them"
        called = Values(sorted((value, value) for value in asset.classes))
        if strange := called.beyond(Values((*asset.legend, *asset.nodata))):
            yield f"asset {key}: classes names {_listed(strange)}, which its legend ({asset.legend}) does not know"


def _crs(text: str) -> Iterator[str]:
    """A CRS that no program knows would be compared with nothing."""
    remedy = f"write the code of the rasters, as 'EPSG:4326', or '{UTM}' where every tile has its own zone"
    if text == UTM:
        return
    if not re.fullmatch(r"EPSG:[0-9]+", text):
        yield f"crs: '{text}' is no EPSG code; {remedy}"
        return
    try:
        CRS.from_user_input(text)
    except CRSError:
        yield f"crs: '{text}' is no known coordinate reference system; {remedy}"


def other_crs(layer: "LayerDefinition", crs: str) -> str | None:
    """Why rasters of a CRS cannot be those of a layer, in words; None where they can.

    Args:
        crs: `EPSG:n` or WKT.
    """
    degrees = LONGITUDE_LATITUDE
    if crs == layer.crs or {crs, layer.crs} <= degrees:
        return None
    if layer.crs == UTM:
        zone = CRS.from_user_input(crs).utm_zone
        return None if zone else sentence("layers", "no_utm_zone", crs=_short(crs), layer=layer.id)
    return sentence("layers", "other_crs", crs=_short(crs), layer=layer.id, expected=layer.crs)


def _short(crs: str) -> str:
    if crs.startswith("EPSG:"):
        return crs
    return sentence("layers", "crs_without_code", name=CRS.from_user_input(crs).name)


def _interval(text: str) -> Iterator[str]:
    """The day or interval the Items stand for."""
    first, slash, last = text.partition("/")
    try:
        days = [dt.date.fromisoformat(day) for day in ([first, last] if slash else [first])]
        written = "/".join(map(str, days)) == text
    except ValueError:
        written = False
    if not written:
        yield f"date: '{text}' is neither a day (2020-12-31) nor an interval (2020-01-01/2020-12-31)"
        return
    if days[0] > days[-1]:
        yield f"date: '{text}' ends before it begins"


def _values(layer: "LayerDefinition", variable: "VariableDefinition") -> Iterator[str]:
    """A value that never occurs is a condition that never holds."""
    for where, key, values in variable.named:
        asset = layer.assets[key]
        if beyond := values.beyond(Values((*asset.legend, *asset.nodata))):
            yield (f"{where}: {_listed(beyond)} of asset '{key}' is neither in its legend ({asset.legend}) nor nodata")
        elif where != "unknown" and (never := values.common(asset.nodata)):
            yield f"{where}: {_listed(never)} of asset '{key}' is nodata, which is always unknown"
    if {} in variable.unknown:
        yield "unknown: an empty condition holds everywhere; name an asset and its values, or take it out"
    needed = [("when", key, values) for key, values in variable.when.items()]
    if variable.year is not None:
        years = [values for where, _, values in variable.named if where == "year"]
        needed.append(("year", variable.year.asset, Values(sorted(one for values in years for one in values))))
    for where, key, values in needed:
        alone = [condition[key] for condition in variable.unknown if condition.keys() == {key}]
        if not values.beyond(Values(sorted(one for ranges in alone for one in ranges))):
            yield f"{where}: every value of asset '{key}' it names is unknown, so the variable could never be 1"


def _meaning(layer: "LayerDefinition", variable: "VariableDefinition") -> Iterator[str]:
    kind = _KIND_OF.get(variable.role, variable.kind)
    if variable.kind != kind:
        yield f"role: {variable.role} is {'an event' if kind == 'event' else 'a state'}, not kind '{variable.kind}'"
    first, last = variable.covers_from, variable.covers_through
    if first > last:
        yield f"covers_from: {first} is after covers_through ({last})"
    elif variable.role in _AT_CUTOFF and not first <= CUTOFF <= last:
        yield f"role: {variable.role} is the state of {CUTOFF}, which does not lie in {first} to {last}"
    if variable.year is None:
        return
    grows = any(place.tiles is not None and place.tiles.updated_file for place in layer.found)
    years = variable.year.stated
    outside = sorted(year for year in years if not first.year <= year <= last.year)
    if variable.year.since is None and outside:
        yield f"year: {', '.join(map(str, outside[:5]))} lies outside the cover ({first} to {last})"
    elif years and (max(years) < first.year or (min(years) > last.year and not grows)):
        yield f"year: no day its values mean lies in the cover ({first} to {last})"
    for (one, values), (other, others) in combinations((variable.year.years or {}).items(), 2):
        if both := values.common(others):
            yield f"year: {_listed(both)} means {one} and {other}"


def _listed(values: Values) -> str:
    return f"{'values' if len(values) > 1 or values[0][0] != values[0][1] else 'value'} {values}"
