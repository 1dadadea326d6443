"""The print layout of the QGIS project: one A4 sheet."""

import uuid
from xml.etree import ElementTree as ET

from eudr_check.package.gis import styles as gis_styles
from eudr_check.text import say
from eudr_check.text.clean import without_expressions

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; on the sheet left, top, width, height in millimetres."""
MAP_MM = (10.0, 24.0, 205.0, 166.0)
"""Left, top, width and height of the map on an A4 sheet, in millimetres."""


def with_margin(bounds: Box, aspect: float) -> Box:
    """The box with a margin, grown to a ratio of width to height; a lone plot keeps about 500 m around it."""
    west, south, east, north = bounds
    width, height = max((east - west) * 1.08, 0.01), max((north - south) * 1.08, 0.01)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (round(x - width / 2, 7), round(y - height / 2, 7), round(x + width / 2, 7), round(y + height / 2, 7))


def layout(title: str, bounds: Box, language: str, note: str) -> ET.Element:
    """The sheet: title, map, legend, scale bar and a note below.

    Args:
        title: what stands above.
        bounds: west, south, east, north of the map, degrees.
        language: of the layout's name.
        note: what stands below.
    """
    sheet = ET.Element(
        "Layout", name=say("gis", "layout", language), units="mm", printResolution="200", worldFileMap=""
    )
    pages = ET.SubElement(sheet, "PageCollection")
    pages.append(gis_styles._fill("#ffffff", "#ffffff", pattern="solid"))
    _item(pages, 65638, "page", (0, 0, 297, 210))
    map_id = _uuid("map")
    west, south, east, north = with_margin(bounds, MAP_MM[2] / MAP_MM[3])
    drawn = _item(
        sheet,
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
    _label(sheet, "title", (10, 8, 277, 12), title, size=18, bold=True)
    _label(sheet, "note", (10, 197, 277, 8), note, size=8, bold=False)
    _legend(sheet, map_id)
    _scale_bar(sheet, map_id)
    return sheet


def _legend(layout: ET.Element, map_id: str) -> None:
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
        ("group", "8", "3"),
        ("subgroup", "7", "1.5"),
        ("symbol", "7", "1"),
        ("symbolLabel", "7", "1.2"),
    ):
        style = ET.SubElement(styles, "style", name=name, alignment="1", marginTop=margin, marginLeft="2", indent="0")
        _text_style(style, int(size), bold=name == "group")


def _scale_bar(layout: ET.Element, map_id: str) -> None:
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
    )
    _text_style(bar, 8, bold=False)


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
    ET.SubElement(item, "LabelFont", description=_font(size, bold=bold), style="")


def _text_style(parent: ET.Element, size: int, *, bold: bool) -> None:
    ET.SubElement(
        parent,
        "text-style",
        fontSize=str(size),
        fontSizeUnit="Point",
        fontWeight="75" if bold else "50",
        textColor="40,44,52,255",
        textOpacity="1",
        multilineHeight="1",
    )
    if parent.tag == "style":
        ET.SubElement(parent, "styleFont", description=_font(size, bold=bold), style="")


def _font(size: int, *, bold: bool) -> str:
    """A font as Qt writes it; the generic family is there on every machine."""
    return f"Sans Serif,{size},-1,5,{75 if bold else 50},0,0,0,0,0"
