"""The twin of a package without names of persons."""

import json
import re
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest

HIDDEN = "[name withheld]"
WORD = re.compile(r"\w+")


def harvest(settings: Harvest) -> Harvest:
    """The settings with cooperatives as producers, whatever they were."""
    package = settings.package.model_copy(update={"producer_as": "cooperative"})
    return settings.model_copy(update={"package": package})


def plots(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """PLOTS with a number for every producer: neighbours of one producer can still be told as such.

    Names that differ only in case and spaces are one producer, as the assessment of neighbours has it.
    """
    numbers: dict[str, str] = {}
    named = frame["producer_name"].sort_index()
    place, names = pd.factorize(named.to_numpy(dtype=object))
    keys = [" ".join(name.split()).casefold() for name in names]
    hidden = [numbers.setdefault(key, f"producer {len(numbers) + 1:05}") if key else None for key in keys]
    told = pd.array([*hidden, None], dtype="str").take(place)
    return frame.assign(producer_name=pd.Series(told, named.index).reindex(frame.index))


def findings(frame: pd.DataFrame, named: gpd.GeoDataFrame) -> pd.DataFrame:
    """FINDINGS in which no producer of `named` (PLOTS with names) is called by name."""
    by_first_word: dict[str, list[str]] = {}
    for name in named["producer_name"].dropna().unique().tolist():
        word = WORD.search(name)
        if word:
            by_first_word.setdefault(word[0], []).append(name)

    def hidden(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        found = {name for word in WORD.findall(text) for name in by_first_word.get(word, ())}
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
