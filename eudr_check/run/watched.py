"""What the columns of a harvest's layers mean, with the day up to which each layer has really seen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from eudr_check.layers.definition import LayerDefinition
from eudr_check.variables import Variable


def variables(definitions: Sequence[LayerDefinition], sources: pd.DataFrame) -> tuple[Variable, ...]:
    """All variables of some layers, in the order of the harvest.

    Args:
        definitions: the layers.
        sources: SOURCES. Of layers whose files are replaced in place, its dates say how far they had seen when they
            were read; of several Items the one that had seen least counts.
    """
    until = {layer.id: _seen_until(sources[sources["layer"] == layer.id]) for layer in definitions if layer.grows}
    return tuple(_until(one, until.get(layer.id)) for layer in definitions for one in layer.variables)


def _seen_until(rows: pd.DataFrame) -> dt.date | None:
    ends = rows.loc[rows["status"] == "read", "datetime"].dropna().str.split("/").str[-1]
    return None if ends.empty else dt.date.fromisoformat(min(ends))


def _until(variable: Variable, seen: dt.date | None) -> Variable:
    if seen is None or variable.kind != "event" or seen < variable.covers_from:
        return variable
    return replace(variable, covers_through=seen)
