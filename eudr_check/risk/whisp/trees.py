"""Whisp's decision trees as of July 2026, and its tree for wood of September, with the unknown kept unknown.

Whisp (Open Foris, Forest Data Partnership) decides on "any one dataset above a share of the plot". Auditors know its
answers, so we give them beside ours. Source: forestdatapartnership/whisp 3.0.0a16, commit 83bd2f8a, `risk.py`; of
September: commit 0534f68b of a branch, in which the trees for crops have the same rows. Those of October (3.0.0a22)
have the rows of July and other thresholds, which the policies state.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.errors import PolicyError
from eudr_check.text import sentence
from eudr_check.typing import Ints

Answer = Literal["low", "more_info_needed", "high", "undetermined"]
ANSWERS: tuple[Answer, ...] = ("low", "more_info_needed", "high", "undetermined")
UNDETERMINED = 3
LATER = ("ind_07a", "ind_07b", "ind_08a", "ind_08b", "ind_13")
"""Indicators of September: planted forest and plantation of 2020 and of later on their own, other land in 2020."""
INDICATORS = (*(f"ind_{number:02d}" for number in range(1, 12)), *LATER)
DEFAULT_THRESHOLD = 10.0
"""Percent of the plot that one column must exceed, the same for all indicators in July 2026."""

_DISTURBANCE = ("TMF_deg", "TMF_def", "GFC_loss", "RADD", "GLAD-L", "GLAD-S2")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ind_01": ("EUFO_2020", "GLAD_Primary", "TMF_undist"),
    "ind_02": ("TMF_plant", "Oil_palm_Descals", "Cocoa_ETH", "Rubber_RBGE", "Soy_Song_2020"),
    "ind_03": tuple(f"{name}_before_2020" for name in _DISTURBANCE),
    "ind_04": tuple(f"{name}_after_2020" for name in _DISTURBANCE),
    "ind_05": ("GLAD_Primary", "TMF_undist", "GFT_primary", "IFL_2020", "European_Primary_Forest"),
    "ind_06": ("EUFO_2020", "GFT_naturally_regenerating"),
    "ind_07": ("GFT_planted_plantation", "IIASA_planted_plantation"),
    "ind_08": (),
    "ind_09": ("TMF_regrowth_2024", "ESRI_2024_TC"),
    "ind_10": ("ESRI_crop_gain_2020_2024",),
    "ind_11": ("GFW_logging_before_2020",),
}
"""Whisp's global statistic columns per indicator in July 2026; ind_08 has none and never fires."""

Row = tuple[Mapping[str, bool], Answer]
"""Conditions that must all hold, and the answer. `a|b` is yes when either indicator is."""
_JULY: Mapping[str, tuple[Row, ...]] = {
    "pcrop": (
        ({"ind_01": False}, "low"),
        ({"ind_02": True}, "low"),
        ({"ind_03": True}, "low"),
        ({"ind_04": False}, "more_info_needed"),
        ({}, "high"),
    ),
    "acrop": (
        ({"ind_01": False}, "low"),
        ({"ind_02": True}, "low"),
        ({"ind_04": True}, "high"),
        ({}, "more_info_needed"),
    ),
    "timber": (
        ({"ind_02": True}, "low"),
        ({"ind_07": True, "ind_10": False}, "low"),
        ({"ind_05|ind_06": True, "ind_10": True}, "high"),
        ({"ind_07": True, "ind_10": True}, "high"),
        ({"ind_05|ind_06": True, "ind_08": True}, "high"),
        ({"ind_05|ind_06": True, "ind_09": True}, "low"),
        ({"ind_05|ind_06": True, "ind_11": True}, "low"),
        ({"ind_05|ind_06": True}, "more_info_needed"),
        ({}, "low"),
    ),
}
_FOREST, _NATURAL, _BENIGN = "ind_05|ind_06|ind_07a|ind_07b", "ind_05|ind_06|ind_07a", "ind_09|ind_11"
_SEPTEMBER: Mapping[str, tuple[Row, ...]] = {
    # Whisp's `primary_2025` is primary forest of 2020 without disturbance since: the last row but two.
    "timber_2026_09": (
        ({"ind_13": True, _FOREST: False}, "low"),
        ({"ind_02": True}, "low"),
        ({"ind_07b": True, "ind_10": False}, "low"),
        ({_FOREST: True, "ind_10": True}, "high"),
        ({_NATURAL: True, "ind_08a|ind_08b": True}, "high"),
        ({_NATURAL: True, "ind_04": True, _BENIGN: False}, "high"),
        ({_NATURAL: True, _BENIGN: True}, "low"),
        ({"ind_05": True, "ind_04": False}, "low"),
        ({_NATURAL: True}, "more_info_needed"),
        ({}, "low"),
    ),
}
TREES: Mapping[str, tuple[Row, ...]] = {**_JULY, **_SEPTEMBER}
USED: Mapping[str, tuple[str, ...]] = {
    name: tuple(sorted({part for conditions, _ in rows for key in conditions for part in key.split("|")}))
    for name, rows in TREES.items()
}
"""Indicators each tree looks at."""
_UNKNOWN_CODE = 2


