"""Field visits of a cooperative as KML, for any map application on a phone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import shapely

from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.text.clean import clean, file_stem, markup_entities

KML = "http://www.opengis.net/kml/2.2"


def write(folder: Path, plan: Plan) -> Path:
    """Write `COOPERATIVE.kml`: a point per place, with the outline of its plot."""
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
    ET.indent(root, " ")
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    return path


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
        line = _child(holder, "LineString")
        _child(line, "tessellate", "1")
        _child(line, "coordinates", " ".join(f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(ring)))
