"""SPLITS of a harvest: how plots of several uses could be divided, drawn from the cells their evidence was made of.

Nothing depends on it: no outcome, no statement. Plots of one use cost nothing; the layers of the others are read again,
and what was drawn is kept tile by tile: a nation of which one plot changed reads one tile.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from eudr_check import layers, overlay, parquet, risk, tables
from eudr_check.law.regulation import FOREST_HA
from eudr_check.layers import LayerDefinition, Supply
from eudr_check.overlay import Cells
from eudr_check.risk.convergence import uses as ground_uses
from eudr_check.risk.policy import Convergence
from eudr_check.run import watched
from eudr_check.run.artifacts import Artifacts, save_table, write_table
from eudr_check.run.graph import Result, on_cores
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.stages.overlay import rows_by_tile
from eudr_check.run.thumbnails import inside
from eudr_check.steps import Made
from eudr_check.tiles import tiles_of
from eudr_check.typing import Positions
from eudr_check.use_tables import GROUND_USES, SPLIT_PARTS
from eudr_check.variables import Variable

PART = "splits_tile"
"""The splits of the plots that begin in one tile, kept from run to run."""
MOVING = ("forest", "other")
"""Parts whose slivers may go to a neighbour: nothing cleared, disputed or unread ever becomes something else."""
TOLERANCE = 1e-6
"""Share of a plot, on one smaller than a hectare hectares, by which what is drawn may differ from USES."""


def splits(run: Run) -> Result:
    """SPLITS, without a row where no plot holds several uses."""
    return Result(
        "splits", "splits", lambda made: _key(run, made), lambda made, folder: _write(run, made, folder), NEEDS
    )


NEEDS = ("plots", "layers", "overlay", "assess")


def _key(run: Run, made: Made) -> str:
    # Evidence is named by the rasters it was made of; where they lie, which names `layers`, changes nothing.
    return run.name_of("splits", {name: made[name].digest for name in ("plots", "overlay", "assess")})


@dataclass(frozen=True)
class _Source:
    """What the ground of a harvest is read from."""

    definitions: Sequence[LayerDefinition]
    read: pd.DataFrame
    """SOURCES."""
    supply: Supply
    variables: Sequence[Variable]
    policy: Convergence

    @cached_property
    def by_tile(self) -> dict[str, list[tuple[object, ...]]]:
        """Rows of SOURCES by tile."""
        return rows_by_tile(self.read)


@dataclass(frozen=True)
class _Group:
    """Plots that begin in one tile; their splits are an artifact."""

    shapes: gpd.GeoSeries
    uses: pd.DataFrame
    """Their rows of USES."""
    digest: str


def _write(run: Run, made: Made, folder: Path) -> None:
    policy, assess = risk.policy(run.harvest.policy), made["assess"]
    table = tables.typed(tables.SPLITS, {"plot": []})
    if isinstance(policy, Convergence) and assess.has("USES"):
        plots, uses = made["plots"].features("PLOTS"), assess.table("USES")
        shapes = plots.geometry.reindex(ground_uses.mixed(plots, uses, assess.table("ASSESSMENTS")))
        known, read = definitions(run), made["overlay"].table("SOURCES")
        source = _Source(known, read, supply_of(run, made["layers"]), watched.variables(known, read), policy)
        groups = [_named(run, source, shapes.iloc[members], uses) for members in _by_tile(shapes)]
        table = _joined(run.folder.artifacts, source, groups)
        table = table.iloc[np.argsort(shapes.index.get_indexer(table.index), kind="stable")]
    write_table(folder, "SPLITS", gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326"))


def _named(run: Run, source: _Source, shapes: gpd.GeoSeries, uses: pd.DataFrame) -> _Group:
    """Some plots with the name of their splits: a digest of all that `proposals` and `_cells` see of them."""
    tiles = tiles_of(shapely.bounds(shapes.to_numpy()).reshape(-1, 4))
    mine = uses.loc[shapes.index]
    made_of = {
        "plots": shapes.index.tolist(),
        "outlines": hashlib.sha256(b"".join(shapely.to_wkb(shapes.to_numpy()))).hexdigest(),
        "uses": {name: mine[name].tolist() for name in mine.columns},
        "sources": {tile.name: source.by_tile.get(tile.name, []) for tile in tiles},
        "layers": [item.model_dump(mode="json") for item in source.definitions],
        "variables": [str(one) for one in source.variables],
        "policy": source.policy.model_dump(mode="json"),
    }
    return _Group(shapes, mine, run.name_of("splits", made_of))


def _joined(artifacts: Artifacts, source: _Source, groups: Sequence[_Group]) -> pd.DataFrame:
    """SPLITS of some groups, one after another; those of a group are drawn where they are not there yet."""

    def drawn() -> Iterator[tuple[_Group, list[list[Cells]]]]:
        # A raster is open once, and is no place for two threads: tiles are read one after the other, and cut meanwhile.
        for group in groups:
            if artifacts.find(PART, group.digest) is None:
                yield group, _cells(source, group.shapes)

    def keep(group: _Group, ground: list[list[Cells]]) -> None:
        found = proposals(group.shapes, ground, group.uses)
        with artifacts.making(PART, group.digest) as folder:
            save_table(folder, "SPLITS", parquet.arrow("SPLITS", gpd.GeoDataFrame(found, geometry="geometry")))

    for _ in on_cores(lambda one: keep(*one), drawn()):
        pass
    none = parquet.arrow("SPLITS", gpd.GeoDataFrame(tables.typed(tables.SPLITS, {"plot": []}), geometry="geometry"))
    found = pa.concat_tables([none, *(artifacts.made(PART, group.digest).arrow("SPLITS") for group in groups)])
    frame: pd.DataFrame = found.to_pandas()
    return frame.assign(geometry=shapely.from_wkb(frame["geometry"].to_numpy()))


def _by_tile(shapes: gpd.GeoSeries) -> list[Positions]:
    """Places of the plots that begin in each tile."""
    first = np.full(len(shapes), -1)
    bounds = shapely.bounds(shapes.to_numpy()).reshape(-1, 4)
    for number, members in enumerate(reversed(tiles_of(bounds).values())):
        first[members] = number
    return [np.flatnonzero(first == number) for number in np.unique(first)]


def proposals(shapes: gpd.GeoSeries, ground: Sequence[Sequence[Cells]], uses: pd.DataFrame) -> pd.DataFrame:
    """SPLITS of some plots; no row where parts are too scattered, or are not the hectares of the evidence.

    Args:
        shapes: outlines (n,) by key of the plot, EPSG:4326.
        ground: for each plot what the ground around it is.
        uses: their rows of USES (n,).
    """
    number = {name: place for place, name in enumerate(GROUND_USES, start=1)}
    part_of = {number[name]: number[part] for part, held in ground_uses.PART_HOLDS.items() for name in held}
    found = overlay.split(
        shapes.to_numpy(), ground, part_of, [number[name] for name in MOVING], unread=number["unknown"]
    )
    drawn = np.zeros((len(shapes), found.holds_ha.shape[1]))
    np.add.at(drawn, found.plot, found.holds_ha)
    measured = uses[[f"{name}_ha" for name in GROUND_USES]].to_numpy(dtype=np.float64)
    allowed = TOLERANCE * np.maximum(drawn.sum(axis=1), 1.0)
    same = (np.abs(drawn[:, 1:] - measured) <= allowed[:, None]).all(axis=1)
    area = found.holds_ha.sum(axis=1)
    walkable = (area > FOREST_HA) & (found.kind != number["unknown"])
    split = same & (np.bincount(found.plot, weights=walkable, minlength=len(shapes)) >= 2)
    rank = np.array([0, *(SPLIT_PARTS.index(name) if name in SPLIT_PARTS else 0 for name in GROUND_USES)])
    chosen = np.flatnonzero(split[found.plot])
    chosen = chosen[np.lexsort((rank[found.kind[chosen]], found.plot[chosen]))]
    plot = found.plot[chosen]
    begins = np.flatnonzero(np.diff(plot, prepend=-1))
    columns = {
        "plot": shapes.index[plot],
        "part": [GROUND_USES[kind - 1] for kind in found.kind[chosen].tolist()],
        "number": 1 + np.arange(len(plot)) - np.repeat(begins, np.diff(begins, append=len(plot))),
        "area_ha": area[chosen],
        **{f"{name}_ha": found.holds_ha[chosen, place] for name, place in number.items()},
        "geometry": found.geometry(chosen),
    }
    return tables.typed(tables.SPLITS, columns)


def _cells(source: _Source, shapes: gpd.GeoSeries) -> list[list[Cells]]:
    """For each plot the ground around it by cells, of every tile it lies in."""
    columns = ground_uses.columns(source.variables, source.policy)
    boxes = shapely.bounds(shapes.to_numpy()).reshape(-1, 4)
    found = defaultdict[int, list[Cells]](list)
    for tile, members in tiles_of(boxes).items():
        window, mine = inside(tile, boxes[members]), source.read[source.read["tile"] == tile.name]
        source.supply.bring(window, source.definitions, mine)
        cube = layers.drawn(tile, window, source.definitions, mine, source.supply.store)
        kind = np.zeros((cube.sizes["y"], cube.sizes["x"]), dtype=np.int16)
        cells = Cells(kind, cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy())
        # Of the cells of a tile a few in a hundred lie around these plots.
        near = np.zeros(kind.shape, dtype=bool)
        for at in members.tolist():
            near[cells.window(boxes[at])] = True
        values = {column: cube[column].to_numpy()[near] for column in columns}
        kind[near] = ground_uses.ground(values, source.variables, source.policy)
        for at in members.tolist():
            found[at].append(cells.around(boxes[at]))
    return [found[at] for at in range(len(shapes))]
