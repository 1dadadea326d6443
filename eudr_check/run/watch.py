"""Watch: what alerts show on all land of a register's filed plots, and what of it is new since the last look.

State and report lie in a folder beside the register (in the working folder for a database). A look is compared with
what was last known of every plot, layer and year, by hectares and by ground: alerts that come again after their
producer took them back are new, for they may be others, and so are those that came elsewhere on the plot meanwhile.
Ground that could not be read is unknown: every look says so, and what was known there before is kept for the next.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from eudr_check.layers import LayerDefinition, packs
from eudr_check.postgresql import Place
from eudr_check.run import watch_ground, watch_state, watched
from eudr_check.run.artifacts import Artifact, digest, save_table
from eudr_check.run.executors import Workers
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import Graph
from eudr_check.run.profile import Measurements
from eudr_check.run.stages import steps_on
from eudr_check.run.stages.job import Run, definitions
from eudr_check.run.watch_state import Hectares, Look, Seen, State
from eudr_check.steps import Step
from eudr_check.text import sentence
from eudr_check.tiles import tiles_of
from eudr_check.variables import UNKNOWN

OWN_GROUND = ("polygon", "disc")
LEAST_HA = 5e-5
"""Hectares are kept with four decimals."""
OBSERVED = "observed"
"""Variable of a layer whose rasters tell where they have no value."""


class Change(TypedDict):
    """Alerts on a plot that were not there at the last look."""

    plot: str
    statements: str
    layer: str
    year: int
    new_ha: float
    now_ha: float
    since: str | None
    """Latest day that the layer had seen when it was read on this plot; None where it never was, or says no day."""


class Unknown(TypedDict):
    """A layer that could not be read on some plots."""

    layer: str
    plots: list[str]
    reason: str


@dataclass(frozen=True)
class Watched:
    """What a look at a register shows."""

    register: Place
    folder: Path
    plots: int
    first: bool
    """Whether nobody looked before: then every alert there is is new."""
    changes: list[Change]
    unknown: list[Unknown]
    seen_until: dict[str, str]
    """Layer to the last day it has seen."""
    dated: frozenset[str]
    """Layers whose producer says until when they have seen; of others the day is the least that is known."""
    before: State
    """What the last look left."""
    seen: dict[str, Seen]
    """What the next look compares with."""

    @property
    def look(self) -> Look:
        """This look, as it is kept on record."""
        return Look(
            on=dt.date.today().isoformat(),
            plots=self.plots,
            changed=len({one["plot"] for one in self.changes}),
            unknown=len({plot for one in self.unknown for plot in one["plots"]}),
            seen_until=self.seen_until,
        )

    @property
    def exit(self) -> Exit:
        """Changes before gaps: whoever comes to see finds both."""
        return Exit.OPEN_QUESTIONS if self.changes else Exit.INCOMPLETE if self.unknown else Exit.DONE


@contextmanager
def watch(path: Place, *, catalogue: Path | None = None) -> Iterator[Watched]:
    """Look at all filed land once.

    What was seen is kept for the next look once the news is out, at the end of the block: one that ends in an error
    tells it again. Until then nobody else looks, who would tell the same.

    Args:
        path: the register.
        catalogue: STAC folder to read alerts from; None: the published tiles.

    Raises:
        BusyError: somebody else looks.
        EudrCheckError: the register or what was seen before cannot be read, or a definition cannot be right.
    """
    land = register.filed_land(path)
    folder = RunFolder(folder_of(path))
    harvest = _harvest(folder.path, catalogue)
    with folder.locked():
        found = _look(path, land, folder, harvest)
        yield found
        until = watch_state.later(found.before.seen_until, found.seen_until)
        watch_state.write(found.folder, State(found.seen, until, (*found.before.looks, found.look)))


def _look(path: Place, land: gpd.GeoDataFrame, folder: RunFolder, harvest: Harvest) -> Watched:
    with Workers(harvest.run) as workers, Graph(folder.artifacts) as graph:
        kept = watch_state.read(folder.path)
        before = kept or State()
        job = Run(harvest, folder, False, lambda stage, done, of: None, Measurements(), workers, graph)
        made = graph.run(steps_on(job, Step("plots", lambda _: _plots(land, folder))))
        evidence, sources = made["overlay"].table("EVIDENCE"), made["overlay"].table("SOURCES")
        layers = definitions(job)
    alerts = {one.column: layer.id for layer in layers for one in layer.variables if one.kind == "event"}
    shapes, now = _shapes(land), _hectares(evidence, list(alerts))
    there = watch_ground.drawn(land, made["overlay"].features("PATCHES"))
    known = {plot: _of(before, plot, shape) for plot, shape in shapes.items()}
    read = set(_read(sources)["layer"])
    looked = [one for one in watched.variables(layers, sources) if one.layer in read and one.kind == "event"]
    until = {one.layer: one.covers_through.isoformat() for one in looked}
    reached = _reached(land, sources)
    unknown = _unknown(land, sources, reached) + _without_value(evidence, layers, sources)
    unsure = {(one["layer"], plot) for one in unknown for plot in one["plots"]}
    sure = {(layer, plot) for layer, plots in reached.items() for plot in plots} - unsure
    dated = frozenset(layer.id for layer in layers if layer.grows)
    seen = {
        plot: Seen(
            ground=_ground(shape),
            ha=watch_state.kept(known[plot]["ha"], now.get(plot, {}), plot, alerts, sure),
            where=watch_ground.kept(known[plot].get("where", {}), there.get(plot, {}), plot, alerts, sure),
            until=watch_state.later(
                known[plot].get("until", {}),
                {layer: day for layer, day in until.items() if layer in dated and (layer, plot) in sure},
            ),
        )
        for plot, shape in shapes.items()
    }
    moved = {plot: watch_ground.elsewhere(known[plot].get("where", {}), mine) for plot, mine in there.items()}
    changes = _changes(land, known, now, moved, alerts)
    return Watched(path, folder.path, len(land), kept is None, changes, unknown, until, dated, before, seen)


def folder_of(register: Place) -> Path:
    """Where its watch is kept: beside the file, or for a database in the working folder."""
    return (register.parent if isinstance(register, Path) else Path()) / f"{register.stem}-watch"


def alert_layers() -> tuple[str, ...]:
    """Shipped alerts of this year that need no account."""
    named = [one for country in (None, *packs.countries()) for one in packs.pack(country).layers]
    return tuple(sorted({one.layer for one in named if one.why.startswith("alerts")}))


def _harvest(folder: Path, catalogue: Path | None) -> Harvest:
    place = Catalogue(tiles="published") if catalogue is None else Catalogue(folder=catalogue)
    chosen = _choices(catalogue)
    if not chosen:
        raise RegisterError(sentence("watch", "no_alerts", folder=str(catalogue), known=", ".join(alert_layers())))
    return Harvest(
        harvest="watch",
        commodity="coffee",  # not looked at: no rule is applied
        plots=(PlotFile(path=folder / "register", cooperative="register"),),
        catalogues={"alerts": place},
        layers=chosen,
        package=PackageChoice(outputs=()),
        run=RunChoice(folder=folder),
    ).for_screening()


def _choices(catalogue: Path | None) -> tuple[LayerChoice, ...]:
    """Alert layers to look at: all, or those that a catalogue has."""
    there = [one for one in alert_layers() if catalogue is None or (catalogue / one.replace("@", "-")).is_dir()]
    return tuple(LayerChoice(id=one, source="alerts") for one in there)


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


def _changes(
    land: gpd.GeoDataFrame,
    known: Mapping[str, Seen],
    now: Mapping[str, Hectares],
    moved: Mapping[str, Hectares],
    alerts: Mapping[str, str],
) -> list[Change]:
    found = []
    for plot in sorted(now):
        for key in sorted(now[plot]):
            column, _, year = key.partition(" ")
            hectares = now[plot][key]
            new = max(hectares - known[plot]["ha"].get(key, 0.0), moved.get(plot, {}).get(key, 0.0))
            if new > LEAST_HA:
                found.append(
                    Change(
                        plot=plot,
                        statements=str(land.loc[plot, "statements"]),
                        layer=column,
                        year=int(year),
                        new_ha=round(new, 4),
                        now_ha=hectares,
                        since=known[plot].get("until", {}).get(alerts[column]),
                    )
                )
    return found


def _read(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of layers all of whose rasters in a tile were read."""
    failed = (sources["status"] == "failed").groupby([sources["tile"], sources["layer"]]).transform("any")
    return sources[(sources["status"] == "read") & ~failed.astype(bool)]


