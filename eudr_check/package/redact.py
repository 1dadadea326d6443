"""The twin of a package without names of persons."""

import json
import re
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest

HIDDEN = "[name withheld]"


def harvest(settings: Harvest) -> Harvest:
    """The settings with cooperatives as producers, whatever they were."""
    package = settings.package.model_copy(update={"producer_as": "cooperative"})
    return settings.model_copy(update={"package": package})


def plots(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """PLOTS with a number for every producer: neighbours of one producer can still be told as such.

    Names that differ only in case and spaces are one producer, as the assessment of neighbours has it.
    """
    numbers: dict[str, str] = {}
    hidden: dict[Any, str] = {}
    names = frame["producer_name"].dropna().sort_index()
    for plot, name in zip(names.index.tolist(), names.tolist(), strict=True):
        key = " ".join(name.split()).casefold()
        if key:
            hidden[plot] = numbers.setdefault(key, f"producer {len(numbers) + 1:05}")
    return frame.assign(producer_name=pd.Series(hidden, dtype="str").reindex(frame.index))


def findings(frame: pd.DataFrame, named: gpd.GeoDataFrame) -> pd.DataFrame:
    """FINDINGS in which no producer of `named` (PLOTS with names) is called by name."""
    by_first_word: dict[str, list[str]] = {}
    for name in sorted(named["producer_name"].dropna().unique(), key=len, reverse=True):
        for word in _words(name)[:1]:
            by_first_word.setdefault(word, []).append(name)

    def hidden(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        found = {name for word in _words(text) for name in by_first_word.get(word, ())}
        if not found:
            return text
        any_of = "|".join(re.escape(name) for name in sorted(found, key=len, reverse=True))
        return re.sub(rf"(?<!\w)({any_of})(?!\w)", HIDDEN, text)

    def hidden_values(details: str) -> str:
        # A producer may be called what a detail is called, or a number: only texts can name a person.
        values = {key: hidden(value) for key, value in json.loads(details).items()}
        return json.dumps(values, ensure_ascii=False)

    return frame.assign(
        message=frame["message"].map(hidden), fix=frame["fix"].map(hidden), details=frame["details"].map(hidden_values)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
