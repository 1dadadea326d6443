"""Loss on forest after 2020: where on the plots the hectares lie that the rules count."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import rasterio
import shapely
from rasterio.features import shapes
from rasterio.windows import Window, from_bounds

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package.gis.edition import Counted
from eudr_check.package.gis.maps import YES

KEY = ["plot", "column", "year"]
PRECISION_DEG = 1e-9
"""A tenth of a millimetre: below it libraries of geometry differ from one another."""


def loss_on_forest(
    plots: pa.Table, patches: pq.ParquetFile, evidence: pq.ParquetFile, counted: Counted, forest: Path
) -> gpd.GeoDataFrame:
    """One row per plot, event variable and year after 2020 with forest of the policy's map.

    Hectares are those of EVIDENCE. The shape is for looking at: patch, plot and the raster of forest, which shows the
    map on a regular grid; it is null where that grid has no cell of so thin a strip.

    Args:
        plots: PLOTS with geometries as WKB, EPSG:4326; plots given as a point are left out.
        patches: PATCHES. evidence: EVIDENCE.
        counted: what the rules count.
        forest: raster of the policy's forest map in the package.

    Returns:
        `plot`, `column`, `method`, `year`, `area_ha` and multipolygons in EPSG:4326, ordered by plot, column, year.
    """
    rows = _hectares(evidence, counted)
    drawn = _shapes(rows, plots, patches)
    with rasterio.open(forest) as raster:
        areas = np.array([None if one is None else _polygons(_on_forest(one, raster)) for one in drawn], dtype=object)
    rows.insert(2, "method", rows["column"].map(dict(counted.methods)).astype("str"))
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(areas, index=rows.index, crs="EPSG:4326"))


def _hectares(evidence: pq.ParquetFile, counted: Counted) -> pd.DataFrame:
    """Hectares on forest by plot, event variable and year."""
    known = set(evidence.schema_arrow.names)
    events = [column for column, _ in counted.methods if column in known]
    wanted = ["plot", "footprint", counted.baseline, *events, "area_ha"]
    found = []
    for batch in evidence.iter_batches(columns=wanted):
        mine = pc.and_(pc.equal(batch["footprint"], "polygon"), pc.equal(batch[counted.baseline], YES))
        for column in events:
            after = batch.filter(pc.and_(mine, pc.greater(batch[column], CUTOFF_YEAR)))
            found.append(
                pd.DataFrame(
                    {
                        "plot": after["plot"].to_pandas(),
                        "column": column,
                        "year": after[column].to_pandas(),
                        "area_ha": after["area_ha"].to_pandas(),
                    }
                )
            )
    if not found:
        return pd.DataFrame({"plot": [], "column": [], "year": [], "area_ha": []}).astype({"year": "int16"})
    rows = pd.concat(found, ignore_index=True).astype({"year": "int16", "column": "str", "plot": "str"})
    return rows.groupby(KEY, sort=True)[["area_ha"]].sum().reset_index()


def _shapes(rows: pd.DataFrame, plots: pa.Table, patches: pq.ParquetFile) -> list[shapely.Geometry | None]:
    """What the patches of each row cover of its plot."""
    wanted = {key: number for number, key in enumerate(rows[KEY].itertuples(index=False, name=None))}
    lossy = pa.array(sorted(set(rows["plot"])), plots.schema.field("plot").type)
    named = plots.filter(pc.is_in(plots["plot"], lossy))
    outline = dict(zip(named["plot"].to_pylist(), shapely.from_wkb(named["geometry"].to_pylist()), strict=True))
    parts: list[list[shapely.Geometry]] = [[] for _ in wanted]
    for batch in patches.iter_batches():
        for patch in batch.filter(pc.greater(batch["year"], CUTOFF_YEAR)).to_pylist():
            for plot in patch["plots"]:
                number = wanted.get((plot, patch["column"], patch["year"]))
                if number is not None:
                    parts[number].append(shapely.from_wkb(patch["geometry"]).intersection(outline[plot]))
    return [shapely.union_all(some) if some else None for some in parts]


def _on_forest(shape: shapely.Geometry, raster: Any) -> shapely.Geometry:
    """What of a shape lies on cells of forest."""
    if shapely.is_empty(shape):
        return shape
    exact = from_bounds(*shapely.bounds(shape), raster.transform)
    left, top = np.floor([exact.col_off, exact.row_off]).astype(int).clip(0)
    right, bottom = np.ceil([exact.col_off + exact.width, exact.row_off + exact.height]).astype(int)
    right, bottom = min(right, raster.width), min(bottom, raster.height)
    if right <= left or bottom <= top:
        return shapely.Polygon()
    window = Window(left, top, right - left, bottom - top)
    cells = raster.read(1, window=window) == YES
    ground = shapes(cells.astype(np.uint8), mask=cells, transform=raster.window_transform(window))
    forest = shapely.union_all([shapely.geometry.shape(one) for one, _ in ground])
    return shapely.intersection(shape, forest)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon | None:
    """The areas of a shape, without lines and points where it only touches."""
    parts = shapely.get_parts(shapely.set_precision(shape, PRECISION_DEG))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    return shapely.normalize(shapely.multipolygons(areas)) if areas else None
