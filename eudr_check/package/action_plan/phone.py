"""Field visits of a cooperative as KML, for any map application on a phone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from lxml import etree

from eudr_check.package import splits
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.text import say
from eudr_check.text.clean import clean, file_stem, markup_entities
from eudr_check.typing import Positions

LOSS = "ffb04fff"
"""Pink, as the pictures draw it; KML writes alpha, blue, green, red."""
KML = "http://www.opengis.net/kml/2.2"


NONE = np.empty(0, dtype=np.intp)
MOST = 500
"""Places in a file: applications on a phone become slow beyond."""


def write(folder: Path, plan: Plan) -> list[Path]:
    """Write `COOPERATIVE.kml`: a point per place with the outline of its plot, and every loss outlined.

    More than `MOST` places are cut into `COOPERATIVE-1.kml`, `COOPERATIVE-2.kml` and so on, in the order of the plan.
    """
    visits = plan.todo[(plan.todo["kind"] == "field") & plan.todo["longitude"].notna()]
    places: dict[tuple[Any, Any, Any], list[Any]] = {}
    for row in visits.itertuples():
        places.setdefault((row.plot, row.longitude, row.latitude), []).append(row)
    groups = list(places.values())
    parts = [groups[at : at + MOST] for at in range(0, len(groups), MOST)] or [[]]
    outlines = dict(zip(plan.plots.index, plan.plots.geometry, strict=True))
    stem = file_stem(plan.cooperative)
    names = [f"{stem}.kml"] if len(parts) == 1 else [f"{stem}-{number}.kml" for number in range(1, len(parts) + 1)]
    lost = {str(plot): np.asarray(rows) for plot, rows in plan.losses.groupby("plot").indices.items()}
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_bytes(_content(plan, part, outlines, lost))
    return [folder / name for name in names]


def _content(
    plan: Plan, places: Sequence[Sequence[Any]], outlines: Mapping[str, Any], lost: Mapping[str, Positions]
) -> bytes:
    """One file: the actions at every place; `lost` tells the rows of losses on a plot."""
    root = etree.Element(f"{{{KML}}}kml", nsmap={None: KML})
    document = _child(root, "Document")
    _child(document, "name", f"{plan.say('visits')} · {clean(plan.name)}")
    if plan.mark:
        _child(document, "description", markup_entities(plan.mark))
    for actions in places:
        mark = _child(document, "Placemark")
        first = actions[0]
        _child(mark, "name", clean(str(first.plot_id)))
        lines = [f"{row.wrong}\n→ {row.todo} [{row.code}]" for row in actions]
        written = _lines([*lines, f"{plan.say('by_when')} {plan.date(first.by)}"])
        # Google Earth takes a description for HTML.
        _child(mark, "description", markup_entities(written))
        _point_and_outline(mark, float(first.longitude), float(first.latitude), outlines.get(first.plot))
    ids = {first.plot: str(first.plot_id) for first, *_ in places}
    _losses(document, plan, ids, np.sort(np.concatenate([*(lost[plot] for plot in ids if plot in lost), NONE])))
    _parts(document, plan, ids)
    etree.indent(root, " ")
    content: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _losses(document: etree.Element, plan: Plan, ids: Mapping[str, str], rows_of_them: Positions) -> None:
    """The outline of every loss on a plot to visit, with year and hectares, in a folder that can be switched off."""
    mine = plan.losses.iloc[rows_of_them]
    if mine.empty:
        return
    folder = _child(document, "Folder")
    _child(folder, "name", plan.say("losses"))
    columns = (mine[name].tolist() for name in ("plot", "year", "area_ha", "column", "disturbed"))
    for plot, year, hectares, column, disturbed, shape in zip(*columns, mine.geometry, strict=True):
        mark = _child(folder, "Placemark")
        seen = plan.say("disturbed" if disturbed else "loss", year=int(year), area=plan.number(hectares, 3))
        _child(mark, "name", f"{clean(str(ids[plot]))} · {seen}")
        _child(mark, "description", markup_entities(clean(str(column))))
        line = _child(_child(mark, "Style"), "LineStyle")
        _child(line, "color", LOSS)
        _child(line, "width", "3")
        holder = _child(mark, "MultiGeometry")
        for ring in shapely.get_rings(shape):
            _ring(holder, ring)


def _parts(document: etree.Element, plan: Plan, ids: Mapping[str, str]) -> None:
    """The parts of splits that are proposed for plots to visit, in a folder that can be switched off."""
    mine = [(plot, plan.splits[plot]) for plot in sorted(ids) if plot in plan.splits]
    if not mine:
        return
    folder = _child(document, "Folder")
    _child(folder, "name", say("uses", "proposed", plan.language))
    note = markup_entities(say("uses", "mixed", plan.language))
    for plot, parts in mine:
        for part in parts:
            mark = _child(folder, "Placemark")
            what, area = splits.in_words(part.holds_ha, plan.language), plan.number(part.area_ha, 2)
            said = say("uses", "part", plan.language, number=part.number, what=what, ha=area)
            _child(mark, "name", f"{clean(str(ids[plot]))} · {said}")
            _child(mark, "description", note)
            holder = _child(mark, "MultiGeometry")
            for ring in shapely.get_rings(part.geometry):
                _ring(holder, ring)


def _ring(holder: etree.Element, ring: Any) -> None:
    line = _child(holder, "LineString")
    _child(line, "tessellate", "1")
    points = shapely.get_coordinates(ring)
    _child(line, "coordinates", " ".join(["%.6f,%.6f"] * len(points)) % tuple(points.ravel().tolist()))


def _lines(lines: Sequence[str]) -> str:
    """Sentences on lines of their own, each without invisible characters."""
    return "\n".join(clean(part) for line in lines for part in line.split("\n"))


def _child(parent: etree.Element, tag: str, text: str | None = None) -> etree.Element:
    element = etree.SubElement(parent, f"{{{KML}}}{tag}")
    element.text = text
    return element


def _point_and_outline(mark: etree.Element, longitude: float, latitude: float, geometry: Any) -> None:
    holder = _child(mark, "MultiGeometry")
    _child(_child(holder, "Point"), "coordinates", f"{longitude:.6f},{latitude:.6f}")
    if geometry is None or shapely.get_dimensions(geometry) < 2:
        return
    for ring in shapely.get_rings(geometry):
        _ring(holder, ring)
