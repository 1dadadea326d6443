"""The twin of a package without names of persons."""

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
    """PLOTS with a number for every producer: neighbours of one producer can still be told as such."""
    names = frame["producer_name"]
    known = sorted(names.dropna().unique(), key=lambda name: str(frame.index[(names == name).argmax()]))
    return frame.assign(producer_name=names.map({name: f"producer {i:05}" for i, name in enumerate(known, start=1)}))


def findings(frame: pd.DataFrame, named: gpd.GeoDataFrame) -> pd.DataFrame:
    """FINDINGS in which no producer of `named` (PLOTS with names) is called by name.

    A message is searched for the producers of its own plot and of every plot it mentions.
    """
    of_plot = named["producer_name"].dropna().to_dict()

    def hidden(row: Any) -> dict[str, Any]:
        told = {key: getattr(row, key) for key in ("message", "details", "fix")}
        words = " ".join(text for text in told.values() if isinstance(text, str))
        names = {of_plot[key] for key in {row.plot, *_mentioned(words, of_plot)} if key in of_plot}
        for name in sorted(names, key=len, reverse=True):
            told = {key: text.replace(name, HIDDEN) if isinstance(text, str) else text for key, text in told.items()}
        return told

    if frame.empty:
        return frame
    return frame.assign(**pd.DataFrame([hidden(row) for row in frame.itertuples()], index=frame.index))


def _mentioned(words: str, of_plot: dict[Any, Any]) -> list[str]:
    candidates = {word.strip("'\",;:.()[]{}") for word in words.split()}
    return sorted(candidates & of_plot.keys())