def risk_pcrop(indicators: pd.DataFrame) -> pd.Series:
    """Perennial crops (coffee, cocoa, rubber, oil palm).

    Args:
        indicators: nullable-boolean columns of the tree's indicators; missing values are unknown.

    Returns:
        `low`, `more_info_needed`, `high`, or `undetermined` where completions of the unknown differ.

    Raises:
        PolicyError: an indicator the tree needs is absent or not boolean.
    """
    return decide("pcrop", indicators)


def risk_acrop(indicators: pd.DataFrame) -> pd.Series:
    """Annual crops (soya); see `risk_pcrop`."""
    return decide("acrop", indicators)


def risk_timber(indicators: pd.DataFrame) -> pd.Series:
    """Wood; see `risk_pcrop`."""
    return decide("timber", indicators)


def decide(tree: str, indicators: pd.DataFrame) -> pd.Series:
    """Answers of one tree; see `risk_pcrop`."""
    answers = np.array(ANSWERS, dtype=object)[levels(tree, indicators)]
    return pd.Series(answers, index=indicators.index, name=f"risk_{tree}", dtype=pd.StringDtype(na_value=np.nan))


def levels(tree: str, indicators: pd.DataFrame) -> NDArray[np.int8]:
    """Answers as positions in `ANSWERS`; see `risk_pcrop`."""
    return _levels(tree)[_codes(tree, indicators)]


def path(tree: str, indicators: pd.DataFrame) -> NDArray[np.int64]:
    """Row of the tree that gave each answer, from 1; 0 where completions of the unknown take different rows."""
    return _paths(tree)[_codes(tree, indicators)]


def indicators(
    hectares: pd.DataFrame,
    area_ha: pd.Series,
    thresholds: Mapping[str, float] | float = DEFAULT_THRESHOLD,
    *,
    points: pd.Series | None = None,
    unknown_ha: pd.DataFrame | None = None,
    columns: Mapping[str, Sequence[str]] = COLUMNS,
) -> pd.DataFrame:
    """Yes, no or unknown for each indicator.

    An indicator is yes as soon as one of its columns covers strictly more of the plot than the threshold, no when
    every column covers no more even if all its unread ground did, and unknown otherwise. Nothing is rounded.

    Args:
        hectares: per plot and Whisp column; missing values are unknown.
        area_ha: area per plot; at 0 ha the plot is treated as a point.
        thresholds: percent of the plot, one for all or one per indicator (default 10 where it names none).
        points: true where the plot is a point: any value above 0 is yes.
        unknown_ha: unread hectares, same shape; default none.
        columns: which columns count for which indicator; one that `hectares` lacks is unknown.

    Returns:
        Nullable-boolean columns, one for each of `INDICATORS`, index of `hectares`.

    Raises:
        PolicyError: a threshold lies outside 0..100 or names no indicator.
    """
    percent = _thresholds(thresholds)
    area = area_ha.reindex(hectares.index).to_numpy(dtype=np.float64, na_value=np.nan)
    as_point = area == 0
    if points is not None:
        as_point = as_point | points.reindex(hectares.index).to_numpy(dtype=bool, na_value=False)
    found = {}
    for name in INDICATORS:
        total = pd.Series(False, index=hectares.index, dtype="boolean")
        for column in columns.get(name, ()):
            total = total | _exceeds(hectares, unknown_ha, column, area, as_point, percent[name])
        found[name] = total
    return pd.DataFrame(found, index=hectares.index)


