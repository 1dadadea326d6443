"""The list of plots in layouts that say a place or an id in a way of their own."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pyproj

from eudr_check.config import PlotFile
from tests.fuzz.layouts import PLAIN_LAYOUTS, Layout, Plot, cooperative, kml_text, truth


def _table(header: list[str], cells: Callable[[Plot], list[str]]) -> Callable[[Sequence[Plot], Path], Path]:
    def write(plots: Sequence[Plot], folder: Path) -> Path:
        path = folder / "padron.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";", lineterminator="\n").writerows([header, *map(cells, plots)])
        return path

    return write


def _hemispheres(plot: Plot) -> list[str]:
    """Unsigned degrees, their hemispheres in columns of their own."""
    return [plot.plot_id, plot.producer, "S", "W", f"{-plot.shape.y:.6f}", f"{-plot.shape.x:.6f}"]


def _metres(plot: Plot) -> tuple[float, float]:
    east, north = pyproj.Transformer.from_crs(4326, 32718, always_xy=True).transform(plot.shape.x, plot.shape.y)
    return east, north


def _zoned(plot: Plot) -> list[str]:
    return [plot.plot_id, plot.producer, "18 S", *(f"{value:.3f}" for value in _metres(plot))]


def _thousands(plot: Plot) -> list[str]:
    """Metres as Spanish sheets show them: 9.331.874,200."""
    shown = [f"{value:,.3f}".translate(str.maketrans(",.", ".,")) for value in _metres(plot)]
    return [plot.plot_id, plot.producer, *shown]


def _merged_book(plots: Sequence[Plot], folder: Path) -> Path:
    """A title over all columns, and the village once for every ten plots, in merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Padrón de socios 2026"])
    sheet.merge_cells("A1:E1")
    sheet.append(["caserio", "codigo", "socio", "longitud", "latitud"])
    for place, plot in enumerate(plots):
        village = None if place % 10 else f"Caserío {place // 10}"
        sheet.append([village, plot.plot_id, plot.producer, plot.shape.x, plot.shape.y])
    for top in range(3, 3 + len(plots), 10):
        sheet.merge_cells(start_row=top, start_column=1, end_row=top + 9, end_column=1)
    book.save(folder / "padron.xlsx")
    return folder / "padron.xlsx"


def _formatted_book(plots: Sequence[Plot], folder: Path) -> Path:
    """Ids that are numbers and get their letters and zeros from the format of the cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["codigo", "socio", "longitud", "latitud"])
    for plot in plots:
        sheet.append([int(plot.plot_id.removeprefix("CAF-")), plot.producer, plot.shape.x, plot.shape.y])
        sheet.cell(sheet.max_row, 1).number_format = '"CAF-"000'
    book.save(folder / "padron.xlsx")
    return folder / "padron.xlsx"


def _balloons(plots: Sequence[Plot], folder: Path) -> Path:
    """Attributes in tables of HTML, as ArcGIS and Google Earth write them."""
    path = folder / "plots.kml"
    text = kml_text(plots)
    for plot in plots:
        rows = f"<tr><td>codigo</td><td>{plot.plot_id}</td></tr><tr><td>area_ha</td><td>{plot.hectares}</td></tr>"
        balloon = f"<description><![CDATA[<table>{rows}</table>]]></description>"
        text = text.replace(f"<name>{plot.plot_id}</name>", f"<name>parcela</name>{balloon}")
    path.write_text(text, encoding="utf-8")
    return path


UTM = {"crs": "EPSG:32718"}
ODD_LAYOUTS = (
    Layout(
        "csv-hemispheres",
        "text",
        True,
        _table(["codigo", "socio", "ns", "ew", "latitud", "longitud"], _hemispheres),
        {},
    ),
    Layout("csv-utm-zone", "text", True, _table(["codigo", "socio", "zona_utm", "este", "norte"], _zoned), UTM),
    Layout("csv-thousands", "text", True, _table(["codigo", "socio", "este", "norte"], _thousands), UTM),
    Layout("xlsx-merged", "workbook", True, _merged_book, {}),
    Layout("xlsx-id-format", "workbook", True, _formatted_book, {}),
    Layout("kml-balloons", "kml", False, _balloons, {}),
)
LAYOUTS = (*PLAIN_LAYOUTS, *ODD_LAYOUTS)


def written(layout: Layout, folder: Path, slot: int = 0) -> PlotFile:
    """The list of this slot in this layout, as the harvest names it."""
    path = layout.write(truth(layout.points, slot=slot), folder)
    return PlotFile(path=path, cooperative=cooperative(slot), **layout.settings)
