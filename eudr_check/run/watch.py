"""Watch: what alerts show on all land of a register's filed plots, and what of it is new since the last look.

State and report lie in a folder beside the register. What was seen once stays seen: alerts that their producer takes
back are no news, and come no second time. Ground that could not be read is unknown: every look says so, and what
was seen there before is kept for the next.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import register, tables
from eudr_check.config import Catalogue, Harvest, LayerChoice, PackageChoice, PlotFile, RunChoice
from eudr_check.errors import RegisterError
from eudr_check.geodesy import eu_area_ha, plot_area_ha
from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.layers import packs
from eudr_check.run import watched
from eudr_check.run.artifacts import Artifact, digest, save_table
from eudr_check.run.executors import Workers
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import Graph
from eudr_check.run.profile import Measurements
from eudr_check.run.stages import steps_on
from eudr_check.run.stages.job import Run, definitions
from eudr_check.steps import Step
from eudr_check.text import Sentence, sentence
from eudr_check.tiles import tiles_of

SEEN = "seen.json"
OWN_GROUND = ("polygon", "disc")
LEAST_HA = 5e-5
"""Hectares are kept with four decimals."""
Hectares = dict[str, float]
"""`COLUMN YEAR` to hectares."""


class Change(TypedDict):
    """Alerts on a plot that were not there at the last look."""

    plot: str
    statements: str
    layer: str
    year: int
    new_ha: float
    now_ha: float


class Seen(TypedDict):
    """What was ever seen on a plot."""

    ground: str
    """SHA-256 of its boundary."""
    ha: Hectares


class Unknown(TypedDict):
    """A layer that could not be read on some plots."""

    layer: str
    plots: list[str]
    reason: str


@dataclass(frozen=True)
class Watched:
    """What a look at a register shows."""

    register: Path
    folder: Path
    plots: int
    first: bool
    """Whether nobody looked before: then every alert there is is new."""
    changes: list[Change]
    unknown: list[Unknown]
    seen_until: dict[str, str]
    """Layer to the last day it has seen."""
    seen: dict[str, Seen]
    """What the next look compares with."""

    @property
    def exit(self) -> Exit:
        """Changes before gaps: whoever comes to see finds both."""
        return Exit.OPEN_QUESTIONS if self.changes else Exit.INCOMPLETE if self.unknown else Exit.DONE


def watch(path: Path, *, catalogue: Path | None = None) -> Watched:
    """Look at all filed land once.

    Args:
        path: the register.
        catalogue: STAC folder to read alerts from; None: the published tiles.

    Raises:
        EudrCheckError: the register or what was seen before cannot be read, or a definition cannot be right.
    """
    land = register.filed_land(path)
    folder = RunFolder(path.parent / f"{path.stem}-watch")
    harvest = _harvest(path, folder.path, catalogue)
    with folder.locked(), Workers(harvest.run) as workers, Graph(folder.artifacts) as graph:
        before = _before(folder.path / SEEN)
        job = Run(harvest, folder, False, lambda stage, done, of: None, Measurements(), workers, graph)
        made = graph.run(steps_on(job, Step("plots", lambda _: _plots(land, folder))))
        evidence, sources = made["overlay"].table("EVIDENCE"), made["overlay"].table("SOURCES")
        now = _hectares(evidence, [one.column for layer in definitions(job) for one in layer.variables])
        known = {plot: {} if before is None else _of(before, plot, shape) for plot, shape in _shapes(land).items()}
        read = set(_read(sources)["layer"])
        looked = [one for one in watched.variables(definitions(job), sources) if one.layer in read]
        until = {one.layer: one.covers_through.isoformat() for one in looked}
    seen = {
        plot: Seen(ground=_ground(shape), ha=_most(known[plot], now.get(plot, {})))
        for plot, shape in _shapes(land).items()
    }
    changes, unknown = _changes(land, known, now), _unknown(land, sources, _unseen(land, sources))
    return Watched(path, folder.path, len(land), before is None, changes, unknown, until, seen)


def remember(found: Watched) -> None:
    """Keep what was seen for the next look, once the news is out: a look that ends before tells it again."""
    content = {"plots": found.seen, "sha256": _sha256(found.seen)}
    path = found.folder / SEEN
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, sort_keys=True, indent=1), encoding="utf-8")
    temporary.replace(path)


def alert_layers() -> tuple[str, ...]:
    """Shipped alerts of this year that need no account."""
    named = [one for country in (None, *packs.countries()) for one in packs.pack(country).layers]
    return tuple(sorted({one.layer for one in named if one.why.startswith("alerts")}))


def _harvest(path: Path, folder: Path, catalogue: Path | None) -> Harvest:
    place = Catalogue(tiles="published") if catalogue is None else Catalogue(folder=catalogue)
    there = [one for one in alert_layers() if catalogue is None or (catalogue / one.replace("@", "-")).is_dir()]
    if not there:
        raise RegisterError(sentence("watch", "no_alerts", folder=str(catalogue), known=", ".join(alert_layers())))
    return Harvest(
        harvest="watch",
        commodity="coffee",  # not looked at: no rule is applied
        plots=(PlotFile(path=path, cooperative="register"),),
        catalogues={"alerts": place},
        layers=tuple(LayerChoice(id=one, source="alerts") for one in there),
        package=PackageChoice(outputs=()),
        run=RunChoice(folder=folder),
    ).for_screening()


def _shapes(land: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    return dict(zip(map(str, land.index), land.geometry.to_numpy(), strict=True))


def _plots(land: gpd.GeoDataFrame, folder: RunFolder) -> Artifact:
    """Filed land as an artifact of plots, none of which is checked again: it was declared."""
    table = _as_plots(land)

    def make(made: Path) -> None:
        save_table(made, "PLOTS", tables.check(tables.PLOTS, table))
        save_table(made, "FINDINGS", tables.typed(tables.FINDINGS, []))

    named = {plot: _ground(shape) for plot, shape in _shapes(land).items()}
    return folder.artifacts.obtain("plots", digest({"filed": named}), make)


def _as_plots(land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = land.geometry.to_numpy()
    point = shapely.get_dimensions(shapes) == 0
    frame = pd.DataFrame(index=land.index)
    filled = tables.typed(
        tables.PLOTS,
        frame.assign(
            plot_id=land["plot_id"],
            cooperative=land["cooperative"],
            geometry=shapes,
            source_file="register",
            source_row=np.arange(1, len(land) + 1),
            commodity="coffee",
            geometry_kind=np.where(point, "point", "polygon"),
            area_ha=plot_area_ha(shapes),
            eu_area_ha=eu_area_ha(shapes),
            usable=True,
        ).reset_index(),
    )
    return gpd.GeoDataFrame(filled, geometry="geometry", crs="EPSG:4326")


def _hectares(evidence: pd.DataFrame, columns: list[str]) -> dict[str, Hectares]:
    """Hectares of alerts after the cut-off by plot, column and year."""
    own = evidence[evidence["footprint"].isin(OWN_GROUND)]
    found: dict[str, Hectares] = {}
    for column in columns:
        hits = own[own[column] > CUTOFF_YEAR].reset_index()
        summed = hits.groupby(["plot", column], as_index=False)["area_ha"].sum()
        for plot, year, hectares in zip(summed["plot"], summed[column], summed["area_ha"], strict=True):
            found.setdefault(str(plot), {})[f"{column} {year}"] = round(float(hectares), 4)
    return found


def _changes(land: gpd.GeoDataFrame, known: Mapping[str, Hectares], now: Mapping[str, Hectares]) -> list[Change]:
    found = []
    for plot in sorted(now):
        for key in sorted(now[plot]):
            column, _, year = key.partition(" ")
            hectares, before = now[plot][key], known[plot].get(key, 0.0)
            if hectares - before > LEAST_HA:
                found.append(
                    Change(
                        plot=plot,
                        statements=str(land.loc[plot, "statements"]),
                        layer=column,
                        year=int(year),
                        new_ha=round(hectares - before, 4),
                        now_ha=hectares,
                    )
                )
    return found


def _read(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of layers all of whose rasters in a tile were read."""
    failed = (sources["status"] == "failed").groupby([sources["tile"], sources["layer"]]).transform("any")
    return sources[(sources["status"] == "read") & ~failed.astype(bool)]


