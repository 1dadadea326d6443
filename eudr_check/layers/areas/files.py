"""Areas from a vector file on this machine."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from eudr_check.errors import LayersError
from eudr_check.text import sentence

PARQUET = (".parquet", ".geoparquet")
GLOBE = np.array([180.0, 90.0, 180.0, 90.0]) + 1e-6
"""Degrees, with what a conversion may add."""


def read_areas(path: Path, table: str | None = None) -> tuple[gpd.GeoDataFrame, int]:
    """The polygons of a vector file of protected, indigenous or titled land, in EPSG:4326 and as it is drawn.

    Args:
        path: GeoPackage, GeoParquet, shapefile or what else GDAL reads.
        table: its layer, where it has several.

    Returns:
        The areas that have an outline, and how many rows have none: nobody can say what lies in those.

    Raises:
        LayersError: the file cannot be read, has several layers, holds no polygon, says no CRS, or has corners beyond
            the globe: GeoJSON in metres says that it is in degrees.
    """
    try:
        if path.suffix.lower() in PARQUET:
            areas = gpd.read_parquet(path)
        else:
            named = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            if table is None and len(named) > 1:
                raise LayersError(sentence("layers", "areas_several", file=str(path), names=", ".join(named)))
            areas = gpd.read_file(path, layer=table)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pa.ArrowInvalid,
        ValueError,
        OSError,
    ) as error:
        raise LayersError(sentence("layers", "areas_unreadable", file=str(path), problem=str(error))) from error
    if areas.crs is None:
        raise LayersError(sentence("layers", "areas_no_crs", file=str(path)))
    shapes = areas.geometry.to_numpy()
    polygons = areas[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    if polygons.empty:
        raise LayersError(sentence("layers", "areas_no_polygon", file=str(path)))
    found = gpd.GeoDataFrame(polygons.to_crs("EPSG:4326").reset_index(drop=True))
    if not (np.abs(found.total_bounds) <= GLOBE).all():
        raise LayersError(sentence("layers", "areas_beyond", file=str(path)))
    return found, len(areas) - len(found)


def refuse_swapped(areas: gpd.GeoDataFrame, shapes: NDArray[np.object_], path: Path) -> None:
    """Refuse a file that lies beside all plots, and among them once its latitudes are read as longitudes.

    Args:
        areas: from `read_areas`.
        shapes: ground of the plots, EPSG:4326.
        path: the file.

    Raises:
        LayersError: latitude and longitude are swapped in it.
    """
    west, south, east, north = areas.total_bounds
    plots = shapely.box(*shapely.total_bounds(shapes))
    if not shapely.box(west, south, east, north).intersects(plots) and shapely.box(south, west, north, east).intersects(
        plots
    ):
        raise LayersError(sentence("layers", "areas_swapped", file=str(path)))


def labels(areas: gpd.GeoDataFrame, fields: tuple[str, ...], path: Path) -> list[str]:
    """What every area is called: its fields, else its row in the file, from 1.

    Raises:
        LayersError: the file has no such field.
    """
    if missing := [name for name in fields if name not in areas.columns]:
        raise LayersError(sentence("layers", "areas_no_field", file=str(path), names=", ".join(missing)))
    if not fields:
        return [str(row + 1) for row in range(len(areas))]
    return [" · ".join(map(str, row)) for row in areas[list(fields)].itertuples(index=False)]
