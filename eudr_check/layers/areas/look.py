"""What lies on plots: hectares they share with areas of vector layers, outlines, and what could not be learned."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import tables
from eudr_check.errors import FetchError
from eudr_check.geodesy import discs, plot_area_ha, point_area_ha
from eudr_check.layers.areas import outlines
from eudr_check.layers.areas.definition import AreaDefinition
from eudr_check.layers.areas.files import labels, read_areas, refuse_swapped
from eudr_check.layers.fetch import feature_service
from eudr_check.layers.fetch.area_answers import Area, Box
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.steps import Map, one_by_one
from eudr_check.text import sentence, worded
from eudr_check.typing import Floats, Geometries, Positions

CELL_DEG = 0.1
"""Plots of one such cell are asked for with one box."""
ROUNDED_DEG = 0.01
"""The box is rounded outwards to this: no service learns the corner of a plot."""
TITLED = "tenure"
"""Topic of land that persons hold; of others than those of plots nothing is drawn."""


@dataclass(frozen=True)
class _Ground:
    """Plots that areas are laid on."""

    keys: NDArray[Any]
    shapes: NDArray[np.object_]
    """Polygons; of a point the disc of its declared area, else of the 4 ha a point may stand for."""
    hectares: Floats
    countries: NDArray[Any]

    def part(self, rows: Any) -> "_Ground":
        return _Ground(self.keys[rows], self.shapes[rows], self.hectares[rows], self.countries[rows])


@dataclass(frozen=True)
class _Outlines:
    """Areas that were read, and what of them cannot be trusted."""

    shapes: NDArray[np.object_]
    labels: list[str]
    """What each is called, else its place in what was read."""

    @classmethod
    def of(cls, shapes: Any, labels: Sequence[str]) -> "_Outlines":
        named = [label or str(row) for row, label in enumerate(labels, start=1)]
        return cls(np.asarray(shapes, dtype=object), named)

    def touching(self, boxes: Iterable[Box]) -> "_Outlines":
        """Those of the ground that was asked for: near plots."""
        asked = shapely.box(*np.array(list(boxes)).reshape(-1, 4).T)
        rows = np.unique(shapely.STRtree(self.shapes).query(np.atleast_1d(asked), predicate="intersects")[1])
        return _Outlines(self.shapes[rows], [self.labels[row] for row in rows])


@dataclass(frozen=True)
class Looked:
    """What vector layers say of some plots."""

    areas: pd.DataFrame
    """AREAS."""
    outlines: gpd.GeoDataFrame
    """AREA_OUTLINES."""


@dataclass(frozen=True)
class _OfLayer:
    """What one vector layer says."""

    rows: list[dict[str, Any]]
    outlines: _Outlines
    """That come near plots; of a service one may stand in several answers."""


def look(
    plots: gpd.GeoDataFrame,
    areas: Mapping[str, AreaDefinition],
    store: Store,
    *,
    offline: bool = False,
    each: Map = one_by_one,
) -> Looked:
    """What every usable plot shares with the areas of some vector layers.

    Args:
        plots: PLOTS.
        areas: vector layers by the name the harvest gives them.
        store: content store, which keeps answers of services for offline runs.
        offline: make no connection.
        each: `map` for requests.

    Returns:
        AREAS: a row for each plot and area it shares ground with (`overlap`), for each plot and layer that could not be
        learned (`unknown`), or that says nothing of the plot's country (`outside`). A plot without a row of a layer was
        looked at and shares nothing. AREA_OUTLINES: areas that come near plots.

    Raises:
        LayersError: a file of the user cannot be read.
    """
    ground = _ground(plots)
    found: list[dict[str, Any]] = []
    drawn: list[pd.DataFrame] = []
    for name, area in sorted(areas.items()):
        common = {"area": name, "layer": area.id, "topic": area.topic}
        spoken = np.array([not area.countries or pd.isna(one) or one in area.countries for one in ground.countries])
        rows = spoken.astype(bool)
        found += [{"plot": plot, "status": "outside", **common} for plot in ground.keys[~rows]]
        said = _of_layer(area, ground.part(rows), store, offline, each)
        found += [{**row, **common} for row in said.rows]
        if len(said.outlines.shapes):
            near = outlines.of_layer(said.outlines.shapes, said.outlines.labels, ground.shapes)
            if area.topic == TITLED:
                # Land of others is their affair.
                near = near[near["feature"].isin({row["feature"] for row in said.rows if row["status"] == "overlap"})]
            drawn.append(near.assign(**common))
    table = tables.typed(tables.AREAS, found or {"plot": []})
    order = ["plot", "area", "status", "feature", "overlap_ha"]
    return Looked(table.reset_index().sort_values(order, kind="stable").set_index("plot"), outlines.table(drawn))


def _ground(plots: gpd.GeoDataFrame) -> _Ground:
    usable = plots[plots["usable"]]
    shapes = usable.geometry.to_numpy().copy()
    points = shapely.get_dimensions(shapes) == 0
    declared = usable["declared_area_ha"].to_numpy(dtype=np.float64)
    shapes[points] = discs(shapes[points], point_area_ha(declared[points]))
    return _Ground(
        usable.index.to_numpy(), shapes, plot_area_ha(shapes), usable["producer_country"].to_numpy(dtype=object)
    )


def _of_layer(area: AreaDefinition, ground: _Ground, store: Store, offline: bool, each: Map) -> _OfLayer:
    boxes = _boxes(ground.shapes)
    if area.file is not None:
        known, bare = read_areas(area.file, area.table)
        if len(ground.shapes):
            refuse_swapped(known, ground.shapes, area.file)
        read = _Outlines.of(known.geometry.to_numpy(), labels(known, area.label, area.file))
        rows = list(_shared(ground, read))
        if bare:
            # Each of those rows is an area that lies somewhere: only what was found is known.
            reason = sentence("layers", "areas_bare", file=area.file.name, count=bare)
            others = [plot for plot in ground.keys if plot not in {row["plot"] for row in rows}]
            rows += [{"plot": plot, "status": "unknown", "reason": reason} for plot in others]
        return _OfLayer(rows, read.touching(boxes))
    rows, shapes, names = [], [], []
    answers = each(partial(_asked, area, store, offline), boxes)
    for members, answer in zip(boxes.values(), answers, strict=True):
        mine = ground.part(members)
        if isinstance(answer, str):
            rows += [{"plot": plot, "status": "unknown", "reason": answer} for plot in mine.keys]
        else:
            read = _Outlines.of(shapely.from_geojson([one.outline for one in answer]), [one.label for one in answer])
            rows += _shared(mine, read)
            shapes += read.shapes.tolist()
            names += read.labels
    return _OfLayer(rows, _Outlines.of(shapes, names).touching(boxes))


def _boxes(shapes: NDArray[np.object_]) -> dict[Box, list[int]]:
    """Rows of plots by the box that is asked for them."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    cells = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / CELL_DEG).astype(int)
    members = defaultdict(list)
    for row, cell in enumerate(map(tuple, cells)):
        members[cell].append(row)
    found: dict[Box, list[int]] = defaultdict(list)
    for _, rows in sorted(members.items()):
        low = np.floor(bounds[rows, :2].min(axis=0) / ROUNDED_DEG) * ROUNDED_DEG
        high = np.ceil(bounds[rows, 2:].max(axis=0) / ROUNDED_DEG) * ROUNDED_DEG
        west, south, east, north = (round(float(edge), 2) for edge in (*low, *high))
        found[west, south, east, north] += rows
    return found


