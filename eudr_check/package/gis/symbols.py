"""Symbols and labels as QGIS 3.22 writes them; whatever is left out takes its default."""

from xml.etree import ElementTree as ET

from eudr_check.package import palette

_MARKS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle"}
LABEL_SCALE = 15_000
"""Plot codes show from 1:15 000 on; further out they would cover the plots."""


def option_map(parent: ET.Element, values: dict[str, str]) -> ET.Element:
    """QGIS's own way to write a map of text values."""
    option = ET.SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        ET.SubElement(option, "Option", name=name, value=value, type="QString")
    return option


def data_defined(layer: ET.Element, expressions: dict[str, str]) -> None:
    """Settings that an expression gives, by the names of QGIS."""
    holder = ET.SubElement(layer, "data_defined_properties")
    root = ET.SubElement(holder, "Option", type="Map")
    ET.SubElement(root, "Option", name="name", value="", type="QString")
    properties = ET.SubElement(root, "Option", name="properties", type="Map")
    for name, expression in expressions.items():
        one = ET.SubElement(properties, "Option", name=name, type="Map")
        ET.SubElement(one, "Option", name="active", value="true", type="bool")
        ET.SubElement(one, "Option", name="expression", value=expression, type="QString")
        ET.SubElement(one, "Option", name="type", value="3", type="int")
    ET.SubElement(root, "Option", name="type", value="collection", type="QString")


def colour_of(value: str, opacity: float = 1.0) -> str:
    """`#rrggbb` in the words of QGIS."""
    red, green, blue = palette.rgb(value)
    return f"{red},{green},{blue},{round(255 * opacity)}"


def symbol_of(kind: str) -> ET.Element:
    """A symbol without layers: `fill`, `line` or `marker`."""
    return ET.Element("symbol", type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def fill(
    colour: str, ink: str, *, opacity: float = 1.0, width: float = 0.2, pattern: str = "solid", edge: str = "solid"
) -> ET.Element:
    """A symbol of an area; widths in millimetres."""
    symbol = symbol_of("fill")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(
        layer,
        {
            "color": colour_of(colour, opacity),
            "style": pattern,
            "outline_color": colour_of(ink),
            "outline_style": edge,
            "outline_width": f"{width:.2f}",
            "outline_width_unit": "MM",
            "joinstyle": "bevel",
        },
    )
    return symbol


def marker(accent: palette.Accent, size: float, *, outlined: bool = False) -> ET.Element:
    """The mark of an outcome or severity, sizes in millimetres."""
    symbol = symbol_of("marker")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleMarker", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(
        layer,
        {
            "name": _MARKS[accent.mark],
            "color": colour_of(accent.colour, 0.0 if outlined else 1.0),
            "outline_color": colour_of(accent.ink if outlined else "#ffffff"),
            "outline_style": "solid",
            "outline_width": "0.5" if outlined else "0.15",
            "outline_width_unit": "MM",
            "size": f"{size:.1f}",
            "size_unit": "MM",
        },
    )
    return symbol


def line(colour: str, width: float) -> ET.Element:
    """A symbol of a line."""
    symbol = symbol_of("line")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleLine", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(layer, {"line_color": colour_of(colour), "line_width": f"{width:.2f}", "line_width_unit": "MM"})
    return symbol


def labels_of(field: str, *, polygons: bool, nearest: int = 1, farthest: int = LABEL_SCALE) -> ET.Element:
    """Labels between two scales, given by their denominators."""
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings,
        "text-style",
        fieldName=field,
        fontSize="8",
        fontSizeUnit="Point",
        textColor="40,44,52,255",
        textOpacity="1",
        isExpression="0",
        fontWeight="50",
        multilineHeight="1",
    )
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="0.9",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )
    ET.SubElement(
        settings,
        "placement",
        placement="0" if not polygons else "1",
        dist="2" if not polygons else "0",
        distUnits="MM",
        priority="5",
        placementFlags="10",
        quadOffset="4",
        layerType="PolygonGeometry" if polygons else "PointGeometry",
    )
    ET.SubElement(
        settings,
        "rendering",
        scaleVisibility="1",
        scaleMin=f"{nearest}",
        scaleMax=f"{farthest}",
        drawLabels="1",
        maxNumLabels="2000",
        obstacle="1",
        obstacleFactor="1",
    )
    return labeling
