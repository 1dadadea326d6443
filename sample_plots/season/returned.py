"""Files that go back to the sender: what a mailbox holds besides plot files that can be used.

`returned.yaml` is a harvest of nothing but such files, each of which shows one finding of a whole file.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from season import files, surveys
from season.rows import Row

PDF = b"%PDF-1.4\n% plano de parcelas escaneado (ejemplo)\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
ENTITY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE kml [<!ENTITY ajeno SYSTEM "file:///etc/hostname">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&ajeno;</name>
<Point><coordinates>-78.870000,-5.620000,0</coordinates></Point></Placemark></Document></kml>
"""
TYPED = """codigo_parcela;socio;pais;country;longitud;latitud;nota
DV-01;Socia Ejemplo 9001;PE;PE;-78.871234;-5.621234;cerca del rio
dv-01;Socio Ejemplo 9002;PE;;-78.881234;-5.631234;la loma
DV-03;"Socia Ejemplo 9003;PE;PE;-78.891234;-5.641234;
DV-04;Socio Ejemplo 9004;PE;PE;-78.901234;-5.651234
DV-05;Socia Ejemplo 9005;PE;PE;-78.911234;-5.661234;celdas combinadas
;;;;-78.910234;-5.661134;
;;;;-78.910134;-5.660234;
"""
SURVEYED = """codigo_parcela;hectareas;lindero;casa
DV-06;1,250;POLYGON ((-78.871237 -5.621239, -78.870437 -5.621109, -78.870567 -5.620179, -78.871237 -5.621239));
DV-07;2,125;;-5.641234 -78.891234 0 4
"""
PAGE = """{"count": 250, "next": "https://example.org/parcelas?page=2", "results": [
 {"codigo_parcela": "DV-08", "socio": "Socia Ejemplo 9008", "longitud": -78.971234, "latitud": -5.721234}]}
"""
HARVEST = """# Files that go back to the sender; see docs/sample-season.md. No statement can come of it.
harvest: returned
commodity: coffee
plots:
  - {path: returned/no-adjunto.csv, cooperative: envio-01}
  - {path: returned/plano-escaneado.pdf, cooperative: envio-02}
  - {path: returned/mapa-con-enlace.kml, cooperative: envio-03}
  - {path: returned/solo-encabezado.csv, cooperative: envio-04}
  - {path: returned/copia-del-telefono.zip, cooperative: envio-05}
  - {path: coop-09.xlsx, cooperative: envio-06, table: Hoja 7}
  - {path: coop-11.csv, cooperative: envio-07, encoding: utf-8}
  - {path: coop-05.csv, cooperative: envio-08, columns: {planted_year: Año de plantación}}
  - {path: coop-10.ods, cooperative: envio-09, crs: "EPSG:99999"}
  - {path: returned/sin-proyeccion.zip, cooperative: envio-10}
  - {path: returned/dos-tablas.zip, cooperative: envio-11}
  - {path: returned/escrito-a-mano.csv, cooperative: envio-12}
  - {path: returned/encuesta.csv, cooperative: envio-13}
  - {path: returned/primera-pagina.json, cooperative: envio-14}
catalogues:
  local: {folder: catalogue}
layers:
  - {id: jrc_gfc2020@V4, from: local}
  - {id: hansen_gfc@v1.13, from: local}
  - {id: jrc_tmf@v1.2025, from: local}
production: {from: 2026-03-01, to: 2026-09-30}
package: {languages: [es, en], outputs: [eu_geojson]}
run: {folder: ../runs/returned}
"""
CASES = {
    "file_missing": "envio-01",
    "file_unreadable": "envio-02",
    "file_unsafe": "envio-03",
    "file_empty": "envio-04",
    "file_too_large": "envio-05",
    "table_missing": "envio-06",
    "encoding_wrong": "envio-07",
    "column_missing": "envio-08",
    "crs_unknown": "envio-09",
    "crs_assumed": "envio-10",
    "tables_joined": "envio-11",
    "quotes_unbalanced": "envio-12",
    "cells_missing": "envio-12",
    "columns_doubled": "envio-12",
    "ids_alike": "envio-12",
    "corners_without_id": "envio-12",
    "number_ambiguous": "envio-13",
    "boundary_missing": "envio-13",
    "file_partial": "envio-14",
}
"""Code: sender whose file shows it."""
OF_FILES = {
    "columns_taken": "coop-10",
    "columns_unread": "coop-01",
    "country_taken": "coop-02",
    "rings_turned": "coop-03",
    "unit_taken": "coop-12",
    "vertices_joined": "coop-10",
    "table_ignored": "coop-09",
    "member_ignored": "coop-12",
    "duplicate_kept": "coop-01",
}
"""Findings of whole files, and of the other plot of a pair, among the sound files: code, and a cooperative."""


def write(folder: Path, sent: Mapping[str, Sequence[Row]]) -> None:
    """Write `returned.yaml` and the folder `returned`."""
    there = folder / "returned"
    there.mkdir()
    (folder / "returned.yaml").write_text(HARVEST, encoding="utf-8")
    (there / "plano-escaneado.pdf").write_bytes(PDF)
    (there / "mapa-con-enlace.kml").write_text(ENTITY, encoding="utf-8")
    (there / "solo-encabezado.csv").write_text("codigo_parcela;socio;hectareas;longitud;latitud\n", encoding="utf-8")
    texts = {"escrito-a-mano.csv": TYPED, "encuesta.csv": SURVEYED, "primera-pagina.json": PAGE}
    for name, text in texts.items():
        (there / name).write_text(text, encoding="utf-8", newline="\n")
    surveys.write_zip(there / "copia-del-telefono.zip", {f"DCIM/IMG_{number:04d}.jpg": b"" for number in range(1001)})
    sound = [row for row in sent["coop-02"] if row.shape is not None and row.raw is None][:6]
    with tempfile.TemporaryDirectory() as work:
        files.write_shapefile(Path(work) / "parcelas.shp", sound[:3], "EPSG:4326", files.SHAPE_HEADERS)
        members = {
            f"parcelas{suffix}": (Path(work) / f"parcelas{suffix}").read_bytes() for suffix in (".shp", ".shx", ".dbf")
        }
    surveys.write_zip(there / "sin-proyeccion.zip", members)
    members = {
        f"{name}.kml": files.kml_text(part, name, files.KML_HEADERS).encode()
        for name, part in (("norte", sound[:3]), ("sur", sound[3:]))
    }
    surveys.write_zip(there / "dos-tablas.zip", members)
