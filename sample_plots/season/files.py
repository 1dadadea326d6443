"""The first five formats: GeoJSON, GeoPackage, Shapefile, KML, CSV with WKT."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd
import pyogrio
import shapely

from season.rows import Row, attributes

STAMP = "2026-10-09T12:00:00.000Z"
"""Date written where a format wants one."""

GEOJSON_HEADERS = {
    "codigo_parcela": "id",
    "socio": "producer",
    "caserio": "place",
    "provincia": "province",
    "hectareas": "hectares_comma",
    "anio_siembra": "planted",
    "variedad": "variety",
}
GPKG_HEADERS = {
    "codigo": "id",
    "productor": "producer",
    "codigo_socio": "member",
    "localidad": "place",
    "distrito": "district",
    "superficie_ha": "hectares",
    "ano_siembra": "planted",
    "cultivo": "crop",
}
SHAPE_HEADERS = {
    "COD_PARC": "id",
    "SOCIO": "producer",
    "CASERIO": "place",
    "PROVINCIA": "province",
    "HECTAREAS": "hectares_comma",
    "ANIO_SIEMB": "planted",
}
SQUARE_METRE_HEADERS = {
    "COD_PARC": "id",
    "SOCIO": "producer",
    "CASERIO": "place",
    "PROVINCIA": "province",
    "AREA": "square_metres",
    "ANIO_SIEMB": "planted",
}
"""As a GIS fills an area column: square metres, and nobody says so."""
KML_HEADERS = {
    "codigo_parcela": "id",
    "socio": "producer",
    "anexo": "place",
    "hectareas": "hectares_comma",
    "anio_siembra": "planted",
}
CSV_HEADERS = {
    "Código de parcela": "id",
    "Nombre del socio": "producer",
    "Caserío": "place",
    "Provincia": "province",
    "Superficie (ha)": "hectares_comma",
    "Año de siembra": "planted",
}


def write_geojson(path: Path, rows: Sequence[Row], headers: dict[str, str] = GEOJSON_HEADERS) -> None:
    """A FeatureCollection, one feature a line, coordinates with seven written decimals."""
    features = ",\n".join(feature_text(row, headers) for row in rows)
    path.write_text('{"type": "FeatureCollection", "features": [\n' + features + "\n]}\n", encoding="utf-8")


def feature_text(row: Row, headers: dict[str, str]) -> str:
    """One GeoJSON feature as text."""
    properties = json.dumps(attributes(row, headers), ensure_ascii=False)
    return f'{{"type": "Feature", "properties": {properties}, "geometry": {row.raw or geometry_text(row.shape)}}}'


def geometry_text(shape: shapely.Geometry | None) -> str:
    """GeoJSON geometry as text with seven decimals."""
    if shape is None:
        return "null"
    if shape.geom_type == "Point":
        return f'{{"type": "Point", "coordinates": {_position(shape.x, shape.y)}}}'
    parts = [_polygon_text(part) for part in shapely.get_parts(shape)]
    if shape.geom_type == "Polygon":
        return f'{{"type": "Polygon", "coordinates": {parts[0]}}}'
    return f'{{"type": "MultiPolygon", "coordinates": [{", ".join(parts)}]}}'


def ring_text(positions: Any, decimals: int = 7) -> str:
    """A ring of longitude, latitude pairs as GeoJSON text."""
    return "[" + ", ".join(_position(x, y, decimals) for x, y in positions) + "]"


def _position(x: float, y: float, decimals: int = 7) -> str:
    return f"[{x:.{decimals}f}, {y:.{decimals}f}]"


def _polygon_text(polygon: shapely.Geometry) -> str:
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygon)]
    return "[" + ", ".join(ring_text(ring) for ring in rings) + "]"


def frame(rows: Sequence[Row], headers: dict[str, str]) -> gpd.GeoDataFrame:
    """Rows as a GeoDataFrame (EPSG:4326) under the cooperative's headers."""
    return gpd.GeoDataFrame(
        [attributes(row, headers) for row in rows], geometry=[row.shape for row in rows], crs="EPSG:4326"
    )


