"""All rows of all files side by side, in one CRS, before any check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from eudr_check.config import PlotFile
from eudr_check.plots import read
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read import (
    area_units,
    columns,
    geometry_columns,
    numbers,
    reference_systems,
    taken_columns,
    unread_areas,
    vertex_rows,
)
from eudr_check.plots.read import crs as projection
from eudr_check.plots.read.datums import Datum, holds_at, is_same_datum
from eudr_check.plots.read.raw_table import UNKNOWN_DECIMALS, Delivery, Fault, UnreadableError
from eudr_check.plots.thresholds import threshold
from eudr_check.typing import Geometries

_TEXT_FIELDS = tuple(field for field in columns.FIELDS if field not in ("longitude", "latitude", "geometry", "vertex"))
_NEEDS_CRS = (".gpkg", ".shp", ".fgb", ".gdb", ".parquet", ".geoparquet", ".zip")


@dataclass
class Rows:
    """The joined rows."""

    table: pd.DataFrame
    """One row each: `plot` (null without identity), `cooperative`, `source_file`, `source_row`, `source_place`,
    `file_order`, `default_country`, `area_unit_said`, `area_unread` (`UnreadArea` or None), and our text
    fields as written (None where empty)."""
    geometry: Geometries
    """object (n,) 2-D geometries in EPSG:4326, None where there is none."""
    decimals: NDArray[np.int8]
    """int8 (n, 2) decimals written in longitudes and latitudes, -1 where the format has no text."""
    accuracy_m: NDArray[np.float64]
    """float64 (n,) GPS accuracy, NaN where unknown."""
    identified: NDArray[np.bool_]
    """bool (n,) whether the row is the one that carries its plot id."""

    def __len__(self) -> int:
        return len(self.geometry)


def gather(files: Sequence[PlotFile], log: FindingCollector) -> Rows:
    """Read all files; what cannot be read is logged."""
    log.files_in_order = [taken_columns.name_of(file) for file in files]
    frames: list[pd.DataFrame] = []
    deliveries: list[Delivery] = []
    start = 0
    for order, file in enumerate(files):
        try:
            delivery = read.read(file)
        except UnreadableError as error:
            log.file(error.code, taken_columns.name_of(file), file.cooperative, **error.details)
            continue
        taken = taken_columns.take(file, delivery, log)
        numbers.settle(delivery, taken, taken_columns.country_of(file, delivery, taken))
        if vertex_rows.are_rows(delivery, taken):
            delivery = vertex_rows.joined(delivery, taken)
        else:
            geometry_columns.place(delivery, taken, said=_geometry_said(file, delivery))
        _refuse_endless(delivery)
        _to_degrees(file, delivery, start, log)
        for note in delivery.notes:
            log.file(note.code, taken_columns.name_of(file), file.cooperative, **note.details)
        if not len(delivery):
            log.file("file_empty", taken_columns.name_of(file), file.cooperative)
            continue
        for fault in delivery.faults:
            details: dict[str, Any] = dict(fault.details)
            log.row(fault.code, start + fault.position, **details)
        ids = taken.get("plot_id", "")
        if restyled := delivery.restyled.get(ids):
            cells = delivery.attributes[ids].iloc[restyled].astype(str).tolist()
            log.row("id_shown_otherwise", [start + place for place in restyled], id=cells)
        log.row("id_is_date", [start + place for place in delivery.dates.get(ids, [])])
        frames.append(_frame(file, order, delivery, taken))
        deliveries.append(delivery)
        start += len(delivery)
    return _joined(frames, deliveries)


def only(geometry: Geometries, chosen: NDArray[np.bool_]) -> Geometries:
    """The geometries of the chosen rows, None for the others."""
    kept = geometry.copy()
    kept[~chosen] = None
    return kept


def _refuse_endless(delivery: Delivery) -> None:
    """A boundary with more vertices than can be checked in time loses its place; its row says so."""
    vertices = shapely.get_num_coordinates(delivery.geometry)
    most = threshold("vertices_most")
    endless = np.flatnonzero(vertices > most)
    if len(endless):
        delivery.geometry = delivery.geometry.copy()
        delivery.geometry[endless] = None
        details = [{"vertices": int(vertices[row]), "most": int(most)} for row in endless]
        delivery.faults.extend(
            Fault(int(row), "vertices_too_many", detail) for row, detail in zip(endless, details, strict=True)
        )


def _geometry_said(file: PlotFile, delivery: Delivery) -> str | None:
    """The column of geometry the harvest names, where the file has it."""
    header = file.columns.get("geometry")
    return header if header in delivery.attributes.columns else None


def _to_degrees(file: PlotFile, delivery: Delivery, start: int, log: FindingCollector) -> None:
    """Turn the coordinates of every row of a file into degrees, from the CRS of the row, its table or the harvest."""
    delivery.geometry = delivery.geometry.copy()
    ends = [first for first, _ in delivery.crs_from[1:]] + [len(delivery)]
    systems: dict[Any, list[int]] = {}
    for (first, declared), end in zip(delivery.crs_from, ends, strict=True):
        for row in range(first, end):
            named = delivery.crs_said.get(row)
            if named is not None and file.crs is not None and not projection.is_same(named, file.crs):
                log.row("crs_contradicts", start + row, said=named[:80], crs=str(file.crs)[:80])
                delivery.geometry[row] = None
                continue
            crs = named or file.crs or declared
            datum = delivery.datums.get(row)
            if datum is not None and crs is None and datum.follows and _is_on(datum, delivery.geometry[row]):
                crs = datum.code
            elif datum is not None and not _agrees(datum, crs):
                log.row("crs_contradicts", start + row, said=datum.said[:80], crs=str(crs or "WGS 84")[:80])
                delivery.geometry[row] = None
                continue
            systems.setdefault(crs, []).append(row)
    for crs, rows in systems.items():
        if crs is not None:
            _turn(delivery, np.array(rows, dtype=np.int64), crs, start, log)
    if None in systems and file.path.suffix.lower() in _NEEDS_CRS:
        log.file("crs_assumed", taken_columns.name_of(file), file.cooperative)


def _is_on(datum: Datum, geometry: Any) -> bool:
    """Whether a geometry is in degrees and lies where its datum is used."""
    bounds = shapely.bounds(geometry)
    if not (np.abs(bounds) <= [180, 90, 180, 90]).all():
        return False
    return holds_at(datum.code, float(bounds[0]), float(bounds[1]))


def _agrees(datum: Datum, crs: Any) -> bool:
    """Whether a datum is that of a reference system; what PROJ does not know is said where it is used."""
    try:
        return is_same_datum(datum.code, projection.WGS84 if crs is None else crs)
    except CRSError:
        return True


def _turn(delivery: Delivery, rows: NDArray[np.int64], crs: Any, start: int, log: FindingCollector) -> None:
    """Turn the rows of one CRS; those that contradict it lose their place."""
    try:
        if not projection.is_degrees(crs):
            delivery.decimals[rows] = UNKNOWN_DECIMALS
            rows = _without_contradictions(delivery, rows, crs, start, log)
        delivery.geometry[rows] = projection.to_degrees(delivery.geometry[rows], crs)
    except projection.UnknownCrsError:
        delivery.geometry[rows] = None
        log.row("crs_unknown", start + rows, crs=str(crs)[:80])


def _without_contradictions(
    delivery: Delivery, rows: NDArray[np.int64], crs: Any, start: int, log: FindingCollector
) -> NDArray[np.int64]:
    """Rows of a CRS in metres that are no degrees and whose zone is that of the CRS; the others are said."""
    system = projection.system(crs)
    bounds = shapely.bounds(delivery.geometry[rows])
    with np.errstate(invalid="ignore"):
        degrees = (np.abs(bounds) <= [180, 90, 180, 90]).all(axis=1)
    name = system.name[:80]
    x, y = np.round(bounds[degrees, 0], 6), np.round(bounds[degrees, 1], 6)
    log.row("degrees_as_metres", start + rows[degrees], x=x, y=y, crs=name)
    zones = [(delivery.zones.get(row), north) for row, north in zip(rows.tolist(), bounds[:, 1].tolist(), strict=True)]
    elsewhere = np.array(
        [zone is not None and not reference_systems.fits(zone, north, system) for zone, north in zones], dtype=bool
    )
    elsewhere &= ~degrees & np.isfinite(bounds[:, 0])
    said = [delivery.zones[row] for row in rows[elsewhere].tolist()]
    log.row("crs_contradicts", start + rows[elsewhere], said=said, crs=name)
    delivery.geometry[rows[degrees | elsewhere]] = None
    return rows[~(degrees | elsewhere)]


def _frame(file: PlotFile, order: int, delivery: Delivery, taken: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "cooperative": file.cooperative,
            "source_file": taken_columns.name_of(file),
            "source_row": delivery.source_rows,
            "source_place": delivery.places,
            "file_order": order,
            "default_country": file.producer_country,
        },
        index=range(len(delivery)),
    )
    area_header = taken.get("declared_area_ha", "")
    frame["area_unit_said"] = (
        "declared_area_ha" in file.columns
        or columns.names_hectares(area_header)
        or area_units.local_unit(area_header) is not None
    )
    frame["area_unread"] = pd.Series(unread_areas.of_rows(delivery, taken), index=frame.index, dtype=object)
    for field in _TEXT_FIELDS:
        header = taken.get(field)
        frame[field] = None if header is None else columns.text_of(delivery.attributes[header]).to_numpy()
    return frame


def _joined(frames: list[pd.DataFrame], deliveries: list[Delivery]) -> Rows:
    if not frames:
        names = [
            "plot",
            "cooperative",
            "source_file",
            "source_row",
            "source_place",
            "file_order",
            "default_country",
            "area_unit_said",
            "area_unread",
            *_TEXT_FIELDS,
        ]
        table = pd.DataFrame({name: pd.Series(dtype=object) for name in names})
        return Rows(table, np.empty(0, dtype=object), np.empty((0, 2), np.int8), np.empty(0), np.empty(0, dtype=bool))
    table = pd.concat([frame.astype(dict.fromkeys(_TEXT_FIELDS, object)) for frame in frames], ignore_index=True)
    table["plot"] = None
    geometry = np.concatenate([delivery.geometry for delivery in deliveries])
    geometry[shapely.is_empty(geometry)] = None
    accuracy = [
        np.full(len(delivery), np.nan) if delivery.accuracy_m is None else delivery.accuracy_m
        for delivery in deliveries
    ]
    return Rows(
        table,
        _plain_types(geometry),
        np.concatenate([delivery.decimals for delivery in deliveries]),
        np.concatenate(accuracy),
        np.zeros(len(table), dtype=bool),
    )


def _plain_types(geometry: NDArray[Any]) -> NDArray[Any]:
    """One point for a multipoint of one, a multipolygon for a collection of polygons only; the same land either way."""
    kinds = shapely.get_type_id(geometry)
    for row in np.flatnonzero(
        np.isin(kinds, (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.GEOMETRYCOLLECTION))
    ):
        parts = shapely.get_parts(shapely.get_parts(geometry[row]))
        names = {part.geom_type for part in parts}
        if len(parts) == 1 and names <= {"Point", "Polygon"}:
            geometry[row] = parts[0]
        elif names == {"Polygon"}:
            geometry[row] = shapely.multipolygons(parts)
    return geometry
