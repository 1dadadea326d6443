"""Small files for the readers of binary formats, made byte by byte so that each part can be wrong alone."""

import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from eudr_check.config import PlotFile
from tests.helpers.plot_files import named, ring

HEADER = ("plot_id", "lon", "lat")
_TYPES = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def square(number: int) -> shapely.Polygon:
    """A field of some 4 ha, apart from those of other numbers."""
    return shapely.Polygon(ring(dx=0.003 * number))


def fields(count: int = 5, **columns: Any) -> gpd.GeoDataFrame:
    """Fields P1, P2 and so on, side by side."""
    ids = [f"P{number}" for number in range(1, count + 1)]
    shapes = [square(number) for number in range(count)]
    return gpd.GeoDataFrame({"codigo": ids, **columns}, geometry=shapes, crs="EPSG:4326")


def cell(name: str, text: Any, inner: str = "", **attributes: Any) -> str:
    """One cell of a sheet: a string in place, or a number; `inner` goes before the value."""
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    place = f' r="{name}"' if name else ""
    if isinstance(text, str):
        return f'<c{place} t="inlineStr"{said}>{inner}<is><t>{text}</t></is></c>'
    return f"<c{place}{said}>{inner}<v>{text}</v></c>" if text is not None else f"<c{place}{said}>{inner}</c>"


def row(number: int, *cells: str, numbered: bool = True) -> str:
    """One row of a sheet."""
    place = f' r="{number}"' if numbered else ""
    return f"<row{place}>{''.join(cells)}</row>"


def plot_row(number: int, plot_id: Any = None, **attributes: Any) -> str:
    """Row of a point in the columns of HEADER."""
    plot_id = f"P{number - 1}" if plot_id is None else plot_id
    return row(
        number,
        cell(f"A{number}", plot_id, **attributes),
        cell(f"B{number}", -76.101234 - number / 100),
        cell(f"C{number}", -6.041234),
    )


def header() -> str:
    """First row of a sheet of points."""
    return row(1, *(cell(f"{letter}1", name) for letter, name in zip("ABC", HEADER, strict=True)))


def xlsx(
    folder: Path,
    *rows: str,
    dimension: str = "A1:C99",
    after: str = "",
    formats: tuple[str, ...] = (),
    calculation: str = "",
    more_sheets: dict[str, str] | None = None,
) -> PlotFile:
    """A workbook from the XML of its rows; style 1 has the first of `formats`, and so on."""
    data = {"plots": f'<dimension ref="{dimension}"/><sheetData>{"".join(rows)}</sheetData>{after}'}
    data |= {name: f"<sheetData>{content}</sheetData>" for name, content in (more_sheets or {}).items()}
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(data, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(data) + 1)
    )
    relations += f'<Relationship Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    codes = "".join(
        f'<numFmt numFmtId="{164 + number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for number, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{164 + number}"/>' for number in range(len(formats)))
    path = folder / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>{calculation}</workbook>',
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_TYPES}">{relations}</Relationships>')
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_SHEET}"><numFmts>{codes}</numFmts>'
            f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        )
        for number, content in enumerate(data.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{_SHEET}">{content}</worksheet>')
    return named(path)


def ods(folder: Path, rows: str) -> PlotFile:
    """An OpenDocument spreadsheet from the XML of its rows, without prefixes' long names."""
    text = (
        '<office:document-content xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x"><office:body>'
        f'<table:table table:name="plots">{rows}</table:table></office:body></office:document-content>'
    )
    path = folder / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
    return named(path)


def ods_cell(text: str, value: str | None = None, **attributes: str) -> str:
    """One cell of an OpenDocument sheet; attributes are those of `table:`."""
    said = "".join(f' table:{key.replace("_", "-")}="{one}"' for key, one in attributes.items())
    typed = f' office:value-type="float" office:value="{value}"' if value is not None else ""
    inner = f"<text:p>{text}</text:p>" if text else ""
    kind = ' office:value-type="string"' if value is None and text else ""
    return f"<table:table-cell{said}{typed}{kind}>{inner}</table:table-cell>"


def ods_row(*cells: str, repeated: int = 1) -> str:
    """One row of an OpenDocument sheet."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_header() -> str:
    """First row of a sheet of points."""
    return ods_row(*map(ods_cell, HEADER))


def shapefile(folder: Path, count: int = 5, name: str = "plots", **columns: Any) -> Path:
    """A shapefile of fields."""
    path = folder / f"{name}.shp"
    fields(count, **columns).to_file(path)
    return path


def dbf(path: Path, said: int, driver: int, names: list[bytes], width: int = 12, field: str = "codigo") -> None:
    """A .dbf of one text column, with any number of records in its header."""
    head = struct.pack("<BBBBIHH", 3, 126, 11, 28, said, 65, width + 1) + bytes(17) + bytes([driver]) + bytes(2)
    column = field.encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    body = b"".join(b" " + one.ljust(width) for one in names)
    path.write_bytes(head + column + b"\r" + body + b"\x1a")


def geopackage(folder: Path, count: int = 5, name: str = "plots", **columns: Any) -> Path:
    """A GeoPackage of fields."""
    path = folder / f"{name}.gpkg"
    fields(count, **columns).to_file(path, driver="GPKG")
    return path


def change(path: Path, *statements: str) -> None:
    """Run statements on a GeoPackage as a program would that knows nothing of its triggers."""
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            database.execute(statement)
        database.commit()


def write_ahead(folder: Path) -> Path:
    """A GeoPackage of five fields whose sixth lies in the write-ahead log beside it."""
    path = geopackage(folder, 6)
    geometry = None
    with closing(sqlite3.connect(path)) as database:
        geometry = database.execute("SELECT geom FROM plots WHERE codigo = 'P6'").fetchone()[0]
    change(path, "DELETE FROM plots WHERE codigo = 'P6'", "UPDATE gpkg_ogr_contents SET feature_count = 6")
    away = folder / "writer"
    away.mkdir()
    copy = away / path.name
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode = WAL").fetchall()
        database.execute("INSERT INTO plots (geom, codigo) VALUES (?, 'P6')", (geometry,))
        database.commit()
        for end in ("", "-wal"):
            Path(f"{path}{end}").write_bytes(Path(f"{copy}{end}").read_bytes())
    for leftover in away.iterdir():
        leftover.unlink()
    away.rmdir()
    return path


def zipped(folder: Path, members: list[tuple[str, bytes | str]], name: str = "a.zip") -> PlotFile:
    """An archive; two members may have one name."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(zipfile.ZipInfo(member), content)
    return named(path)


def _deleted(folder: Path) -> Path:
    path = shapefile(folder)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    (start,) = struct.unpack_from("<H", content, 8)
    content[start : start + 1] = b"*"
    table.write_bytes(content)
    return path


def _stale(folder: Path) -> Path:
    path = geopackage(folder)
    change(path, "UPDATE gpkg_ogr_contents SET feature_count = 3")
    return path


def _view(folder: Path) -> Path:
    path = geopackage(folder)
    change(
        path,
        "CREATE VIEW v AS SELECT fid, geom, zeroblob(9) AS codigo FROM plots",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'features', 'v', 4326)",
        "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4326, 0, 0)",
    )
    return path


