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
}
"""Code: sender whose file shows it."""
OF_FILES = {
    "columns_taken": "coop-01",
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
    surveys.write_zip(there / "copia-del-telefono.zip", {f"DCIM/IMG_{number:04d}.jpg": b"" for number in range(1001)})
    sound = [row for row in sent["coop-02"] if row.shape is not None and row.raw is None][:6]
    with tempfile.TemporaryDirectory() as work:
        files.write_shapefile(Path(work) / "parcelas.shp", sound[:3], "EPSG:4326", files.SHAPE_HEADERS)
        members = {
            f"parcelas{suffix}": (Path(work) / f"parcelas{suffix}").read_bytes() for suffix in (".shp", ".shx", ".dbf")
        }
    surveys.write_zip(there / "sin-proyeccion.zip", members)
    texts = {
        f"{name}.kml": files.kml_text(part, name, files.KML_HEADERS).encode()
        for name, part in (("norte", sound[:3]), ("sur", sound[3:]))
    }
    surveys.write_zip(there / "dos-tablas.zip", texts)
