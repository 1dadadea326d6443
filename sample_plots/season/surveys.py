"""The other formats: survey exports, a phone's KMZ, spreadsheets, an old code page, archives, columnar files."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pyogrio
import shapely
import xlsxwriter
from pyproj import Transformer

from season import files
from season.noise import Array
from season.rows import Row, attributes

ZIP_DATE = (2026, 10, 9, 12, 0, 0)

ODK_HEADERS = {
    "parcela/codigo_parcela": "id",
    "parcela/socio": "producer",
    "parcela/caserio": "place",
    "parcela/hectareas": "hectares",
    "parcela/anio_siembra": "planted",
}
KMZ_HEADERS = {"codigo": "id", "productor": "producer", "area_ha": "hectares_comma", "anio_siembra": "planted"}
DMS_HEADERS = {
    "Código": "id",
    "Productor": "producer",
    "Caserío": "place",
    "País": "country_word",
    "Área (ha)": "hectares",
    "Año de siembra": "planted",
}
VERTEX_HEADERS = {"codigo_parcela": "id", "socio": "producer", "localidad": "place", "hectareas": "hectares"}
OFFICE_HEADERS = {
    "código parcela": "id",
    "nombre del socio": "producer",
    "anexo": "place",
    "superficie (ha)": "hectares_comma",
    "año de siembra": "planted",
}
LINE_HEADERS = {
    "codigo_parcela": "id",
    "productor": "producer",
    "distrito": "district",
    "hectareas": "hectares",
    "ano_siembra": "planted",
    "pais": "country",
}
TABLE_HEADERS = {
    "plot_id": "id",
    "farmer_name": "producer",
    "village": "place",
    "area_ha": "hectares",
    "planting_year": "planted",
    "country": "country",
}


def write_odk(path: Path, rows: Sequence[Row]) -> None:
    """A KoboToolbox / ODK export as CSV: geoshape, geotrace or geopoint in `lat lon alt acc; ...`."""
    table = []
    for number, row in enumerate(rows, start=1):
        cells = {"start": f"2026-05-{number % 28 + 1:02d}T08:{number % 60:02d}:00.000-05:00"}
        cells |= attributes(row, ODK_HEADERS)
        kind, text = _survey(row)
        cells |= {f"parcela/{name}": text if name == kind else "" for name in ("limite", "recorrido", "punto")}
        table.append(cells | {"_id": str(510_000 + number), "_index": str(number)})
    path.write_text(files.csv_text(table), encoding="utf-8", newline="")


def write_kobo_json(path: Path, rows: Sequence[Row]) -> None:
    """What the KoboToolbox API answers: records with questions as `group/question`."""
    records: list[object] = []
    for number, row in enumerate(rows, start=1):
        if row.raw == "null":
            records.append(None)
            continue
        kind, text = _survey(row)
        cells = {name: value for name, value in attributes(row, ODK_HEADERS).items() if value is not None}
        records.append(
            {"_id": 620_000 + number, "formhub/uuid": "0" * 32}
            | cells
            | {f"parcela/{kind}": text, "_validation_status": {}}
        )
    content = {"count": len(records), "next": None, "previous": None, "results": records}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _survey(row: Row) -> tuple[str, str]:
    """Question and answer that hold the geometry of a row."""
    if row.raw is not None:
        return "recorrido", row.raw
    if row.shape is None:
        return "limite", ""
    if row.shape.geom_type == "Point":
        return "punto", _position(row.shape.x, row.shape.y, row.accuracy_m)
    part = shapely.get_parts(row.shape)[0]
    return "limite", survey_text(shapely.get_coordinates(shapely.get_exterior_ring(part)), row.accuracy_m)


def survey_text(positions: Array, accuracy_m: float) -> str:
    """Positions as survey tools write them."""
    return "; ".join(_position(x, y, accuracy_m) for x, y in positions)


def _position(x: float, y: float, accuracy_m: float) -> str:
    return f"{y:.7f} {x:.7f} {1180 + 40 * (x % 0.01) / 0.01:.1f} {accuracy_m:.1f}"


def write_kmz(path: Path, rows: Sequence[Row]) -> None:
    """A phone's KMZ: a folder per village, heights, a picture of the marker."""
    villages = sorted({row.parcel.place for row in rows})
    folders = []
    for village in villages:
        marks = "\n".join(
            files.placemark(row, KMZ_HEADERS, 1642.5 + number)
            for number, row in enumerate(rows)
            if row.parcel.place == village
        )
        folders.append(f"<Folder><name>{escape(village)}</name>\n{marks}\n</Folder>")
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
        "<name>Parcelas de Florida</name>\n<Folder><name>2026</name>\n" + "\n".join(folders) + "\n</Folder>\n"
        "</Document>\n</kml>\n"
    )
    write_zip(path, {"doc.kml": text.encode(), "files/LEEME.txt": "Exportado del teléfono.\n".encode()})