def _without_log(folder: Path) -> Path:
    path = write_ahead(folder)
    Path(f"{path}-wal").unlink()
    return path


def _western(folder: Path) -> Path:
    path = shapefile(folder, 1)
    path.with_suffix(".cpg").unlink()
    dbf(path.with_suffix(".dbf"), 1, 0, ["\u00d1-1".encode("cp1252")])
    return path


def _linked(folder: Path) -> Path:
    path = folder / "a.kml"
    path.write_text("<kml><NetworkLink><Link><href>b.kml</href></Link></NetworkLink></kml>", encoding="utf-8")
    return path


def _of_two_kinds(folder: Path) -> PlotFile:
    shape = row(1, cell("A1", "plot_id"), cell("B1", "wkt")) + row(2, cell("A2", "Q"), cell("B2", square(1).wkt))
    return xlsx(folder, header(), plot_row(2), more_sheets={"b": shape})


def _endless(folder: Path) -> Path:
    angle = np.linspace(0, 2 * np.pi, 500_001, endpoint=False)
    boundary = shapely.Polygon(np.column_stack([-76.1 + 0.001 * np.cos(angle), -6.1 + 0.001 * np.sin(angle)]))
    path = folder / "endless.gpkg"
    gpd.GeoDataFrame({"codigo": ["P1", "P2"]}, geometry=[boundary, square(1)], crs="EPSG:4326").to_file(path)
    return path


_MERGED = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'


def corners(folder: Path, *rows: str) -> PlotFile:
    """A table of corners: plots P1 and P2 with three numbered corners each, then these rows."""
    own = [f"P{p};{n};{-76.1 - 0.003 * p + x:.6f};{-6.1 + y:.6f}" for p in (1, 2) for n, x, y in CORNERS]
    path = folder / "corners.csv"
    path.write_text("\n".join(["id;vertice;x;y", *own, *rows, ""]), encoding="utf-8")
    return named(path)


CORNERS = ((1, 0.000123, 0.000123), (2, 0.001234, 0.000111), (3, 0.001111, 0.001357))
POINT_CSV = "plot_id,lon,lat\nP1,-76.101234,-6.041234\n"

CASES: dict[str, Any] = {
    "count_differs": lambda f: [named(_stale(f))],
    "rows_deleted": lambda f: [named(_deleted(f))],
    "table_unread": lambda f: [named(_view(f))],
    "wal_missing": lambda f: [named(_without_log(f))],
    "encoding_guessed": lambda f: [named(_western(f))],
    "file_linked": lambda f: [named(_linked(f))],
    "tables_differ": lambda f: [_of_two_kinds(f)],
    "member_unread": lambda f: [zipped(f, [("a.csv", POINT_CSV), ("b.dbf", b"\x03")])],
    "members_companions": lambda f: [zipped(f, [("a.csv", POINT_CSV), (".DS_Store", b"x")])],
    "cells_merged": lambda f: [
        xlsx(
            f,
            header(),
            plot_row(2),
            plot_row(3).replace('<c r="A3" t="inlineStr"><is><t>P2</t></is></c>', ""),
            after=_MERGED,
        )
    ],
    "formula_unstored": lambda f: [xlsx(f, header(), row(2, cell("A2", None, inner="<f>B1</f>")))],
    "cell_stored_twice": lambda f: [xlsx(f, header(), plot_row(2).replace("</row>", cell("A2", "Q") + "</row>"))],
    "vertices_too_many": lambda f: [named(_endless(f))],
    "corner_lost": lambda f: [corners(f, ";4;-76.105999;-6.098333")],
    "corners_misnumbered": lambda f: [corners(f, "P2;3;-76.105111;-6.098333")],
    "corners_skipped": lambda f: [corners(f, "P2;5;-76.105999;-6.098333")],
    "id_shown_otherwise": lambda f: [xlsx(f, header(), plot_row(2, 12, s=1), formats=("0.00",))],
    "id_is_date": lambda f: [xlsx(f, header(), plot_row(2, 46054, s=1), formats=("yyyy-mm-dd",))],
}
"""One file for each code that only a reader of a binary format raises."""