def write_gpkg(path: Path, rows: Sequence[Row]) -> None:
    """A GeoPackage with one layer, as QGIS writes it; its dates are fixed."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(frame(rows, GPKG_HEADERS), path, layer="parcelas", driver="GPKG", geometry_type="Unknown")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapefile(
    path: Path, rows: Sequence[Row], utm: str, headers: dict[str, str], encoding: str = "UTF-8"
) -> None:
    """A Shapefile in UTM metres."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.write_dataframe(
        frame(rows, headers).to_crs(utm),
        path,
        driver="ESRI Shapefile",
        ENCODING=encoding,
        DBF_DATE_LAST_UPDATE=STAMP[:10],
    )


def write_kml(path: Path, rows: Sequence[Row]) -> None:
    """A KML as desktop globes write it."""
    path.write_text(kml_text(rows, "Parcelas", KML_HEADERS), encoding="utf-8")


def kml_text(rows: Sequence[Row], title: str, headers: dict[str, str]) -> str:
    """A KML document with one folder."""
    marks = "\n".join(placemark(row, headers) for row in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
        f"<name>{escape(title)}</name>\n<Folder><name>{escape(title)}</name>\n{marks}\n</Folder>\n</Document>\n</kml>\n"
    )


def placemark(row: Row, headers: dict[str, str], height_m: float = 0.0) -> str:
    """One placemark with ExtendedData."""
    data = "".join(
        f'<Data name="{escape(header)}"><value>{escape(str(value))}</value></Data>'
        for header, value in attributes(row, headers).items()
        if value is not None
    )
    geometry = row.raw or kml_geometry(row.shape, height_m)
    return (
        f"<Placemark><name>Parcela {escape(row.plot_id or 'sin código')}</name>"
        f"<ExtendedData>{data}</ExtendedData>{geometry}</Placemark>"
    )


def kml_geometry(shape: shapely.Geometry | None, height_m: float = 0.0) -> str:
    """KML geometry with seven decimals and a height."""
    if shape is None:
        return ""
    if shape.geom_type == "Point":
        return f"<Point><coordinates>{_kml_positions([(shape.x, shape.y)], height_m)}</coordinates></Point>"
    parts = "".join(_kml_polygon(part, height_m) for part in shapely.get_parts(shape))
    return parts if shape.geom_type == "Polygon" else f"<MultiGeometry>{parts}</MultiGeometry>"


def _kml_polygon(polygon: shapely.Geometry, height_m: float) -> str:
    rings = shapely.get_rings(polygon)
    text = ""
    for number, ring in enumerate(rings):
        name = "outerBoundaryIs" if number == 0 else "innerBoundaryIs"
        positions = _kml_positions(shapely.get_coordinates(ring), height_m)
        text += f"<{name}><LinearRing><coordinates>{positions}</coordinates></LinearRing></{name}>"
    return f"<Polygon>{text}</Polygon>"


def _kml_positions(positions: Any, height_m: float) -> str:
    return " ".join(f"{x:.7f},{y:.7f},{height_m:g}" for x, y in positions)


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """A CSV with WKT and a byte-order mark, as spreadsheets save it."""
    table = [attributes(row, CSV_HEADERS) | {"WKT": row.raw or wkt_text(row.shape)} for row in rows]
    lines = csv_text(table).split("\r\n")
    for number, row in enumerate(rows, start=1):
        if row.unquoted:
            lines[number] = lines[number].replace('"', "")
    path.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8", newline="")


def wkt_text(shape: shapely.Geometry | None) -> str:
    """WKT with seven decimals; empty for none."""
    return "" if shape is None else shapely.to_wkt(shape, rounding_precision=7, trim=False)


def csv_text(table: Sequence[dict[str, Any]], delimiter: str = ",") -> str:
    """A table as delimited text with the line ends of the office."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(table[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()
