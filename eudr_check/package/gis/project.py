"""The QGIS project beside the GeoPackage: layers grouped by question, one print layout, relative paths.

Works from a plain zip of one XML file (`.qgz`). QGIS 3.22 ignores `projectCrs` unless the property
`SpatialRefSys/ProjectionsEnabled` is 1, and takes its first view from `DefaultViewExtent`, not from a map canvas.
"""

import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from eudr_check.package.gis import styles as gis_styles
from eudr_check.package.gis.layout import Box, layout, with_margin
from eudr_check.text import say

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date a zip entry can carry; the same bytes on every day."""
WKT = (
    'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,'
    'LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],'
    'AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4326]]'
)
FINDINGS_SCALE = 100_000
"""Findings show from 1:100 000 on."""
DRAWN = ("findings", "patches", "plot_points", "plots", "tiles")
"""Layers from top to bottom of the map."""


@dataclass(frozen=True)
class Project:
    """What a project shows."""

    geopackage: str
    """File name of the GeoPackage in the same folder."""
    title: str
    fields: Mapping[str, Sequence[str]]
    """Fields of each table, in order."""
    geometry_types: Mapping[str, str | None]
    """OGR geometry type of each table; None for plain tables."""
    bounds: Box
    """West, south, east, north of the first view, degrees."""
    events: Sequence[str]
    """Event variables that occur in PATCHES; one layer each."""
    styles: Mapping[str, str]
    """QML of each table that has a geometry."""
    language: str
    """Of names and notes."""
    policy: str
    """Policy or policies of the assessments, for the layout's note."""


def write(path: Path, project: Project) -> Path:
    """Write the project to a `.qgz`; same project, same bytes."""
    root = ET.Element("qgis", projectname=project.title, version="3.22.0")
    ET.SubElement(root, "title").text = project.title
    _crs(ET.SubElement(root, "projectCrs"))
    _layers(root, project)
    _properties(root)
    note = say("gis", "layout_note", project.language, policy=project.policy, file=project.geopackage)
    ET.SubElement(root, "Layouts").append(layout(project.title, project.bounds, project.language, note))
    view = ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0")
    west, south, east, north = with_margin(project.bounds, 1.0)
    extent = ET.SubElement(view, "DefaultViewExtent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    _crs(extent)
    _zip(path, root)
    return path


def _layers(root: ET.Element, project: Project) -> None:
    """The tree of layers by question, the layers, and the order in which they are drawn."""
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    drawn: list[tuple[int, str]] = []
    for group, members in _groups(project.events, project.language).items():
        branch = ET.SubElement(
            tree,
            "layer-tree-group",
            name=say("gis", group, project.language),
            checked="Qt::Checked",
            expanded=str(int(group != "group_tables")),
        )
        for name, table, condition in members:
            key = f"{table}_{uuid.uuid5(uuid.NAMESPACE_URL, f'{project.title}/{name}').hex}"
            source = f"./{project.geopackage}|layername={table}" + (f"|subset={condition}" if condition else "")
            shown = not condition or name == _first_event(project.events, project.language)
            ET.SubElement(
                branch,
                "layer-tree-layer",
                id=key,
                name=name,
                source=source,
                providerKey="ogr",
                checked="Qt::Checked" if shown else "Qt::Unchecked",
                expanded=str(int(shown)),
            )
            layers.append(_layer(key, name, source, table, project))
            drawn.append((DRAWN.index(table) if table in DRAWN else len(DRAWN), key))
    # Read from top to bottom by question, but drawn so that small things lie on large ones.
    custom = ET.SubElement(tree, "custom-order", enabled="1")
    for _, key in sorted(drawn, key=lambda entry: entry[0]):
        ET.SubElement(custom, "item").text = key


def _groups(events: Sequence[str], language: str) -> dict[str, list[tuple[str, str, str]]]:
    """Groups by question, from top to bottom: name of the layer, its table, and which rows it shows."""

    def whole(*tables: str) -> list[tuple[str, str, str]]:
        return [(say("gis", f"layer_{table}", language), table, "") for table in tables]

    patches = [(_event_title(column, language), "patches", f"\"column\" = '{column}'") for column in events]
    return {
        "group_outcome": whole("plot_points", "plots"),
        "group_faults": whole("findings"),
        "group_evidence": [*patches, *whole("tiles")],
        "group_tables": whole("reasons", "sources", "data_dictionary"),
    }


def _event_title(column: str, language: str) -> str:
    return say("gis", "layer_patches", language, column=column)


def _first_event(events: Sequence[str], language: str) -> str:
    return _event_title(events[0], language) if events else ""


def _layer(key: str, name: str, source: str, table: str, project: Project) -> ET.Element:
    geometry_type, style = project.geometry_types[table], project.styles.get(table)
    kind = {"MultiPolygon": "Polygon", "Polygon": "Polygon", "Point": "Point"}.get(geometry_type or "", "No geometry")
    layer = ET.Element(
        "maplayer",
        type="vector",
        geometry=kind,
        wkbType=geometry_type or "NoGeometry",
        labelsEnabled="1",
        simplifyDrawingHints="1",
        simplifyDrawingTol="1",
        simplifyLocal="1",
        simplifyMaxScale="1",
        styleCategories="AllStyleCategories",
        # Faults are looked at from near; far out they would cover the outcomes.
        hasScaleBasedVisibilityFlag=str(int("layername=findings" in source)),
        minScale=str(FINDINGS_SCALE),
        maxScale="0",
        readOnly="1",
    )
    ET.SubElement(layer, "id").text = key
    ET.SubElement(layer, "datasource").text = source
    ET.SubElement(layer, "layername").text = name
    if geometry_type is not None:
        _crs(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    aliases = ET.SubElement(layer, "aliases")
    # The provider puts the feature id in front of the table's own fields.
    for number, field in enumerate(project.fields[table], start=1):
        title = say("gis", f"field_{field}", project.language)
        ET.SubElement(aliases, "alias", field=field, index=str(number), name=title)
    if style is not None:
        layer.extend(gis_styles.elements(style))
    return layer


def _crs(parent: ET.Element) -> None:
    system = ET.SubElement(parent, "spatialrefsys")
    values = {
        "wkt": WKT,
        "proj4": "+proj=longlat +datum=WGS84 +no_defs",
        "srsid": "3452",
        "srid": "4326",
        "authid": "EPSG:4326",
        "description": "WGS 84",
        "projectionacronym": "longlat",
        "ellipsoidacronym": "EPSG:7030",
        "geographicflag": "true",
    }
    for name, value in values.items():
        ET.SubElement(system, name).text = value


def _properties(root: ET.Element) -> None:
    properties = ET.SubElement(root, "properties")
    reference = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(reference, "ProjectionsEnabled", type="int").text = "1"
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    measure = ET.SubElement(properties, "Measurement")
    ET.SubElement(measure, "AreaUnits", type="QString").text = "ha"
    ET.SubElement(measure, "DistanceUnits", type="QString").text = "meters"


def _zip(path: Path, root: ET.Element) -> None:
    ET.indent(root, " ")
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")
    entry = zipfile.ZipInfo(f"{path.stem}.qgs", EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, text.encode())