def write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    """A workbook with a title, points in degrees, minutes and seconds, ids shown with zeros, and a second sheet."""
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"title": "Padrón de parcelas", "created": datetime(*ZIP_DATE)})
    digits = book.add_format({"num_format": "000"})
    sheet = book.add_worksheet("Padrón 2026")
    sheet.write(0, 0, "COMITÉ FICTICIO ÑANGALÍ - PADRÓN DE PARCELAS 2026")
    headers = ["N°", *DMS_HEADERS, "Latitud", "Longitud"]
    sheet.write_row(2, 0, headers)
    for number, row in enumerate(rows, start=1):
        cells = list(attributes(row, DMS_HEADERS).values())
        sheet.write(number + 2, 0, number)
        for column, cell in enumerate(cells, start=1):
            if column == 1 and isinstance(cell, str) and cell.isdigit():
                sheet.write_number(number + 2, column, int(cell), digits)
            elif cell is not None:
                sheet.write(number + 2, column, cell)
        latitude, longitude = (row.raw or "").split("|") if row.raw else _angles(row)
        sheet.write_row(number + 2, len(cells) + 1, [latitude, longitude])
    notes = book.add_worksheet("Observaciones")
    notes.write_column(0, 0, ["Nota", "Los puntos se tomaron en la casa o en el centro de la parcela."])
    book.close()


def _angles(row: Row) -> tuple[str, str]:
    if row.shape is None:
        return "", ""
    return angle_text(row.shape.y, "N", "S"), angle_text(row.shape.x, "E", "W")


def angle_text(degrees: float, positive: str, negative: str) -> str:
    """Degrees, minutes and seconds with three decimals."""
    thousandths = round(abs(degrees) * 3_600_000)
    whole, rest = divmod(thousandths, 3_600_000)
    minutes, seconds = divmod(rest, 60_000)
    return f"{whole}° {minutes:02d}' {seconds / 1000:06.3f}\" {positive if degrees >= 0 else negative}"


def write_ods(path: Path, rows: Sequence[Row], utm: str) -> None:
    """A spreadsheet with one row per vertex, eastings and northings in metres."""
    there = Transformer.from_crs("EPSG:4326", utm, always_xy=True)
    headers = [*VERTEX_HEADERS, "vertice", "este", "norte"]
    lines = [_ods_row(headers)]
    for row in rows:
        cells = list(attributes(row, VERTEX_HEADERS).values())
        if row.shape is None:
            lines.append(_ods_row([*cells, None, None, None]))
            continue
        corners = shapely.get_coordinates(shapely.get_parts(row.shape)[0])
        kept = corners[: int(row.raw)] if row.raw else corners[:-1]
        for number, (east, north) in enumerate(zip(*there.transform(kept[:, 0], kept[:, 1]), strict=True), start=1):
            lines.append(_ods_row([*cells, number, f"{east:.2f}".replace(".", ","), f"{north:.2f}".replace(".", ",")]))
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {names} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="Vértices">\n{"".join(lines)}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>\n"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>\n'
    )
    members = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    write_zip(path, {name: text.encode() for name, text in members.items()}, stored=("mimetype",))


