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
from eudr_check.layers.polygons.settings import of_polygons
from eudr_check.layers.value_ranges import Values
from eudr_check.text import Sentence, sentence

if TYPE_CHECKING:
    from eudr_check.layers.definition import LayerDefinition, VariableDefinition

_REACH = {
    name: Values(((int(np.iinfo(name).min), int(np.iinfo(name).max)),)) for name in ("uint8", "int8", "uint16", "int16")
}
_KIND_OF = {
    "forest_2020": "state",
    "tree_cover_2020": "state",
    "primary_2020": "state",
    "regenerating_2020": "state",
    "planted_2020": "state",
    "plantation_now": "state",
    "planted_now": "state",
    "other_wooded_now": "state",
    "agriculture_now": "state",
    "commodity": "state",
    "event": "event",
    "degradation": "event",
}
"""Roles that a policy reads in one way only; `context` may be either."""
_AT_CUTOFF = ("forest_2020", "tree_cover_2020", "primary_2020", "regenerating_2020", "planted_2020")
LONGITUDE_LATITUDE = frozenset({"EPSG:4326", "EPSG:4674", "EPSG:4258"})
"""Geographic CRSs whose coordinates are taken as WGS 84: SIRGAS 2000 and ETRS89 differ from it by less than a metre."""
UTM = "UTM"
"""CRS of layers whose every tile has a zone of its own."""


def problems(layer: "LayerDefinition") -> list[Sentence]:
    """What is wrong with a definition, in words; empty where nothing is."""
    found = [*_assets(layer), *_crs(layer.crs), *_interval(layer.date), *of_polygons(layer)]
    for name, variable in layer.encodings.items():
        wrong = (*_values(layer, variable), *_meaning(layer, variable))
        found += [sentence("definition_rules", "of_variable", variable=name, problem=one) for one in wrong]
    return found


def not_yet(layer: "LayerDefinition", today: dt.date) -> list[Sentence]:
    """End dates of a definition that lie in the future, with a day of tolerance for time zones."""
    ends = [("date", dt.date.fromisoformat(layer.interval[1]))]
    ends += [(f"variable {name}, covers_through", one.covers_through) for name, one in layer.encodings.items()]
    latest = today + dt.timedelta(days=1)
    return [sentence("definition_rules", "not_come", key=key, day=day) for key, day in ends if day > latest]


def _assets(layer: "LayerDefinition") -> Iterator[Sentence]:
    for key, asset in layer.assets.items():
        for what, values in (("legend", asset.legend), ("nodata", asset.nodata)):
            if beyond := values.beyond(_REACH[asset.dtype]):
                yield sentence(
                    "definition_rules", "beyond_type", asset=key, what=what, values=_listed(beyond), dtype=asset.dtype
                )
        if both := asset.legend.common(asset.nodata):
            yield sentence("definition_rules", "legend_and_nodata", asset=key, values=_listed(both))
        called = Values(sorted((value, value) for value in asset.classes))
        if strange := called.beyond(Values((*asset.legend, *asset.nodata))):
            yield sentence(
                "definition_rules", "classes_strange", asset=key, values=_listed(strange), legend=str(asset.legend)
            )


def _crs(text: str) -> Iterator[Sentence]:
    """A CRS that no program knows would be compared with nothing."""
    if text == UTM:
        return
    if not re.fullmatch(r"EPSG:[0-9]+", text):
        yield sentence("definition_rules", "no_epsg", text=text, utm=UTM)
        return
    try:
        CRS.from_user_input(text)
    except CRSError:
        yield sentence("definition_rules", "no_crs", text=text, utm=UTM)


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


def _interval(text: str) -> Iterator[Sentence]:
    """The day or interval the Items stand for."""
    first, slash, last = text.partition("/")
    try:
        days = [dt.date.fromisoformat(day) for day in ([first, last] if slash else [first])]
        written = "/".join(map(str, days)) == text
    except ValueError:
        written = False
    if not written:
        yield sentence("definition_rules", "no_date", text=text)
        return
    if days[0] > days[-1]:
        yield sentence("definition_rules", "date_backwards", text=text)


def _values(layer: "LayerDefinition", variable: "VariableDefinition") -> Iterator[Sentence]:
    """A value that never occurs is a condition that never holds."""
    for where, key, values in variable.named:
        asset = layer.assets[key]
        if beyond := values.beyond(Values((*asset.legend, *asset.nodata))):
            yield sentence(
                "definition_rules",
                "not_in_legend",
                where=where,
                values=_listed(beyond),
                asset=key,
                legend=str(asset.legend),
            )
        elif where != "unknown" and (never := values.common(asset.nodata)):
            yield sentence("definition_rules", "is_nodata", where=where, values=_listed(never), asset=key)
    if {} in variable.unknown:
        yield sentence("definition_rules", "empty_condition")
    needed = [("when", key, values) for key, values in variable.when.items()]
    if variable.year is not None:
        years = [values for where, _, values in variable.named if where == "year"]
        needed.append(("year", variable.year.asset, Values(sorted(one for values in years for one in values))))
    for where, key, values in needed:
        alone = [condition[key] for condition in variable.unknown if condition.keys() == {key}]
        if not values.beyond(Values(sorted(one for ranges in alone for one in ranges))):
            yield sentence("definition_rules", "always_unknown", where=where, asset=key)


def _meaning(layer: "LayerDefinition", variable: "VariableDefinition") -> Iterator[Sentence]:
    kind = _KIND_OF.get(variable.role, variable.kind)
    if variable.kind != kind:
        yield sentence(
            "definition_rules", "is_event" if kind == "event" else "is_state", role=variable.role, kind=variable.kind
        )
    first, last = variable.covers_from, variable.covers_through
    if first > last:
        yield sentence("definition_rules", "cover_backwards", first=str(first), last=str(last))
    elif variable.role in _AT_CUTOFF and not first <= CUTOFF <= last:
        yield sentence(
            "definition_rules", "not_at_cutoff", role=variable.role, day=str(CUTOFF), first=str(first), last=str(last)
        )
    if variable.year is None:
        return
    years = variable.year.stated
    outside = sorted(year for year in years if not first.year <= year <= last.year)
    if variable.year.since is None and outside:
        yield sentence(
            "definition_rules",
            "years_outside",
            years=", ".join(map(str, outside[:5])),
            first=str(first),
            last=str(last),
        )
    elif years and (max(years) < first.year or (min(years) > last.year and not layer.grows)):
        yield sentence("definition_rules", "no_day_inside", first=str(first), last=str(last))
    for (one, values), (other, others) in combinations((variable.year.years or {}).items(), 2):
        if both := values.common(others):
            yield sentence("definition_rules", "two_years", values=_listed(both), one=str(one), other=str(other))


def _listed(values: Values) -> Sentence:
    key = "values" if len(values) > 1 or values[0][0] != values[0][1] else "value"
    return sentence("definition_rules", key, values=str(values))