def _exceeds(
    hectares: pd.DataFrame,
    unknown_ha: pd.DataFrame | None,
    column: str,
    area: NDArray[np.float64],
    as_point: NDArray[np.bool_],
    percent: float,
) -> pd.Series:
    """One column against its threshold: yes, no, or missing where nobody can tell."""
    if column not in hectares.columns:
        return pd.Series(pd.NA, index=hectares.index, dtype="boolean")
    least = hectares[column].to_numpy(dtype=np.float64, na_value=np.nan)
    most = least
    if unknown_ha is not None and column in unknown_ha.columns:
        most = least + unknown_ha[column].to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        over = [np.where(as_point, value > 0, np.clip(value / area * 100, 0, 100) > percent) for value in (least, most)]
    known = ~np.isnan(most) & (as_point | ~np.isnan(area))
    sure_yes = ~np.isnan(least) & (as_point | ~np.isnan(area)) & over[0]
    answer = pd.Series(sure_yes, index=hectares.index, dtype="boolean")
    return answer.mask(~(sure_yes | (known & ~over[1])))


def _thresholds(thresholds: Mapping[str, float] | float) -> dict[str, float]:
    if isinstance(thresholds, Mapping):
        strangers = sorted(set(thresholds) - set(INDICATORS))
        if strangers:
            raise PolicyError(sentence("run", "no_indicator", name=strangers[0], known=", ".join(INDICATORS)))
        percent = {name: float(thresholds.get(name, DEFAULT_THRESHOLD)) for name in INDICATORS}
    else:
        percent = dict.fromkeys(INDICATORS, float(thresholds))
    for name, value in percent.items():
        if not 0 <= value <= 100:
            raise PolicyError(sentence("run", "no_percentage", name=name, value=str(value)))
    return percent


def _codes(tree: str, indicators: pd.DataFrame) -> NDArray[np.int64]:
    """One number per plot for its combination of no (0), yes (1) and unknown (2)."""
    code = np.zeros(len(indicators), dtype=np.int64)
    for name in USED[tree]:
        if name not in indicators.columns:
            raise PolicyError(f"risk_{tree} needs column {name}; make it with whisp.indicators()")
        column = indicators[name]
        if not pd.api.types.is_bool_dtype(column.dtype):
            raise PolicyError(f"column {name} is {column.dtype}; indicators are boolean (missing: unknown)")
        digit = column.astype("boolean").astype("Int8").fillna(_UNKNOWN_CODE).to_numpy(dtype=np.int64)
        code = code * 3 + digit
    return code


@cache
def _levels(tree: str) -> NDArray[np.int8]:
    rows = TREES[tree]
    return _each(tree, lambda number: ANSWERS.index(rows[number - 1][1]), UNDETERMINED).astype(np.int8)


@cache
def _paths(tree: str) -> NDArray[np.int64]:
    return _each(tree, lambda number: number, 0)


def _each(tree: str, value_of: Callable[[int], int], otherwise: int) -> Ints:
    """For every combination of no, yes and unknown: the value all its completions share, else `otherwise`."""
    names = USED[tree]
    known = [
        value_of(_row(tree, dict(zip(names, choice, strict=True))))
        for choice in product((False, True), repeat=len(names))
    ]
    found = np.array(known, dtype=np.int64).reshape((2,) * len(names))
    for axis in range(len(names)):
        no, yes = found.take([0], axis), found.take([1], axis)
        found = np.concatenate([no, yes, np.where(no == yes, no, otherwise)], axis)
    return found.ravel()


def _row(tree: str, indicators: Mapping[str, bool]) -> int:
    """First row of a tree, from 1, whose conditions hold."""
    for number, (conditions, _) in enumerate(TREES[tree], start=1):
        if all(any(indicators[part] for part in key.split("|")) == wanted for key, wanted in conditions.items()):
            return number
    raise AssertionError(f"tree {tree} has no row without conditions")
