"""From raster values to what they mean: 1 / 0 / -1 for a state, year / 0 / -1 for an event."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eudr_check.layers.assets import Asset
from eudr_check.layers.definition import Condition, VariableDefinition, Year
from eudr_check.typing import Numbers
from eudr_check.variables import NO, UNKNOWN, YES


def encode(
    variable: VariableDefinition,
    assets: Mapping[str, Asset],
    values: Mapping[str, Numbers],
    tags: Mapping[str, object],
) -> NDArray[np.int16]:
    """One variable from the values of its assets on one grid.

    Args:
        variable: the encoding.
        assets: the layer's assets.
        values: for each asset the variable needs, an integer array; all of one shape.
        tags: nodata value each file declares, or None.

    Returns:
        int16, same shape. Nodata of any asset involved is unknown.
    """
    if len(values) > 1:
        return _judge(variable, assets, values, tags)
    ((key, array),) = values.items()
    result: NDArray[np.int16] = _look_up(_judge(variable, assets, {key: _domain(array)}, tags), array)
    return result


def illegal(asset: Asset, values: Numbers, tag: float | None) -> Numbers:
    """Values outside the asset's legend, sorted; the file's own nodata and the definition's are legal."""
    domain = _domain(values)
    legal = asset.legend.holds(domain) | _nodata(asset, domain, tag)
    if not values.size or legal[slice(*_reach(values))].all() or _look_up(legal, values).all():
        return domain[:0]
    present = np.unique(values).astype(domain.dtype)
    wrong: NDArray[Any] = present[~legal[present - domain[0]]]
    return wrong


def _domain(values: NDArray[Any]) -> NDArray[np.int64]:
    """All values an array of this dtype can hold: they are judged once, and cells then only look them up."""
    limits = np.iinfo(values.dtype)
    return np.arange(limits.min, limits.max + 1)


def _reach(values: NDArray[Any]) -> tuple[int, int]:
    """Positions in `_domain` of the lowest value and behind the highest: most legends have no gap between them."""
    lowest = int(np.iinfo(values.dtype).min)
    return int(values.min()) - lowest, int(values.max()) - lowest + 1


def _look_up(table: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Entries of a table over `_domain` for each value."""
    lowest = np.iinfo(values.dtype).min
    found: NDArray[Any] = np.take(table, values if lowest == 0 else values.astype(np.int32) - lowest, mode="clip")
    return found


def _judge(
    variable: VariableDefinition,
    assets: Mapping[str, Asset],
    values: Mapping[str, NDArray[Any]],
    tags: Mapping[str, Any],
) -> NDArray[np.int16]:
    wanted = _all(variable.when, values)
    if variable.year is None:
        result = np.where(wanted, np.int16(YES), np.int16(NO))
    else:
        result = _years(variable.year, values[variable.year.asset])
        result[~np.broadcast_to(wanted, result.shape)] = NO
    for condition in variable.unknown:
        result[_all(condition, values)] = UNKNOWN
    for key, array in values.items():
        result[_nodata(assets[key], array, tags.get(key))] = UNKNOWN
    return result


def _all(condition: Condition, values: Mapping[str, NDArray[Any]]) -> Any:
    """Where every asset of a condition holds one of its values; all true for an empty one."""
    result: Any = np.True_
    for key, ranges in condition.items():
        result = result & ranges.holds(values[key])
    return result


def _nodata(asset: Asset, values: NDArray[Any], tag: float | None) -> NDArray[np.bool_]:
    unknown = asset.nodata.holds(values)
    if tag is not None and asset.nodata_tag == "obey":
        unknown |= values == tag
    return unknown


def _years(year: Year, values: NDArray[Any]) -> NDArray[np.int16]:
    result = np.zeros(values.shape, dtype=np.int16)
    if year.years is not None:
        for number, ranges in year.years.items():
            result[ranges.holds(values)] = number
        return result
    assert year.values is not None
    events = year.values.holds(values)
    count = values[events].astype(np.int64)
    if year.modulo is not None:
        count = count % year.modulo
    if year.since is not None:
        days = np.datetime64(year.since, "D") + count.astype("timedelta64[D]")
        result[events] = days.astype("datetime64[Y]").astype(np.int64) + 1970
    else:
        assert year.add is not None
        result[events] = count // year.divide + year.add
    return result
