"""Symbols as QGIS 3.22 writes them; whatever is left out takes its default."""

from xml.etree import ElementTree as ET

from eudr_check.package import palette

_MARKS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle"}


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


def fill(colour: str, ink: str, *, opacity: float = 1.0, width: float = 0.2, pattern: str = "solid") -> ET.Element:
    """A symbol of an area; widths in millimetres."""
    symbol = symbol_of("fill")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(
        layer,
        {
            "color": colour_of(colour, opacity),
            "style": pattern,
            "outline_color": colour_of(ink),
            "outline_style": "solid",
            "outline_width": f"{width:.2f}",
            "outline_width_unit": "MM",
            "joinstyle": "bevel",
        },
    )
    return symbol


def marker(accent: palette.Accent, size: float) -> ET.Element:
    """The mark of an outcome, sizes in millimetres."""
    symbol = symbol_of("marker")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleMarker", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(
        layer,
        {
            "name": _MARKS[accent.mark],
            "color": colour_of(accent.colour),
            "outline_color": colour_of("#ffffff"),
            "outline_style": "solid",
            "outline_width": "0.15",
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
