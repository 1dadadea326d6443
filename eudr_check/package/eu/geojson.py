"""Plots as the EU Information System wants them: four properties, six decimals, no hole, no ring it would refuse.

Coordinates are put on the grid of 1e-6 degree first, then repeated corners go, then validity is checked again: the
system cuts everything beyond six decimals, so what is valid before the cut may not be after it. What had to change is
logged with the area before and after; what cannot be sent is refused by name.

Source: European Commission, Operator API Reference v1.0 (29 May 2026), section 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import plot_area_ha
from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.package.eu.feature_text import PER_DEGREE
from eudr_check.package.eu.split_holes import without_holes
from eudr_check.text.clean import clean

GRID_DEGREE = 1e-6
LEAST_AREA_HA = 0.0001
"""One square metre: the least area the system takes for a point."""


@dataclass(frozen=True)
class Export:
    """What may be sent, and what had to change on the way."""

    features: pd.DataFrame
    """One row per Feature in the order of the file: plot, part, name, country, place, area_ha, geometry (EPSG:4326).
    `area_ha` is NaN for a point without declared area."""
    changes: pd.DataFrame
    """One row per plot and change: plot, code, refused, message, area_before_ha, area_after_ha."""


def export(
    plots: gpd.GeoDataFrame, producer_as: str = "cooperative", called: Mapping[str, str] | None = None
) -> Export:
    """Features of plots, ordered by producer, country and plot.

    The boundary moves by at most 1e-6 degree, so the area of a plot changes by at most its perimeter times 1e-6
    degree (0.11 m); a piece thinner than the grid vanishes and is named in `changes`.

    Args:
        plots: PLOTS; EPSG:4326.
        producer_as: `cooperative` names the cooperative as producer, `producer` the person.
        called: names of cooperatives, by their short name in PLOTS; others go by that.

    Returns:
        Features and changes; a plot is in `features` or refused in `changes`, never both, never neither.
    """
    names = plots["cooperative"] if producer_as == "cooperative" else plots["producer_name"]
    if called and producer_as == "cooperative":
        names = names.replace(dict(called))
    log = _Log(plots)
    shapes = _Shapes(plots.geometry.to_numpy())
    shapes.cut_at_antimeridian(log)
    shapes.quantise(log)
    positions, geometries = shapes.pieces(log)
    point = plots["geometry_kind"].to_numpy(dtype=object)[positions] == "point"
    area = plot_area_ha(geometries)
    area[point] = _point_areas(plots, positions[point], log)
    too_small = ~point & (np.bincount(positions, np.nan_to_num(area), len(plots))[positions] < LEAST_AREA_HA)
    log.add(np.unique(positions[too_small]), "below_1_m2", "smaller than one square metre; check the plot", True)
    missing = ~plots["producer_country"].str.fullmatch("[A-Z]{2}", na=False).to_numpy()
    log.add(np.flatnonzero(missing), "no_producer_country", "producer without country; name it in the plot file", True)
    sent = ~np.isin(positions, log.refused())
    features = pd.DataFrame(
        {
            "plot": plots.index.to_numpy(dtype=object)[positions],
            "part": pd.Series(positions).groupby(positions).cumcount().to_numpy() + 1,
            "name": _cleaned(names).to_numpy()[positions],
            "country": plots["producer_country"].to_numpy(dtype=object)[positions],
            "place": _cleaned(plots["production_place"]).to_numpy()[positions],
            "area_ha": np.maximum(np.round(area, 4), LEAST_AREA_HA),
            "geometry": geometries,
        }
    )[sent]
    features = features.sort_values(["name", "country", "plot", "part"], kind="stable", ignore_index=True)
    return Export(features, log.table(features))


class _Log:
    """Changes of plots, by position in PLOTS."""

    def __init__(self, plots: gpd.GeoDataFrame) -> None:
        self._keys = plots.index.to_numpy(dtype=object)
        self._before = plots["area_ha"].to_numpy()
        self._entries: list[tuple[int, str, bool, str]] = []

    def add(self, positions: Any, code: str, message: str, refused: bool = False) -> None:
        self._entries += [(int(position), code, refused, message) for position in positions]

    def refused(self) -> list[int]:
        return sorted({position for position, _, refused, _ in self._entries if refused})

    def table(self, features: pd.DataFrame) -> pd.DataFrame:
        entries = sorted(set(self._entries))
        keys = [self._keys[position] for position, *_ in entries]
        changed = features[features["plot"].isin(set(keys))]
        exact = changed.assign(area_ha=plot_area_ha(changed["geometry"].to_numpy()))
        after = exact.groupby("plot", sort=False)["area_ha"].sum(min_count=1)
        return pd.DataFrame(
            {
                "plot": pd.array(keys, dtype="str"),
                "code": pd.array([code for _, code, _, _ in entries], dtype="str"),
                "refused": np.array([refused for _, _, refused, _ in entries], dtype=bool),
                "message": pd.array([message for *_, message in entries], dtype="str"),
                "area_before_ha": np.round([self._before[position] for position, *_ in entries], 6),
                "area_after_ha": np.round(after.reindex(keys).to_numpy(dtype=np.float64), 6),
            }
        )


class _Shapes:
    """The geometries of all plots on their way to the grid."""

    def __init__(self, geometries: NDArray[Any]) -> None:
        self.geometries = geometries.copy()
        high = shapely.has_z(geometries)
        self.geometries[high] = shapely.force_2d(geometries[high])

    def cut_at_antimeridian(self, log: _Log) -> None:
        """Lay ground beyond 180 degrees on the other side (RFC 7946, section 3.1.9)."""
        west, _, east, _ = shapely.bounds(self.geometries).T
        for position in np.flatnonzero((east > 180) | (west < -180) | (east - west > 180)):
            self.geometries[position] = _cut_at_antimeridian(self.geometries[position])
            log.add([position], "cut_at_antimeridian", "cut at longitude 180; both sides are sent")

    def quantise(self, log: _Log) -> None:
        """Round to the grid; where rounding breaks a ring, snap the whole shape so that it holds again."""
        rounded, whole = _rounded(self.geometries)
        broken = np.flatnonzero(~whole & ~shapely.is_missing(self.geometries))
        for position in broken:
            rounded[position] = _snapped(self.geometries[position])
        gone = broken[shapely.is_empty(rounded[broken])]
        log.add(gone, "collapses", "thinner than 1e-6 degree: nothing is left at six decimals; survey it again", True)
        kept = np.setdiff1d(broken, gone)
        log.add(kept, "redrawn_at_six_decimals", "sides met or crossed at six decimals; drawn again on that grid")
        thin = [position for position in kept if not _covered(self.geometries[position], rounded[position])]
        log.add(thin, "thin_part_dropped", "a part thinner than 1e-6 degree vanishes at six decimals")
        log.add(np.flatnonzero(shapely.is_missing(self.geometries)), "no_geometry", "no geometry to send", True)
        self.geometries = rounded

    def pieces(self, log: _Log) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """One geometry per Feature: a plot is one, a plot with holes as many as it takes."""
        present = np.flatnonzero(~shapely.is_missing(self.geometries) & ~shapely.is_empty(self.geometries))
        parts, plot_index = shapely.get_parts(self.geometries[present], return_index=True)
        holed = present[np.unique(plot_index[shapely.get_num_interior_rings(parts) > 0])]
        plain = np.setdiff1d(present, holed)
        cut = [
            [piece for part in shapely.get_parts(self.geometries[position]) for piece in without_holes(part)]
            for position in holed
        ]
        log.add(holed, "holes_cut", "the EU system ignores holes; cut into parts without one, along existing corners")
        positions = np.concatenate([plain, np.repeat(holed, [len(pieces) for pieces in cut])]).astype(np.int64)
        geometries = np.empty(len(positions), dtype=object)
        geometries[: len(plain)] = self.geometries[plain]
        geometries[len(plain) :] = [piece for pieces in cut for piece in pieces]
        order = np.argsort(positions, kind="stable")
        return positions[order], geometries[order]


def _rounded(geometries: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Geometries on the grid without repeated corners, and whether each is whole (not collapsed, still valid)."""
    rounded = geometries.copy()
    simple = np.isin(shapely.get_type_id(geometries), (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT))
    rounded[simple] = shapely.transform(geometries[simple], _on_grid)
    at = np.flatnonzero(shapely.get_dimensions(geometries) == 2)
    parts, plot_index = shapely.get_parts(geometries[at], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    coordinates = _on_grid(coordinates)
    kept = np.ones(len(ring), dtype=bool)
    kept[1:] = (ring[1:] != ring[:-1]) | (coordinates[1:] != coordinates[:-1]).any(axis=1)
    corners = np.bincount(ring[kept], minlength=len(rings))
    collapsed = np.zeros(len(at), dtype=bool)
    np.logical_or.at(collapsed, plot_index[part[corners < 4]], True)
    usable = ~collapsed[plot_index[part]]
    kept &= usable[ring]
    number = np.cumsum(usable) - 1
    new_rings: Any = shapely.linearrings(coordinates[kept], indices=number[ring[kept]])
    standing = ~collapsed[plot_index]
    part_number = np.cumsum(standing) - 1
    polygons: Any = shapely.polygons(new_rings, indices=part_number[part[usable]]) if len(new_rings) else new_rings
    plot_indices = plot_index[standing]
    count = np.bincount(plot_indices, minlength=len(at))
    single = count[plot_indices] == 1
    rounded[at[plot_indices[single]]] = polygons[single]
    for position in np.flatnonzero(count > 1):
        rounded[at[position]] = shapely.multipolygons(polygons[plot_indices == position])
    whole = np.ones(len(geometries), dtype=bool)
    whole[at] = ~collapsed & shapely.is_valid(rounded[at])
    return rounded, whole & ~shapely.is_missing(geometries)


def _on_grid(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees rounded to six decimals; adding zero turns -0.0 into 0.0."""
    return np.rint(coordinates * PER_DEGREE) / PER_DEGREE + 0.0


def _snapped(geometry: Any) -> Any:
    """A valid geometry on the grid; every side stays within one grid step of where it was."""
    snapped = shapely.set_precision(geometry, GRID_DEGREE, mode="valid_output")
    parts = [part for part in shapely.get_parts(snapped) if part.geom_type == "Polygon" and not part.is_empty]
    exact = [shapely.transform(part, _on_grid) for part in parts]
    if not all(part.is_valid for part in exact):
        return shapely.MultiPolygon()
    return exact[0] if len(exact) == 1 else shapely.MultiPolygon(exact)


def _covered(original: Any, rounded: Any) -> bool:
    """Whether no corner of the original lies further than a grid step from what is left."""
    corners = shapely.points(shapely.get_coordinates(original))
    return bool((shapely.distance(corners, rounded) <= GRID_DEGREE).all())


def _cut_at_antimeridian(geometry: Any) -> Any:
    """The geometry with longitudes in -180..180, cut where it crosses 180."""
    west, _, east, _ = geometry.bounds
    if east - west > 180:
        # Drawn with a jump from +179 to -179: the ground is the small piece, not the rest of the world.
        geometry = shapely.transform(geometry, _east_of_zero)
    sides = [
        _shifted(geometry & shapely.box(west_edge, -90, west_edge + 360, 90), -180 - west_edge)
        for west_edge in (-540, -180, 180)
    ]
    parts = [part for side in sides for part in shapely.get_parts(side) if part.geom_type == _kind(geometry)]
    if len(parts) == 1:
        return parts[0]
    return shapely.MultiPolygon(parts) if _kind(geometry) == "Polygon" else shapely.MultiPoint(parts)


def _east_of_zero(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    return coordinates + np.where(coordinates[:, :1] < 0, [360.0, 0.0], 0.0)


def _shifted(geometry: Any, degrees: float) -> Any:
    return shapely.transform(geometry, lambda coordinates: np.add(coordinates, [degrees, 0.0]))


def _kind(geometry: Any) -> str:
    """Point or Polygon, for single and multiple geometries alike."""
    return str(geometry.geom_type).removeprefix("Multi")


def _point_areas(plots: gpd.GeoDataFrame, positions: NDArray[np.int64], log: _Log) -> NDArray[np.float64]:
    """Hectares to write for points, NaN where nobody declared any.

    A point over four hectares needs a polygon unless it is for cattle.
    """
    points = plots.iloc[positions]
    declared = points["declared_area_ha"].to_numpy(dtype=np.float64, na_value=np.nan)
    cattle = points["commodity"].to_numpy(dtype=object) == "cattle"
    too_large = ~cattle & (declared > POINT_AREA_HA)
    log.add(
        positions[too_large], "point_over_4_ha", "a point may stand for four hectares at most; send the outline", True
    )
    unknown = ~(declared >= LEAST_AREA_HA)
    log.add(
        positions[unknown],
        "point_area_not_declared",
        "no area declared, so no Area is written; the EU system takes 4 ha for a point without area",
    )
    return np.where(unknown, np.nan, declared)


def _cleaned(names: pd.Series) -> pd.Series:
    return names.map(clean, na_action="ignore")
