"""`splits.geojson`: how plots of several uses could be divided. A proposal for people; no statement reads it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check.package.formats.geojson_text import pieces
from eudr_check.text import number, say
from eudr_check.use_tables import GROUND_USES

NAME = "splits.geojson"
CODE = "mixed_plot"
"""Of its action in the plan."""
DECIMALS = 8
"""Of hectares: a square decimetre in ten, so that parts still add up to their plot."""
AT_A_TIME = 1 << 13
"""Parts that are text at a time: those of a nation take half a gigabyte."""
LEAST_HA, NOTHING_HA = 0.005, 1e-8
"""Hectares that two decimals show, and those that are rounding."""


@dataclass(frozen=True)
class Part:
    """One part of a split."""

    number: int
    kind: str
    area_ha: float
    holds_ha: Mapping[str, float]
    """By kind of ground."""
    geometry: shapely.Geometry


def content(splits: gpd.GeoDataFrame, plots: pd.DataFrame, language: str) -> Iterator[str]:
    """The parts of every split, a Feature each, as text in pieces.

    Args:
        splits: SPLITS. plots: PLOTS.
        language: of `contains` and `note`.

    Returns:
        GeoJSON in WGS84; coordinates as they are cut, hectares that add up.
    """
    begins = range(0, len(splits), AT_A_TIME)
    return pieces(
        line for begin in begins for line in _features(splits.iloc[begin : begin + AT_A_TIME], plots, language)
    )


def _features(splits: gpd.GeoDataFrame, plots: pd.DataFrame, language: str) -> Iterator[str]:
    known = plots[["cooperative", "plot_id"]].reindex(splits.index).to_dict("records")
    shapes = shapely.to_geojson(shapely.orient_polygons(shapely.force_2d(splits.geometry.to_numpy())))
    note = say("uses", "mixed", language)
    for (plot, part), of, shape in zip(_parts(splits), known, shapes.tolist(), strict=True):
        properties = {
            "plot": plot,
            **{str(key): value for key, value in of.items()},
            "number": part.number,
            "part": part.kind,
            "contains": in_words(part.holds_ha, language),
            "area_ha": round(part.area_ha, DECIMALS),
            **{f"{name}_ha": round(ha, DECIMALS) for name, ha in part.holds_ha.items()},
            "status": "proposal",
            "note": note,
        }
        said = json.dumps(properties, ensure_ascii=False)
        yield f'{{"type": "Feature", "geometry": {shape}, "properties": {said}}}'


def in_words(holds_ha: Mapping[str, float], language: str) -> str:
    """What some ground is, with the hectares measured, in one line; the least of it is not left out.

    Args:
        holds_ha: hectares by kind of ground.
        language: of the line.
    """
    least = f"< {number(0.01, language)}"
    return "; ".join(
        f"{_word(name, language)} {number(ha, language, 2) if ha >= LEAST_HA else least} ha"
        for name, ha in holds_ha.items()
        if ha > NOTHING_HA
    )


@cache
def _word(name: str, language: str) -> str:
    return say("uses", name, language)


def together(parts: Sequence[Part]) -> dict[str, float]:
    """Hectares by kind of ground of the parts of one plot."""
    return {name: sum(part.holds_ha[name] for part in parts) for name in GROUND_USES}


def by_plot(splits: gpd.GeoDataFrame | None) -> dict[str, list[Part]]:
    """The parts of each plot, in their order; plots by key."""
    found = defaultdict[str, list[Part]](list)
    if splits is not None:
        for plot, part in _parts(splits):
            found[plot].append(part)
    return dict(sorted(found.items()))


def _parts(splits: gpd.GeoDataFrame) -> Iterator[tuple[str, Part]]:
    """The plot of every row of SPLITS and the row itself; asked of tables plot by plot, a nation's take minutes."""
    holds = splits[[f"{name}_ha" for name in GROUND_USES]].to_numpy(dtype=np.float64).tolist()
    columns = (splits[name].tolist() for name in ("number", "part", "area_ha"))
    rows = zip(splits.index.tolist(), *columns, holds, splits.geometry.to_numpy(), strict=True)
    for plot, place, kind, area, held, shape in rows:
        yield str(plot), Part(place, kind, area, dict(zip(GROUND_USES, held, strict=True)), shape)