def _reached(land: gpd.GeoDataFrame, sources: pd.DataFrame) -> dict[str, set[str]]:
    """Plots that lie whole in what the rasters of each alert layer cover, by layer; none of one that was not read."""
    shapes, found = land.geometry.to_numpy(), {}
    for layer, rows in _read(sources).groupby("layer"):
        edges = [list(map(float, text.split())) for text in rows["bbox"].unique()]
        # A box of six numbers has heights between.
        boxes = [shapely.box(one[0], one[1], one[len(one) // 2], one[len(one) // 2 + 1]) for one in edges]
        found[str(layer)] = {str(plot) for plot in land.index[shapely.covers(shapely.union_all(boxes), shapes)]}
    return found


def _unknown(land: gpd.GeoDataFrame, sources: pd.DataFrame, seen: Mapping[str, set[str]]) -> list[Unknown]:
    """Plots in tiles of which a layer could not be read, and those that none looks at."""
    boxes = shapely.bounds(land.geometry.to_numpy())
    reached = {plot: {tile.name for tile in tiles_of(box[None])} for plot, box in zip(land.index, boxes, strict=True)}
    found = []
    for (layer, reason), rows in sources[sources["status"] == "failed"].groupby(["layer", "reason"], dropna=False):
        tiles = set(rows["tile"])
        plots = [str(plot) for plot, mine in reached.items() if mine & tiles]
        found.append(Unknown(layer=str(layer), plots=plots, reason=str(reason)))
    stated = {plot for one in found for plot in one["plots"]}.union(*seen.values())
    unseen = [str(plot) for plot in land.index if plot not in stated]
    if unseen:
        found.append(Unknown(layer="", plots=unseen, reason=str(sentence("watch", "unseen"))))
    return found


def _without_value(evidence: pd.DataFrame, layers: Sequence[LayerDefinition], sources: pd.DataFrame) -> list[Unknown]:
    """Plots with ground on which a layer that was read holds no value."""
    own = evidence[evidence["footprint"].isin(OWN_GROUND)]
    failed = {layer for layer, rows in sources.groupby("layer") if (rows["status"] == "failed").any()}
    found = []
    for layer in layers:
        column = f"{layer.name}.{OBSERVED}"
        if OBSERVED not in layer.encodings or layer.id in failed:
            continue
        empty = own.loc[own[column] == UNKNOWN, "area_ha"].groupby(level="plot").sum()
        if plots := [str(plot) for plot in empty.index[empty > LEAST_HA]]:
            found.append(Unknown(layer=layer.id, plots=sorted(plots), reason=str(sentence("watch", "no_value"))))
    return found


def _ground(shape: shapely.Geometry) -> str:
    return hashlib.sha256(shapely.to_wkb(shape)).hexdigest()


def _of(before: State, plot: str, shape: shapely.Geometry) -> Seen:
    """What was known of a plot; nothing where its boundary was another one."""
    mine, ground = before.plots.get(plot), _ground(shape)
    return mine if mine is not None and mine["ground"] == ground else Seen(ground=ground, ha={})
