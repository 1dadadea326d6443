"""SPLITS of a harvest: how plots of several uses could be divided, drawn from the cells their evidence was made of.

Nothing depends on it: no outcome, no statement. Plots of one use cost nothing; the layers of the others are read again,
and what was drawn is kept tile by tile: a nation of which one plot changed reads one tile. Workers that did the tiles
draw them side by side; without them this process does.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from eudr_check import parquet, risk, tables
from eudr_check.errors import EudrCheckError
from eudr_check.risk.convergence import uses as ground_uses
from eudr_check.risk.policy import Convergence
from eudr_check.run import tile_index, watched
from eudr_check.run.artifacts import Artifact, write_table
from eudr_check.run.graph import Result, on_cores
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.stages.overlay import rows_by_tile
from eudr_check.run.tile_splits import PART, Shared, Task, draw
from eudr_check.run.versions import made_by
from eudr_check.steps import Made
from eudr_check.tiles import Tile, tiles_of
from eudr_check.typing import Positions

NEEDS = ("plots", "ground", "layers", "overlay", "assess")


def splits(run: Run) -> Result:
    """SPLITS, without a row where no plot holds several uses."""
    return Result(
        "splits", "splits", lambda made: _key(run, made), lambda made, folder: _write(run, made, folder), NEEDS
    )


def _key(run: Run, made: Made) -> str:
    # Evidence is named by the rasters it was made of; where they lie, which names `layers`, changes nothing.
    return run.name_of("splits", {name: made[name].digest for name in ("plots", "overlay", "assess")})


def _write(run: Run, made: Made, folder: Path) -> None:
    policy, assess = risk.policy(run.harvest.policy), made["assess"]
    table = tables.typed(tables.SPLITS, {"plot": []})
    if isinstance(policy, Convergence) and assess.has("USES"):
        plots, uses = made["plots"].features("PLOTS"), assess.table("USES")
        shapes = plots.geometry.reindex(ground_uses.mixed(plots, uses, assess.table("ASSESSMENTS")))
        known, read = definitions(run), made["overlay"].table("SOURCES")
        shared = Shared(
            folder=run.folder.address,
            ground=made["ground"].digest,
            definitions=known,
            offline=run.offline,
            made_by=made_by("splits"),
            variables=watched.variables(known, read),
            policy=policy,
        )
        tasks = _tasks(run, shared, made, shapes, uses)
        _draw(run, shared, tasks, made["ground"])
        table = _joined([run.folder.artifacts.made(PART, task.digest) for task in tasks])
        table = table.iloc[np.argsort(shapes.index.get_indexer(table.index), kind="stable")]
    run.workers.leave(run.measured)
    write_table(folder, "SPLITS", gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326"))


def _tasks(run: Run, shared: Shared, made: Made, shapes: gpd.GeoSeries, uses: pd.DataFrame) -> list[Task]:
    """Plots by the tile they begin in, with the name of their splits: a digest of all that `draw` sees of them."""
    read = made["overlay"].table("SOURCES")
    origins, by_tile = supply_of(run, made["layers"]).origins, rows_by_tile(read)
    row_group = {entry.tile: entry.row_group for entry in tile_index.tiles(made["ground"])}
    common = {
        "layers": [item.model_dump(mode="json") for item in shared.definitions],
        "variables": [str(one) for one in shared.variables],
        "policy": shared.policy.model_dump(mode="json"),
    }
    tasks = []
    for first, members in _by_tile(shapes):
        held, outlines = uses.loc[shapes.index[members]], shapes.to_numpy()[members]
        tiles = [tile.name for tile in tiles_of(shapely.bounds(outlines).reshape(-1, 4))]
        made_of = {
            "plots": held.index.tolist(),
            "outlines": hashlib.sha256(b"".join(shapely.to_wkb(outlines))).hexdigest(),
            "uses": {name: held[name].tolist() for name in held.columns},
            "sources": {name: by_tile.get(name, []) for name in tiles},
        }
        rows = read[read["tile"].isin(tiles)]
        there = {href: origins[href] for href in rows["href"] if href in origins}
        name = run.name_of("splits", common | made_of)
        tasks.append(Task(first, row_group[first], name, held, rows, there))
    return tasks


def _draw(run: Run, shared: Shared, tasks: Sequence[Task], ground: Artifact) -> None:
    """Draw the splits that are not there yet."""
    missing = [task for task in tasks if run.folder.artifacts.find(PART, task.digest) is None]
    if not missing:
        return
    run.folder.artifacts.share(ground)
    drawn = run.workers.execute(draw, shared, missing, run.measured, here=on_cores)
    for done, (_, result) in enumerate(drawn, start=1):
        if isinstance(result, EudrCheckError):
            raise result
        run.progress("splits", done, len(missing))


def _joined(parts: Sequence[Artifact]) -> pd.DataFrame:
    """SPLITS of all tiles, one after another."""
    none = parquet.arrow("SPLITS", gpd.GeoDataFrame(tables.typed(tables.SPLITS, {"plot": []}), geometry="geometry"))
    frame: pd.DataFrame = pa.concat_tables([none, *(part.arrow("SPLITS") for part in parts)]).to_pandas()
    return frame.assign(geometry=shapely.from_wkb(frame["geometry"].to_numpy()))


def _by_tile(shapes: gpd.GeoSeries) -> list[tuple[Tile, Positions]]:
    """Tiles in which plots begin, in their order, with the places of these plots."""
    tiles = tiles_of(shapely.bounds(shapes.to_numpy()).reshape(-1, 4))
    first = np.full(len(shapes), -1)
    for number, members in enumerate(reversed(tiles.values())):
        first[members] = number
    last = list(reversed(tiles))
    return [(last[number], np.flatnonzero(first == number)) for number in np.unique(first)]
