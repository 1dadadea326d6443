"""The splits of the plots that begin in one tile, from local files to a finished artifact, on any machine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import layers, object_store, overlay, parquet, tables
from eudr_check.law.regulation import FOREST_HA
from eudr_check.layers import Origin, Supply
from eudr_check.overlay import Cells
from eudr_check.risk.convergence import uses as ground_uses
from eudr_check.risk.policy import Convergence
from eudr_check.run.artifacts import save_table
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import in_flight
from eudr_check.run.thumbnails import inside
from eudr_check.run.tile import RunContext, Worked, ground_of, require_same_versions
from eudr_check.tiles import Tile, tiles_of
from eudr_check.use_tables import GROUND_USES, SPLIT_PARTS
from eudr_check.variables import Variable

PART = "splits_tile"
"""The splits of the plots that begin in one tile, kept from run to run."""
MOVING = ("forest", "other")
"""Parts whose slivers may go to a neighbour: nothing cleared, disputed or unread ever becomes something else."""
TOLERANCE = 1e-6
"""Share of a plot, on one smaller than a hectare hectares, by which what is drawn may differ from USES."""
_READING = Lock()
"""A raster is open once in a process, and is no place for two threads."""


@dataclass(frozen=True)
class Shared(RunContext):
    """What splits of all tiles are drawn with."""

    variables: tuple[Variable, ...]
    policy: Convergence


@dataclass(frozen=True)
class Task:
    """Plots that begin in one tile."""

    tile: Tile
    row_group: int
    """Where the ground artifact has their outlines."""
    digest: str
    uses: pd.DataFrame
    """Their rows of USES, in the order of the splits."""
    sources: pd.DataFrame
    """The SOURCES rows of all tiles they lie in."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where assets can be fetched, by href."""


def draw(shared: Shared, task: Task) -> Worked:
    """SPLITS of some plots as a finished artifact.

    Raises:
        EudrCheckError: a layer that was read before cannot be read.
        RunError: this worker is of another version, or does not see the run folder.
    """
    require_same_versions("splits", shared.made_by)
    run = RunFolder(object_store.local(shared.folder))

    def make(folder: Path) -> None:
        plots, _ = ground_of(shared.folder, shared.ground, task.row_group)
        shapes = gpd.GeoSeries(plots.geometry.loc[task.uses.index])
        with _READING:
            ground = _cells(shared, task, shapes, run.store)
        found = proposals(shapes, ground, task.uses)
        save_table(folder, "SPLITS", parquet.arrow("SPLITS", gpd.GeoDataFrame(found, geometry="geometry")))

    return Worked(run.artifacts.obtain(PART, task.digest, make), {})


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


def _cells(shared: Shared, task: Task, shapes: gpd.GeoSeries, store: Path) -> list[list[Cells]]:
    """For each plot the ground around it by cells, of every tile it lies in."""
    columns = ground_uses.columns(shared.variables, shared.policy)
    supply = Supply(store, task.origins, shared.offline, in_flight)
    boxes = shapely.bounds(shapes.to_numpy()).reshape(-1, 4)
    found = defaultdict[int, list[Cells]](list)
    for tile, members in tiles_of(boxes).items():
        window, mine = inside(tile, boxes[members]), task.sources[task.sources["tile"] == tile.name]
        supply.bring(window, shared.definitions, mine)
        cube = layers.drawn(tile, window, shared.definitions, mine, store, columns)
        kind = np.zeros((cube.sizes["y"], cube.sizes["x"]), dtype=np.int16)
        cells = Cells(kind, cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy())
        around = cells.windows(boxes[members])
        # Of the cells of a tile a few in a hundred lie around these plots.
        near = np.zeros(kind.shape, dtype=bool)
        for rows, wide in around:
            near[rows, wide] = True
        at = np.flatnonzero(near)
        values = {column: cube[column].to_numpy().ravel()[at] for column in columns}
        kind.ravel()[at] = ground_uses.ground(values, shared.variables, shared.policy)
        for plot, part in zip(members.tolist(), around, strict=True):
            found[plot].append(cells.part(*part))
    return [found[at] for at in range(len(shapes))]
