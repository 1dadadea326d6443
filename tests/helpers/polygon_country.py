"""A polygon map of a country on disk: forest that stands, and a cloud over ground lost in 2022."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import yaml

from eudr_check import layers
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.layers.definition import LayerDefinition, read
from tests.helpers.rasters import TILE

FOREST = shapely.box(0.01, 0.01, 0.03, 0.05)
CLOUD = shapely.box(0.03, 0.01, 0.05, 0.05)
MAP = {
    "id": "bosque@1",
    "name": "bosque",
    "title": "Bosque del país",
    "provider": "Nobody",
    "licence": "none",
    "citation": "none",
    "lineage": "drawn",
    "crs": "EPSG:4326",
    "resolution": "1:100 000",
    "date": "2020-12-31",
    "polygons": {},
    "assets": {
        "clase": {"field": "CLASE", "legend": "0..2", "classes": {0: "No bosque", 1: "Bosque", 2: "Nube"}},
        "anio": {"field": "ANIO", "legend": "0, 2001..2025", "dtype": "int16"},
    },
    "variables": {
        "forest": {
            "kind": "state",
            "role": "forest_2020",
            "method": "m",
            "sensor": "s",
            "covers_from": "2020-12-31",
            "covers_through": "2020-12-31",
            "when": {"clase": 1},
            "unknown": [{"clase": 2}],
        },
        "loss_year": {
            "kind": "event",
            "role": "event",
            "method": "m",
            "sensor": "s",
            "covers_from": "2001-01-01",
            "covers_through": "2025-12-31",
            "year": {"asset": "anio", "values": "2001..2025", "add": 0},
        },
    },
}


class Country:
    """One polygon map on disk: definition, file, catalogue and store below a folder."""

    def __init__(self, folder: Path, **keys: object) -> None:
        self.folder, self.file = folder, folder / "bosque.gpkg"
        self.yaml = folder / "bosque.yaml"
        self.yaml.write_text(yaml.safe_dump({**MAP, **keys}, allow_unicode=True), encoding="utf-8")
        self.choice = LayerChoice.model_validate({"definition": str(self.yaml), "from": "local"})
        self.boxes = np.array([TILE.bounds])

    @property
    def definition(self) -> LayerDefinition:
        return read(self.yaml)

    def add(self) -> dict:
        (item,) = layers.catalogue.add(self.folder / "catalogue", [self.file], self.definition)
        return {key: asset.extra_fields["eudr_check:hectares"] for key, asset in item.assets.items()}

    def sources(self) -> pd.DataFrame:
        catalogues = {"local": Catalogue(folder=self.folder / "catalogue")}
        found = layers.prefetch({TILE: self.boxes}, [self.choice], catalogues, self.folder / "store")
        return found[found["status"] != "missing"]

    def zones(self, sources: pd.DataFrame | None = None) -> gpd.GeoDataFrame:
        rows = self.sources() if sources is None else sources
        (zone,) = layers.zones(self.boxes, [self.definition], rows, self.folder / "store")
        return zone


def drawn(shapes=(FOREST, CLOUD), classes=("Bosque", "Nube"), years=(0, 2022), crs="EPSG:4326") -> gpd.GeoDataFrame:
    table = {"CLASE": list(classes), "ANIO": list(years), "NOTE": "x"}
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326").to_crs(crs)
