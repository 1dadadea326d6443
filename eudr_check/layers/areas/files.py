"""Areas from a vector file on this machine."""

from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyogrio
import shapely

from eudr_check.errors import LayersError
from eudr_check.text import sentence

PARQUET = (".parquet", ".geoparquet")


def read_areas(path: Path, table: str | None = None) -> gpd.GeoDataFrame:
    """A vector file of protected, indigenous or titled land, in EPSG:4326 and as it is drawn.

    Args:
        path: GeoPackage, GeoParquet, shapefile or what else GDAL reads.
        table: its layer, where it has several.

    Raises:
        LayersError: the file cannot be read, has several layers, holds no polygon, or says no CRS.
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
    polygons = areas[shapely.get_dimensions(areas.geometry.to_numpy()) == 2]
    if polygons.empty:
        raise LayersError(sentence("layers", "areas_no_polygon", file=str(path)))
    return gpd.GeoDataFrame(polygons.to_crs("EPSG:4326").reset_index(drop=True))


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