def _asked(area: AreaDefinition, store: Store, offline: bool, box: Box) -> list[Area] | str:
    """Areas in a box, or why they could not be learned."""
    assert area.service is not None
    ask = feature_service.ASK[area.service.kind]
    found: list[Area] = []
    for address in area.service.addresses:
        kept = key(address, repr(box), *area.label)
        if offline:
            answer = store.read("areas", kept)
            if answer is None:
                return sentence("layers", "area_offline", url=unsigned(address))
        else:
            try:
                answer = [[one.outline, one.label] for one in ask(address, box, area.label)]
            except FetchError as error:
                return worded(error)
            store.write("areas", kept, answer)
        found += [Area(*one) for one in answer]
    return found


def _shared(ground: _Ground, areas: _Outlines) -> Iterator[dict[str, Any]]:
    """Ground that plots share with areas; where an outline crosses itself, no plot in its reach is free of it.

    What lies inside of such an outline is a matter of opinion: its hectares are those of the shape drawn anew, and
    plots it comes near without touching are unknown.
    """
    sound = shapely.is_valid(areas.shapes)
    drawn = areas.shapes.copy()
    drawn[~sound] = shapely.make_valid(drawn[~sound])
    shapely.prepare(drawn)
    plot, area = shapely.STRtree(drawn).query(ground.shapes, predicate="intersects")
    # A park has a hundred thousand corners, and most plots that touch it lie wholly inside.
    partly = ~shapely.covers(drawn[area], ground.shapes[plot])
    common = ground.shapes[plot]
    common[partly] = shapely.intersection(ground.shapes[plot[partly]], drawn[area[partly]])
    shared, together = _polygons_ha(common), _together(common, plot, len(ground.shapes))
    for row, column, hectares in sorted(zip(plot.tolist(), area.tolist(), shared.tolist(), strict=True)):
        if hectares > 0:
            yield {
                "plot": ground.keys[row],
                "status": "overlap",
                "feature": areas.labels[column],
                "overlap_ha": hectares,
                "overlap_share": min(hectares / ground.hectares[row], 1.0),
                "together_ha": together[row],
            }
    touched = {row for row, hectares in zip(plot.tolist(), shared.tolist(), strict=True) if hectares > 0}
    reach = np.atleast_1d(np.asarray(shapely.box(*shapely.bounds(areas.shapes[~sound]).T), dtype=object))
    near, _ = shapely.STRtree(reach).query(ground.shapes, predicate="intersects")
    for row in sorted(set(near.tolist()) - touched):
        yield {"plot": ground.keys[row], "status": "unknown", "reason": sentence("layers", "area_crossed")}


def _together(common: Geometries, plot: Positions, plots: int) -> Floats:
    """Hectares (plots,) of each plot in any area: zones that lie over one another share the same ground."""
    found: Floats = np.bincount(plot, weights=_polygons_ha(common), minlength=plots).astype(np.float64)
    for row in np.flatnonzero(np.bincount(plot, minlength=plots) > 1):
        found[row] = _polygons_ha(np.array([shapely.union_all(common[plot == row])]))[0]
    return found


def _polygons_ha(shapes: NDArray[np.object_]) -> Floats:
    """Ellipsoidal hectares of the polygons in geometries; intersections may also leave lines and points."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    polygonal = shapely.get_dimensions(parts) == 2
    return np.bincount(of[polygonal], weights=plot_area_ha(parts[polygonal]), minlength=len(shapes)).astype(np.float64)
