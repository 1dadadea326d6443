"""Field visits of a cooperative as KML, for any map application on a phone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import shapely

from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.text.clean import clean, file_stem, markup_entities

LOSS = "ffb04fff"
"""Pink, as the pictures draw it; KML writes alpha, blue, green, red."""
KML = "http://www.opengis.net/kml/2.2"


def write(folder: Path, plan: Plan) -> Path:
    """Write `COOPERATIVE.kml`: a point per place with the outline of its plot, and every loss outlined."""
    path = folder / f"{file_stem(plan.cooperative)}.kml"
    ET.register_namespace("", KML)
    root = ET.Element(f"{{{KML}}}kml")
    document = _child(root, "Document")
    _child(document, "name", f"{plan.say('visits')} · {clean(plan.cooperative)}")
    visits = plan.todo[(plan.todo["kind"] == "field") & plan.todo["longitude"].notna()]
    for _, group in visits.groupby(["plot", "longitude", "latitude"], sort=False):
        mark = _child(document, "Placemark")
        first = group.iloc[0]
        _child(mark, "name", clean(str(first["plot_id"])))
        lines = [f"{row.wrong}\n→ {row.todo} [{row.code}]" for row in group.itertuples()]
        written = _lines([*lines, f"{plan.say('by_when')} {plan.date(first['by'])}"])
        # Google Earth takes a description for HTML.
        _child(mark, "description", markup_entities(written))
        outline = plan.plots.geometry.get(first["plot"])
        _point_and_outline(mark, float(first["longitude"]), float(first["latitude"]), outline)
    _losses(document, plan, visits)
    ET.indent(root, " ")
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    return path


def _losses(document: ET.Element, plan: Plan, visits: pd.DataFrame) -> None:
    """The outline of every loss on a plot to visit, with year and hectares, in a folder that can be switched off."""
    ids = dict(zip(visits["plot"], visits["plot_id"], strict=True))
    mine = plan.losses[plan.losses["plot"].isin(list(ids))]
    if mine.empty:
        return
    folder = _child(document, "Folder")
    _child(folder, "name", plan.say("losses"))
    rows = zip(mine["plot"], mine["year"], mine["area_ha"], mine["column"], mine.geometry, strict=True)
    for plot, year, hectares, column, shape in rows:
        mark = _child(folder, "Placemark")
        area = plan.number(hectares, 3)
        _child(mark, "name", f"{clean(str(ids[plot]))} · {plan.say('loss', year=int(year), area=area)}")
        _child(mark, "description", markup_entities(clean(str(column))))
        line = _child(_child(mark, "Style"), "LineStyle")
        _child(line, "color", LOSS)
        _child(line, "width", "3")
        holder = _child(mark, "MultiGeometry")
        for ring in shapely.get_rings(shape):
            _ring(holder, ring)


def _ring(holder: ET.Element, ring: Any) -> None:
    line = _child(holder, "LineString")
    _child(line, "tessellate", "1")
    _child(line, "coordinates", " ".join(f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(ring)))


def _lines(lines: Sequence[str]) -> str:
    """Sentences on lines of their own, each without invisible characters."""
    return "\n".join(clean(part) for line in lines for part in line.split("\n"))


def _child(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{KML}}}{tag}")
    element.text = text
    return element


def _point_and_outline(mark: ET.Element, longitude: float, latitude: float, geometry: Any) -> None:
    holder = _child(mark, "MultiGeometry")
    _child(_child(holder, "Point"), "coordinates", f"{longitude:.6f},{latitude:.6f}")
    if geometry is None or shapely.get_dimensions(geometry) < 2:
        return
    for ring in shapely.get_rings(geometry):
        _ring(holder, ring)
