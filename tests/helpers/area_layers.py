"""A plot in Peru, areas on it and beside it, and what vector layers that have them say of it."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import box

from eudr_check import tables
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.areas.definition import AreaDefinition
from eudr_check.layers.areas.look import Looked, look
from eudr_check.layers.fetch.block_store import Store
from tests.helpers.answers import Stage
from tests.helpers.risk_tables import plots

PLOT = box(-76.0, -6.0, -75.999, -5.999)
HALF = box(-76.0005, -6.1, -75.9995, -5.9)
"""Covers the western half of the plot."""
FAR = box(-75.9, -6.0, -75.8, -5.9)


def ground(*countries: str | None, shapes: list[Any] | None = None) -> gpd.GeoDataFrame:
    """Plots of one and a quarter hectares; the first lies half in `HALF`."""
    shapes = shapes or [PLOT, shapely.transform(PLOT, lambda xy: xy + np.array([0.25, 0.0]))][: len(countries)]
    named = {f"coop/{number + 1}": 1.2241 for number in range(len(shapes))}
    return plots(named, geometry=shapes, area_ha=plot_area_ha(shapes), producer_country=list(countries))


def of(**found: Any) -> AreaDefinition:
    """A vector layer of indigenous land in Peru."""
    common = {"id": "areas@test", "title": "Areas", "provider": "p", "licence": "l", "citation": "c"}
    return AreaDefinition.model_validate(common | {"topic": "indigenous", "countries": ["PE"], **found})


def served(here: Stage) -> AreaDefinition:
    """The layer as an ArcGIS server has it."""
    return of(service={"arcgis": f"{here.url}/MapServer", "layers": [3]})


def looked(plot_table: gpd.GeoDataFrame, layer: AreaDefinition, folder: Path, **how: Any) -> Looked:
    """AREAS and the outlines for maps."""
    return look(plot_table, {"land": layer}, Store(folder), **how)


def seen(plot_table: gpd.GeoDataFrame, layer: AreaDefinition, folder: Path, **how: Any) -> pd.DataFrame:
    """AREAS, which keep their contract."""
    return tables.check(tables.AREAS, looked(plot_table, layer, folder, **how).areas)


def moved(areas: dict[str, Any], by: Any) -> dict[str, Any]:
    """The answer with its corners elsewhere."""
    for one in areas["features"]:
        one["geometry"]["coordinates"] = [by(np.array(one["geometry"]["coordinates"][0])).tolist()]
    return areas