def _ods_row(cells: Sequence[object]) -> str:
    return "<table:table-row>" + "".join(_ods_cell(cell) for cell in cells) + "</table:table-row>\n"


def _ods_cell(cell: object) -> str:
    if cell is None:
        return "<table:table-cell/>"
    text = f"<text:p>{escape(str(cell))}</text:p>"
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}">{text}</table:table-cell>'
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def write_office_csv(path: Path, rows: Sequence[Row]) -> None:
    """A CSV of a Spanish office: semicolons, decimal commas, Windows code page."""
    table = []
    for row in rows:
        longitude, latitude = (row.raw or "|").split("|")
        if row.raw is None and row.shape is not None:
            longitude, latitude = (f"{value:.6f}".replace(".", ",") for value in (row.shape.x, row.shape.y))
        table.append(attributes(row, OFFICE_HEADERS) | {"longitud": longitude, "latitud": latitude})
    path.write_bytes(files.csv_text(table, ";").encode("cp1252"))


def write_shapefile_zip(path: Path, rows: Sequence[Row], utm: str, work: Path) -> None:
    """A zipped shapefile in a sub-folder, its text in an old code page and no .cpg to say so."""
    files.write_shapefile(work / "parcelas_cafe.shp", rows, utm, files.SQUARE_METRE_HEADERS, "ISO-8859-1")
    members = {
        f"PARCELAS 2026/SIG/parcelas_cafe{suffix}": (work / f"parcelas_cafe{suffix}").read_bytes()
        for suffix in (".shp", ".shx", ".dbf", ".prj")
    }
    write_zip(path, members | {"PARCELAS 2026/parcelas.mxd": b"\0" * 16})


def write_lines(path: Path, rows: Sequence[Row]) -> None:
    """Newline-delimited GeoJSON; a row may be a broken line."""
    lines = [
        row.raw if row.raw and not row.raw.startswith("{") else files.feature_text(row, LINE_HEADERS) for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_flatgeobuf(path: Path, rows: Sequence[Row]) -> None:
    """A FlatGeobuf."""
    path.unlink(missing_ok=True)
    frame = files.frame(rows, LINE_HEADERS)
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf", geometry_type="Unknown", SPATIAL_INDEX="NO")


def write_parquet(path: Path, rows: Sequence[Row]) -> None:
    """A GeoParquet."""
    files.frame(rows, TABLE_HEADERS).to_parquet(path, compression="snappy", index=False)


def write_mistyped(path: Path, rows: Sequence[Row]) -> None:
    """GeoJSON typed by hand: one ring level too many, a misspelt key."""
    features = []
    for row in rows:
        properties = json.dumps(attributes(row, TABLE_HEADERS), ensure_ascii=False)
        key = "geometría" if row.raw == "key" else "geometry"
        text = files.geometry_text(row.shape)
        if row.raw == "nesting":
            text = text.replace("[[[", "[[[[").replace("]]]", "]]]]")
        features.append(f'{{"type": "Feature", "properties": {properties}, "{key}": {text}}}')
    path.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n", encoding="utf-8")


def write_zip(path: Path, members: dict[str, bytes], stored: Sequence[str] = ()) -> None:
    """An archive whose entries carry one fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    path.write_bytes(buffer.getvalue())


def wobble(ring: Array, metres: float, seed: int) -> Array:
    """Positions of a ring, each a few metres off, the last equal to the first again."""
    random = np.random.default_rng(seed)
    moved = ring[:-1] + random.normal(0, metres / 110_600, ring[:-1].shape)
    return np.vstack([moved, moved[:1]]).round(7)
