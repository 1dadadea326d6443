"""One invented list of fifty plots, written in every format and layout that is read."""

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyproj
import shapely

NAMES = ("Rosa Quispe", "José Ñahui", "María Huamán", "Wilder Díaz", "Elmer Núñez", "Ana 'Nena' Tello", "Luis, hijo")


@dataclass(frozen=True)
class Plot:
    """One plot as it truly is: id, producer, hectares as declared, outline or place in longitude and latitude."""

    plot_id: str
    producer: str
    hectares: float
    shape: shapely.Geometry


def cooperative(slot: int) -> str:
    """Whose list this is."""
    return f"coop-{slot + 1:02d}"


@cache
def truth(points: bool = False, count: int = 50, slot: int = 0) -> tuple[Plot, ...]:
    """Fifty plots side by side near Moyobamba, none touching another; the same at every call, further south in each
    slot."""
    chance = random.Random(2026)
    made = []
    for number in range(count):
        x = round(-76.95 + 0.004 * (number % 10) + chance.random() * 0.0007, 6)
        y = round(-6.05 - 0.03 * slot - 0.004 * (number // 10) - chance.random() * 0.0007, 6)
        corners = [(x, y), (x + 0.001237, y + 0.000113), (x + 0.001411, y + 0.001319), (x + 0.000127, y + 0.001203)]
        ring = [(round(a, 6), round(b, 6)) for a, b in corners]
        shape = shapely.Point(ring[0]) if points else shapely.Polygon(ring)
        hectares = round(0.7 + chance.random(), 2)
        made.append(Plot(f"CAF-{number + 1:03d}", NAMES[number % len(NAMES)], hectares, shape))
    return tuple(made)


@dataclass(frozen=True)
class Layout:
    """A way to write the list.

    Attributes:
        family: text | json | kml | workbook | shapefile | geopackage | archive | binary; says which damages apply.
        points: whether it holds places instead of outlines.
        write: plots and an empty folder -> the file.
        settings: what the harvest says of the file.
    """

    name: str
    family: str
    points: bool
    write: Callable[[Sequence[Plot], Path], Path]
    settings: dict[str, Any]


def _delimited(rows: Iterator[list[str]], delimiter: str, encoding: str = "utf-8") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def _wkt(header: list[str], delimiter: str, encoding: str = "utf-8", suffix: str = "csv") -> Callable[..., Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        rows = (
            [p.plot_id, p.producer, f"{p.hectares:.2f}", shapely.to_wkt(p.shape, rounding_precision=6)] for p in plots
        )
        return _file(folder / f"padron.{suffix}", _delimited(iter([header, *rows]), delimiter, encoding))

    return write


def _lonlat(header: list[str], delimiter: str, number: Callable[[float, bool], str], hectares: Callable[[float], str]):
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        rows = (
            [p.plot_id, p.producer, hectares(p.hectares), number(p.shape.x, True), number(p.shape.y, False)]
            for p in plots
        )
        return _file(folder / "padron.csv", _delimited(iter([header, *rows]), delimiter))

    return write


def _file(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _dms(value: float, east: bool) -> str:
    letter = ("E" if value > 0 else "W") if east else ("N" if value > 0 else "S")
    seconds = round(abs(value) * 3600, 4)
    return f"{int(seconds // 3600)}° {int(seconds % 3600 // 60)}' {seconds % 60:.4f}\" {letter}"


def _plain(value: float, _: bool = False) -> str:
    return f"{value:.6f}"


def _comma(value: float, _: bool = False) -> str:
    return f"{value:.6f}".replace(".", ",")


def _vertices(plots: Sequence[Plot], folder: Path) -> Path:
    rows = [
        [p.plot_id, str(n), f"{x:.6f}", f"{y:.6f}"]
        for p in plots
        for n, (x, y) in enumerate(p.shape.exterior.coords[:-1], start=1)
    ]
    return _file(folder / "vertices.csv", _delimited(iter([["codigo", "vertice", "longitud", "latitud"], *rows]), ";"))


def _survey(plots: Sequence[Plot], folder: Path) -> Path:
    rows = [
        [p.plot_id, p.producer, ";".join(f"{y:.6f} {x:.6f} 0 4" for x, y in p.shape.exterior.coords)] for p in plots
    ]
    return _file(folder / "kobo.csv", _delimited(iter([["g/codigo", "g/socio", "g/lindero"], *rows]), ","))


def _utm(plots: Sequence[Plot], folder: Path) -> Path:
    to = pyproj.Transformer.from_crs(4326, 32718, always_xy=True)
    rows = [[p.plot_id, p.producer, *(f"{v:.3f}" for v in to.transform(p.shape.x, p.shape.y))] for p in plots]
    return _file(folder / "utm.csv", _delimited(iter([["codigo", "socio", "este", "norte"], *rows]), ";"))


def _features(plots: Sequence[Plot], id_key: str = "codigo") -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": {id_key: p.plot_id, "socio": p.producer, "area_ha": p.hectares},
            "geometry": json.loads(shapely.to_geojson(p.shape)),
        }
        for p in plots
    ]


def _geojson(**members: Any) -> Callable[..., Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        content = {"type": "FeatureCollection", **members, "features": _features(plots)}
        return _file(folder / "plots.geojson", json.dumps(content, ensure_ascii=False))

    return write


def _lines(separator: str) -> Callable[..., Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        return _file(folder / "plots.ndjson", "".join(separator + json.dumps(one) + "\n" for one in _features(plots)))

    return write


def _array(plots: Sequence[Plot], folder: Path) -> Path:
    return _file(folder / "plots.json", json.dumps(_features(plots), indent=1))


def _records(plots: Sequence[Plot], folder: Path) -> Path:
    rows = [
        {
            "g/codigo": p.plot_id,
            "g/socio": p.producer,
            "g/lindero": ";".join(f"{y} {x} 0 3" for x, y in p.shape.exterior.coords),
        }
        for p in plots
    ]
    return _file(folder / "kobo.json", json.dumps(rows))


def kml_text(plots: Sequence[Plot]) -> str:
    """A KML with a folder, names as ids and producers in its extended data."""
    marks = "".join(
        f"<Placemark><name>{p.plot_id}</name><ExtendedData><Data name='socio'><value>{p.producer}</value></Data>"
        f"</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>\n"
        f"{' '.join(f'{x:.6f},{y:.6f},0' for x, y in p.shape.exterior.coords)}\n"
        "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>\n"
        for p in plots
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>\n'
    return f"{head}{marks}</Folder></Document></kml>\n"


def _kml(plots: Sequence[Plot], folder: Path) -> Path:
    return _file(folder / "plots.kml", kml_text(plots))


def _kmz(plots: Sequence[Plot], folder: Path) -> Path:
    return _zipped(folder / "plots.kmz", {"doc.kml": kml_text(plots).encode()})


def _zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _book(wkt: bool, above: int) -> Callable[..., Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        for _ in range(above):
            sheet.append(["Padrón de socios 2026"])
        sheet.append(["codigo", "socio", "area_ha", *(["poligono"] if wkt else ["longitud", "latitud"])])
        for p in plots:
            where = [shapely.to_wkt(p.shape, rounding_precision=6)] if wkt else [p.shape.x, p.shape.y]
            sheet.append([p.plot_id, p.producer, p.hectares, *where])
        book.save(folder / "padron.xlsx")
        return folder / "padron.xlsx"

    return write


def _frame(plots: Sequence[Plot]) -> gpd.GeoDataFrame:
    columns = {
        "codigo": [p.plot_id for p in plots],
        "socio": [p.producer for p in plots],
        "area_ha": [p.hectares for p in plots],
    }
    return gpd.GeoDataFrame(columns, geometry=[p.shape for p in plots], crs=4326)


def _driver(name: str, driver: str, crs: int = 4326) -> Callable[..., Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        _frame(plots).to_crs(crs).to_file(folder / name, driver=driver)
        return folder / name

    return write


def _shapefile_zip(plots: Sequence[Plot], folder: Path) -> Path:
    inside = folder / "made"
    inside.mkdir()
    _frame(plots).to_file(inside / "plots.shp")
    content = {f"gis/{path.name}": path.read_bytes() for path in sorted(inside.iterdir())}
    return _zipped(folder / "plots.zip", content)


def _mixed_zip(plots: Sequence[Plot], folder: Path) -> Path:
    """Half of the list as GeoJSON, half as CSV, in one archive."""
    half = len(plots) // 2
    inside = folder / "made"
    inside.mkdir()
    first = _geojson()(plots[:half], inside).read_bytes()
    second = _wkt(["codigo", "socio", "area_ha", "wkt"], ";")(plots[half:], inside).read_bytes()
    return _zipped(folder / "envio.zip", {"norte.geojson": first, "sur/padron.csv": second})


def _parquet(plots: Sequence[Plot], folder: Path) -> Path:
    _frame(plots).to_parquet(folder / "plots.parquet")
    return folder / "plots.parquet"


def _flat_parquet(plots: Sequence[Plot], folder: Path) -> Path:
    columns = {
        "codigo": [p.plot_id for p in plots],
        "longitud": [p.shape.x for p in plots],
        "latitud": [p.shape.y for p in plots],
    }
    pd.DataFrame(columns).to_parquet(folder / "plots.parquet")
    return folder / "plots.parquet"


def _ods(plots: Sequence[Plot], folder: Path) -> Path:
    columns = {
        "codigo": [p.plot_id for p in plots],
        "longitud": [p.shape.x for p in plots],
        "latitud": [p.shape.y for p in plots],
    }
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{v!r}"><text:p>{v}</text:p></table:table-cell>'
            if isinstance(v, float)
            else f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
            for v in row
        )
        + "</table:table-row>"
        for row in rows
    )
    space = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="Hoja1">{cells}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    text = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space}>{body}</office:document-content>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return _zipped(folder / "padron.ods", {"mimetype": kind, "content.xml": text.encode()})


_ES, _EN = ["codigo", "socio", "area_ha", "wkt"], ["plot_id", "producer_name", "area_ha", "geometry"]
_XY = ["codigo", "socio", "area_ha", "longitud", "latitud"]
PLAIN_LAYOUTS = (
    Layout("csv-comma-wkt", "text", False, _wkt(_EN, ","), {}),
    Layout("csv-semicolon-wkt", "text", False, _wkt(_ES, ";"), {}),
    Layout("tsv-wkt", "text", False, _wkt(_ES, "\t", suffix="tsv"), {}),
    Layout("psv-wkt", "text", False, _wkt(_ES, "|", suffix="psv"), {}),
    Layout("txt-wkt", "text", False, _wkt(_EN, ";", suffix="txt"), {}),
    Layout("csv-utf16", "text", False, _wkt(_ES, ";", "utf-16"), {}),
    Layout("csv-bom", "text", False, _wkt(_ES, ";", "utf-8-sig"), {}),
    Layout("csv-cp1252", "text", False, _wkt(_ES, ";", "cp1252"), {}),
    Layout("csv-points", "text", True, _lonlat(_XY, ",", _plain, lambda v: f"{v:.2f}"), {}),
    Layout("csv-points-comma", "text", True, _lonlat(_XY, ";", _comma, lambda v: f"{v:.2f}".replace(".", ",")), {}),
    Layout("csv-points-dms", "text", True, _lonlat(_XY, ";", _dms, lambda v: f"{v:.2f}"), {}),
    Layout("csv-vertices", "text", False, _vertices, {}),
    Layout("csv-survey", "text", False, _survey, {}),
    Layout("csv-utm", "text", True, _utm, {"crs": "EPSG:32718"}),
    Layout("geojson", "json", False, _geojson(), {}),
    Layout("geojson-named", "json", False, _geojson(name="padron", bbox=[-77, -7, -76, -6]), {}),
    Layout("geojson-points", "json", True, _geojson(), {}),
    Layout("ndjson", "json", False, _lines(""), {}),
    Layout("json-sequence", "json", False, _lines("\x1e"), {}),
    Layout("json-array", "json", False, _array, {}),
    Layout("kobo-json", "json", False, _records, {}),
    Layout("kml", "kml", False, _kml, {}),
    Layout("kmz", "archive", False, _kmz, {}),
    Layout("xlsx-points", "workbook", True, _book(False, 0), {}),
    Layout("xlsx-wkt-titled", "workbook", False, _book(True, 3), {}),
    Layout("ods-points", "archive", True, _ods, {}),
    Layout("shapefile", "shapefile", False, _driver("plots.shp", "ESRI Shapefile"), {}),
    Layout("shapefile-utm", "shapefile", False, _driver("plots.shp", "ESRI Shapefile", 32718), {}),
    Layout("shapefile-zip", "archive", False, _shapefile_zip, {}),
    Layout("geopackage", "geopackage", False, _driver("plots.gpkg", "GPKG"), {}),
    Layout("flatgeobuf", "binary", False, _driver("plots.fgb", "FlatGeobuf"), {}),
    Layout("geoparquet", "binary", False, _parquet, {}),
    Layout("parquet-points", "binary", True, _flat_parquet, {}),
    Layout("mixed-zip", "archive", False, _mixed_zip, {}),
)
