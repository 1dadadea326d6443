"""The QGIS project beside the GeoPackage: layers grouped by question, one print layout, relative paths.

Works from a plain zip of one XML file (`.qgz`). QGIS 3.22 ignores `projectCrs` unless the property
`SpatialRefSys/ProjectionsEnabled` is 1, and takes its first view from `DefaultViewExtent`, not from a map canvas.
"""

import uuid
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from eudr_check.package.gis import styles as gis_styles
from eudr_check.text import say
from eudr_check.text.clean import without_expressions

Box = tuple[float, float, float, float]

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
MAP_MM = (10.0, 24.0, 205.0, 166.0)
"""Left, top, width and height of the map on an A4 sheet, in millimetres."""


def write(
    path: Path,
    geopackage: str,
    *,
    title: str,
    fields: Mapping[str, Sequence[str]],
    geometry_types: Mapping[str, str | None],
    bounds: Box,
    events: Sequence[str],
    styles: Mapping[str, str],
    language: str,
    policy: str,
) -> Path:
    """Write the project.

    Args:
        path: the `.qgz` to write.
        geopackage: file name of the GeoPackage in the same folder.
        title: title of project and layout.
        fields: fields of each table, in order.
        geometry_types: OGR geometry type of each table; None for plain tables.
        bounds: west, south, east, north of the first view, degrees.
        events: event variables that occur in PATCHES; one layer each.
        styles: QML of each table that has a geometry.
        language: of names and notes.
        policy: policy or policies of the assessments, for the layout's note.

    Returns:
        The path.
    """
    root = ET.Element("qgis", projectname=title, version="3.22.0")
    ET.SubElement(root, "title").text = title
    _crs(ET.SubElement(root, "projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    drawn: list[tuple[int, str]] = []
    for group, members in _groups(events, language).items():
        branch = ET.SubElement(
            tree,
            "layer-tree-group",
            name=say("gis", group, language),
            checked="Qt::Checked",
            expanded=str(int(group != "group_tables")),
        )
        for name, table, condition in members:
            key = f"{table}_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/{name}').hex}"
            source = f"./{geopackage}|layername={table}" + (f"|subset={condition}" if condition else "")
            shown = not condition or name == _first_event(events, language)
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
            layers.append(_layer(key, name, source, fields[table], geometry_types[table], styles.get(table), language))
            drawn.append((DRAWN.index(table) if table in DRAWN else len(DRAWN), key))
    # Read from top to bottom by question, but drawn so that small things lie on large ones.
    custom = ET.SubElement(tree, "custom-order", enabled="1")
    for _, key in sorted(drawn, key=lambda entry: entry[0]):
        ET.SubElement(custom, "item").text = key
    _properties(root)
    layouts = ET.SubElement(root, "Layouts")
    layouts.append(_layout(title, bounds, language, policy, geopackage))
    view = ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0")
    west, south, east, north = _grown(bounds, 1.0)
    extent = ET.SubElement(view, "DefaultViewExtent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    _crs(extent)
    _zip(path, root)
    return path


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


def _layer(
    key: str, name: str, source: str, fields: Sequence[str], geometry_type: str | None, style: str | None, language: str
) -> ET.Element:
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
    for number, field in enumerate(fields, start=1):
        ET.SubElement(aliases, "alias", field=field, index=str(number), name=say("gis", f"field_{field}", language))
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


def _grown(bounds: Box, aspect: float) -> Box:
    """The box with a margin, grown to a ratio of width to height; a lone plot keeps about 500 m around it."""
    west, south, east, north = bounds
    width, height = max((east - west) * 1.08, 0.01), max((north - south) * 1.08, 0.01)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (round(x - width / 2, 7), round(y - height / 2, 7), round(x + width / 2, 7), round(y + height / 2, 7))


def _layout(title: str, bounds: Box, language: str, policy: str, geopackage: str) -> ET.Element:
    layout = ET.Element(
        "Layout", name=say("gis", "layout", language), units="mm", printResolution="200", worldFileMap=""
    )
    pages = ET.SubElement(layout, "PageCollection")
    page_symbol = gis_styles._fill("#ffffff", "#ffffff", pattern="solid")
    pages.append(page_symbol)
    _item(pages, 65638, "page", (0, 0, 297, 210))
    map_id = _uuid("map")
    west, south, east, north = _grown(bounds, MAP_MM[2] / MAP_MM[3])
    drawn = _item(
        layout,
        65639,
        "map",
        MAP_MM,
        frame="true",
        followPreset="false",
        drawCanvasItems="true",
        keepLayerSet="false",
        mapRotation="0",
    )
    ET.SubElement(drawn, "Extent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    _label(layout, "title", (10, 8, 277, 12), title, size=18, bold=True)
    note = say("gis", "layout_note", language, policy=policy, file=geopackage)
    _label(layout, "note", (10, 197, 277, 8), note, size=8, bold=False)
    legend = _item(
        layout,
        65642,
        "legend",
        (219, 24, 68, 120),
        map_uuid=map_id,
        legendFilterByMap="1",
        resizeToContents="1",
        title="",
        symbolWidth="5",
        symbolHeight="3.5",
        columnCount="1",
        boxSpace="0",
        wrapChar="",
    )
    styles = ET.SubElement(legend, "styles")
    for name, size, margin in (
        ("group", "9", "4"),
        ("subgroup", "8", "2"),
        ("symbol", "8", "1.2"),
        ("symbolLabel", "8", "1.5"),
    ):
        style = ET.SubElement(styles, "style", name=name, alignment="1", marginTop=margin, marginLeft="2", indent="0")
        _text_style(style, int(size), bold=name == "group")
    bar = _item(
        layout,
        65646,
        "scalebar",
        (14, 178, 60, 12),
        mapUuid=map_id,
        style="Single Box",
        unitType="km",
        unitLabel="km",
        numSegments="2",
        numSegmentsLeft="0",
        segmentSizeMode="1",
        minBarWidth="25",
        maxBarWidth="60",
        numMapUnitsPerScaleBarUnit="1",
        numUnitsPerSegment="5",
        segmentMillimeters="20",
        height="2",
        boxContentSpace="1",
        labelBarSpace="1.5",
        background="false",
    )
    _text_style(bar, 8, bold=False)
    return layout


def _uuid(name: str) -> str:
    return "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"eudr-check/layout/{name}")) + "}"


def _item(parent: ET.Element, kind: int, name: str, place: Box, **extra: str) -> ET.Element:
    left, top, width, height = place
    values = {
        "type": str(kind),
        "id": name,
        "uuid": _uuid(name),
        "templateUuid": _uuid(name),
        "position": f"{left},{top},mm",
        "positionOnPage": f"{left},{top},mm",
        "size": f"{width},{height},mm",
        "referencePoint": "0",
        "visibility": "1",
        "opacity": "1",
        "frame": "false",
        "outlineWidthM": "0.2,mm",
        "background": "false" if kind == 65641 else "true",
        "itemRotation": "0",
        "zValue": {"page": "0", "map": "1"}.get(name, "2"),
    }
    item = ET.SubElement(parent, "LayoutItem", values | extra)
    ET.SubElement(item, "FrameColor", red="150", green="155", blue="165", alpha="255")
    ET.SubElement(item, "BackgroundColor", red="255", green="255", blue="255", alpha="255")
    return item


def _label(layout: ET.Element, name: str, place: Box, text: str, *, size: int, bold: bool) -> None:
    said = without_expressions(text)
    item = _item(
        layout, 65641, name, place, labelText=said, htmlState="0", halign="1", valign="128", marginX="0", marginY="0"
    )
    ET.SubElement(item, "FontColor", red="40", green="44", blue="52", alpha="255")
    _text_style(item, size, bold=bold)
    font = f"{gis_styles.FONT},{size},-1,5,{75 if bold else 50},0,0,0,0,0"
    ET.SubElement(item, "LabelFont", description=font, style="")


def _text_style(parent: ET.Element, size: int, *, bold: bool) -> None:
    ET.SubElement(
        parent,
        "text-style",
        fontFamily=gis_styles.FONT,
        fontSize=str(size),
        fontSizeUnit="Point",
        fontWeight="75" if bold else "50",
        textColor="40,44,52,255",
        textOpacity="1",
        multilineHeight="1",
    )
    if parent.tag == "style":
        font = f"{gis_styles.FONT},{size},-1,5,{75 if bold else 50},0,0,0,0,0"
        ET.SubElement(parent, "styleFont", description=font, style="")


def _zip(path: Path, root: ET.Element) -> None:
    ET.indent(root, " ")
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")
    entry = zipfile.ZipInfo(f"{path.stem}.qgs", EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, text.encode())