def _unseen(land: gpd.GeoDataFrame, sources: pd.DataFrame) -> list[str]:
    """Plots that lie whole in no alert layer that was read: beside its tiles, or beside what its rasters cover."""
    shapes, seen = land.geometry.to_numpy(), np.zeros(len(land), dtype=bool)
    for _, rows in _read(sources).groupby("layer"):
        edges = [list(map(float, text.split())) for text in rows["bbox"].unique()]
        # A box of six numbers has heights between.
        boxes = [shapely.box(one[0], one[1], one[len(one) // 2], one[len(one) // 2 + 1]) for one in edges]
        seen |= shapely.covers(shapely.union_all(boxes), shapes)
    return [str(plot) for plot in land.index[~seen]]


def _unknown(land: gpd.GeoDataFrame, sources: pd.DataFrame, unseen: list[str]) -> list[Unknown]:
    """Plots in tiles of which a layer could not be read, and those that none looks at."""
    boxes = shapely.bounds(land.geometry.to_numpy())
    reached = {plot: {tile.name for tile in tiles_of(box[None])} for plot, box in zip(land.index, boxes, strict=True)}
    found = []
    for (layer, reason), rows in sources[sources["status"] == "failed"].groupby(["layer", "reason"], dropna=False):
        tiles = set(rows["tile"])
        plots = [str(plot) for plot, mine in reached.items() if mine & tiles]
        found.append(Unknown(layer=str(layer), plots=plots, reason=str(reason)))
    stated = {plot for one in found for plot in one["plots"]}
    unseen = [plot for plot in unseen if plot not in stated]
    if unseen:
        found.append(Unknown(layer="", plots=unseen, reason=str(sentence("watch", "unseen"))))
    return found


def _most(before: Hectares, now: Hectares) -> Hectares:
    return {key: max(before.get(key, 0.0), now.get(key, 0.0)) for key in {*before, *now}}


def _ground(shape: shapely.Geometry) -> str:
    return hashlib.sha256(shapely.to_wkb(shape)).hexdigest()


def _of(before: Mapping[str, Seen], plot: str, shape: shapely.Geometry) -> Hectares:
    """What was seen on a plot; nothing where its boundary was another one."""
    mine = before.get(plot)
    return mine["ha"] if mine is not None and mine["ground"] == _ground(shape) else {}


def _before(path: Path) -> dict[str, Seen] | None:
    """What the last look saw; None where nobody looked.

    Raises:
        RegisterError: the file is there and is not what was written.
    """
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["sha256"] != _sha256(kept["plots"]):
            raise ValueError("sha256")
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong: Sentence = sentence("watch", "state_broken", file=str(path))
        raise RegisterError(wrong) from error
    plots: dict[str, Seen] = kept["plots"]
    return plots


def _sha256(plots: object) -> str:
    return hashlib.sha256(json.dumps(plots, sort_keys=True).encode()).hexdigest()
