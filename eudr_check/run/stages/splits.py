"""SPLITS of a harvest: how plots of several uses could be divided, drawn from the cells their evidence was made of.

Nothing depends on it: no outcome, no statement. Plots of one use cost nothing; the layers of the others are read again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import layers, overlay, risk, tables
from eudr_check.law.regulation import FOREST_HA
from eudr_check.overlay import Cells
from eudr_check.risk.convergence import uses as ground_uses
from eudr_check.risk.policy import Convergence
from eudr_check.run import watched
from eudr_check.run.artifacts import Artifact, write_table
from eudr_check.run.graph import Result
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.thumbnails import inside
from eudr_check.steps import Made
from eudr_check.tiles import tiles_of
from eudr_check.use_tables import GROUND_USES, SPLIT_PARTS

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


def _write(run: Run, made: Made, folder: Path) -> None:
    policy, assess = risk.policy(run.harvest.policy), made["assess"]
    rows: list[dict[str, object]] = []
    if isinstance(policy, Convergence) and assess.has("USES"):
        plots, uses = made["plots"].features("PLOTS"), assess.table("USES")
        wanted = ground_uses.mixed(plots, uses, assess.table("ASSESSMENTS"))
        shapes = plots.geometry.reindex(wanted)
        around = _cells(run, made["layers"], made["overlay"], shapes, policy)
        rows = [row for plot in wanted for row in proposal(str(plot), shapes[plot], around[plot], uses.loc[plot])]
    table = tables.typed(tables.SPLITS, rows or {"plot": []})
    write_table(folder, "SPLITS", gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326"))


def proposal(
    plot: str, shape: shapely.Polygon | shapely.MultiPolygon, cells: Sequence[Cells], uses: pd.Series
) -> Iterator[dict[str, object]]:
    """Rows of SPLITS of one plot; none where its parts are too scattered, or are not the hectares of its evidence.

    Args:
        plot: its key. shape: its outline, EPSG:4326. cells: what the ground around it is. uses: its row of USES.
    """
    number = {name: place for place, name in enumerate(GROUND_USES, start=1)}
    part_of = {number[name]: number[part] for part, held in ground_uses.PART_HOLDS.items() for name in held}
    parts = overlay.split(shape, cells, part_of, [number[name] for name in MOVING], number["unknown"])
    drawn = {name: sum(one.holds_ha.get(kind, 0.0) for one in parts) for name, kind in number.items()}
    area = sum(drawn.values())
    if any(abs(drawn[name] - uses[f"{name}_ha"]) > TOLERANCE * max(area, 1.0) for name in GROUND_USES):
        return
    hectares = [sum(one.holds_ha.values()) for one in parts]
    known = [ha for one, ha in zip(parts, hectares, strict=True) if one.kind != number["unknown"]]
    if sum(ha > FOREST_HA for ha in known) < 2:
        return
    order = sorted(range(len(parts)), key=lambda at: SPLIT_PARTS.index(GROUND_USES[parts[at].kind - 1]))
    for place, at in enumerate(order, start=1):
        one = parts[at]
        held = {f"{name}_ha": one.holds_ha.get(kind, 0.0) for name, kind in number.items()}
        part = GROUND_USES[one.kind - 1]
        yield {"plot": plot, "part": part, "number": place, "area_ha": hectares[at], **held, "geometry": one.geometry}


def _cells(
    run: Run, sources: Artifact, evidence: Artifact, shapes: gpd.GeoSeries, policy: Convergence
) -> Mapping[str, list[Cells]]:
    """What the ground around some plots is, by cells of every tile they lie in."""
    known, read, supply = definitions(run), evidence.table("SOURCES"), supply_of(run, sources)
    variables = watched.variables(known, read)
    columns = ground_uses.columns(variables, policy)
    boxes = shapely.bounds(shapes.to_numpy()).reshape(-1, 4)
    found = defaultdict[str, list[Cells]](list)
    for tile, members in tiles_of(boxes).items():
        window, mine = inside(tile, boxes[members]), read[read["tile"] == tile.name]
        supply.bring(window, known, mine)
        cube = layers.drawn(tile, window, known, mine, supply.store)
        shape = cube.sizes["y"], cube.sizes["x"]
        values = {column: cube[column].to_numpy().ravel() for column in columns}
        kind = ground_uses.ground(values, variables, policy).reshape(shape)
        cells = Cells(kind, cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy())
        for at in np.asarray(members).tolist():
            found[str(shapes.index[at])].append(cells.around(boxes[at]))
    return found
