"""The GIS delivery as two steps for a process of its own: GDAL holds Python's lock from the first patch to the last.

Everything they need lies in files, or fits into JSON.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq

from eudr_check import parquet
from eudr_check.package.gis import chains, geopackage, maps, rasters
from eudr_check.package.gis.content import Judged
from eudr_check.package.gis.edition import Edition
from eudr_check.records import Json
from eudr_check.steps import Call


def drawing(target: Path, patches: Path, day: date) -> Call:
    """Begin a GeoPackage with the PATCHES of a Parquet file."""
    arguments = {"target": str(target), "patches": str(patches), "day": day.isoformat()}
    return Call(draw, arguments, target.name, pq.read_metadata(patches).num_rows)


def draw(target: str, patches: str, day: str) -> None:
    """What `drawing` orders."""
    geopackage.draw(Path(target), patches=Path(patches), day=date.fromisoformat(day))


def writing(folder: Path, edition: Edition, plots: gpd.GeoDataFrame) -> Call:
    """Write GeoPackage and project of a package whose tables are there, in the GeoPackage that has its patches."""
    arguments = {"folder": str(folder), "edition": edition.as_json(), "bounds": list(geopackage.view(plots))}
    return Call(write, arguments, edition.geopackage(folder).name, len(plots))


def write(folder: str, edition: Json, bounds: Sequence[float]) -> None:
    """What `writing` orders."""
    tables = Path(folder) / "tables"
    west, south, east, north = bounds
    read = Edition.from_json(edition)
    geopackage.write(
        Path(folder),
        edition=read,
        plots=tables / "PLOTS.parquet",
        findings=parquet.frame(tables / "FINDINGS.parquet"),
        sources=parquet.frame(tables / "SOURCES.parquet"),
        patches=tables / "PATCHES.parquet",
        judged=Judged(
            assessments=parquet.frame(tables / "ASSESSMENTS.parquet"),
            reasons=parquet.frame(tables / "REASONS.parquet"),
            evidence=pq.ParquetFile(tables / "EVIDENCE.parquet"),
            counted=read.counted,
            forest=maps.raster(Path(folder), read.counted.baseline),
            looks=rasters.looks(Path(folder)),
            areas=geopackage.stored_table(Path(folder), "AREAS"),
            outlines=geopackage.stored_table(Path(folder), "AREA_OUTLINES"),
            animals=chains.files(Path(folder)),
            splits=geopackage.stored_table(Path(folder), "SPLITS"),
        ),
        bounds=(west, south, east, north),
    )
