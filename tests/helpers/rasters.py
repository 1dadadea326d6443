"""Small rasters and one-line harvest settings for tests of layers."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import ArrayLike

from eudr_check import layers, risk
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.layers.definition import LayerDefinition, read
from eudr_check.tiles import Tile

TILE = Tile(0, 0)
"""0 to 0.1 degree east and north; test rasters lie at its north-west corner."""


def write_raster(
    path: Path, values: ArrayLike, *, cell: float = 0.01, west: float = 0.0, north: float = 0.1, **profile: Any
) -> Path:
    """A GeoTIFF, by default with 0.01-degree cells from the north-west corner of TILE."""
    array = np.atleast_2d(values)
    settings = {"dtype": "uint8", "crs": "EPSG:4326", "transform": Affine(cell, 0, west, 0, -cell, north), **profile}
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=array.shape[0], width=array.shape[1], **settings
    ) as raster:
        raster.write(array.astype(settings["dtype"]), 1)
    return path


def write_definition(path: Path, assets: str, variables: str, name: str = "toy", crs: str = "EPSG:4326") -> Path:
    """A definition file; `assets` and `variables` in YAML flow style."""
    path.write_text(
        f"""
id: {name}@1
name: {name}
title: Toy
provider: Nobody
licence: none
citation: none
lineage: drawn
crs: {crs}
resolution: coarse
date: 2020-12-31
assets: {assets}
variables: {variables}
""",
        encoding="utf-8",
    )
    return path


STATE = "kind: state, role: forest_2020, method: m, sensor: s, covers_from: 2020-12-31, covers_through: 2020-12-31"
EVENT = "kind: event, role: event, method: m, sensor: s, covers_from: 2001-01-01, covers_through: 2025-12-31"


class Toy:
    """One layer on disk: definition, catalogue and store below a folder."""

    def __init__(self, folder: Path, assets: str, variables: str, name: str = "toy", crs: str = "EPSG:4326") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.file = write_definition(folder / f"{name}.yaml", assets, variables, name, crs)
        self.choice = LayerChoice.model_validate({"definition": str(self.file), "from": "local"})
        self.catalogues = {"local": Catalogue(folder=folder / "catalogue")}
        self.store = folder / "store"

    @property
    def definition(self) -> LayerDefinition:
        """The definition as read."""
        return read(self.file)

    def add(self, *paths: Path, asset: str | None = None) -> None:
        """Register rasters."""
        layers.catalogue.add(self.folder / "catalogue", paths, self.definition, asset=asset)

    def sources(self, boxes: ArrayLike = TILE.bounds, tile: Tile = TILE) -> pd.DataFrame:
        """SOURCES of one tile."""
        return layers.prefetch({tile: np.atleast_2d(boxes)}, [self.choice], self.catalogues, self.store)

    def cube(self, boxes: ArrayLike = TILE.bounds, tile: Tile = TILE, sources: pd.DataFrame | None = None) -> Any:
        """The cube of one tile."""
        rows = self.sources(boxes, tile) if sources is None else sources
        return layers.cube(tile, boxes, [self.definition], rows, self.store)


def policy_on(folder: Path, baseline: str) -> str:
    """File name of a policy in a folder: convergence@1 with another forest map as its baseline."""
    text = files(risk).joinpath("policies", "convergence@1.yaml").read_text(encoding="utf-8")
    text = text.replace("name: convergence\n", "name: own_baseline\n").replace("jrc_gfc2020.forest", baseline)
    (folder / "own_baseline.yaml").write_text(text, encoding="utf-8")
    return "own_baseline.yaml"
