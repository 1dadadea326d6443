"""Pieces of a sheet of paper: maps with graticule, labels, legend, scale bar; as QGIS 3.22 writes them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from eudr_check.package.gis import symbols
from eudr_check.text import say
from eudr_check.text.clean import without_expressions

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; on the sheet left, top, width, height in millimetres."""
MAP, PAGE, LABEL, LEGEND, SCALE_BAR = 65639, 65638, 65641, 65642, 65646
INK, GREY = "40,44,52,255", "120,125,135,255"


@dataclass(frozen=True)
class Entry:
    """A layer of the project as a sheet names it."""

    key: str
    name: str
    source: str
    provider: str
    title: str | None = None
    """In a legend; its name where None, nothing but its symbols where empty."""
    nodes: str = ""
    """Numbers of the symbols that a legend shows; all where empty."""


def sheet(key: str, language: str, **words: str) -> ET.Element:
    """An A4 page on its side, named by a sentence."""
    made = ET.Element("Layout", name=say("gis", key, language, **words), units="mm", printResolution="200")
    made.set("worldFileMap", "")
    pages = ET.SubElement(made, "PageCollection")
    pages.append(symbols.fill("#ffffff", "#ffffff", pattern="solid"))
    item(pages, PAGE, "page", (0, 0, 297, 210))
    return made


def identity(parent: ET.Element, name: str) -> str:
    """Id of an item of a sheet."""
    owner = parent.get("name", "page")
    return "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"eudr-check/layout/{owner}/{name}")) + "}"


def item(parent: ET.Element, kind: int, name: str, place: Box, **extra: str) -> ET.Element:
    """Anything on a sheet."""
    left, top, width, height = place
    values = {
        "type": str(kind),
        "id": name,
        "uuid": identity(parent, name),
        "templateUuid": identity(parent, name),
        "position": f"{left},{top},mm",
        "positionOnPage": f"{left},{top},mm",
        "size": f"{width},{height},mm",
        "referencePoint": "0",
        "visibility": "1",
        "opacity": "1",
        "frame": "false",
        "outlineWidthM": "0.2,mm",
        "background": "false" if kind == LABEL else "true",
        "itemRotation": "0",
        "zValue": {PAGE: "0", MAP: "1"}.get(kind, "2"),
    }
    made = ET.SubElement(parent, "LayoutItem", values | extra)
    ET.SubElement(made, "FrameColor", red="150", green="155", blue="165", alpha="255")
    ET.SubElement(made, "BackgroundColor", red="255", green="255", blue="255", alpha="255")
    return made


def map_item(parent: ET.Element, name: str, place: Box, bounds: Box, **extra: str) -> ET.Element:
    """A map of the layers that are on, unless `extra` names a theme."""
    plain = {"frame": "true", "followPreset": "false", "drawCanvasItems": "true", "keepLayerSet": "false"}
    made = item(parent, MAP, name, place, **(plain | {"mapRotation": "0"} | extra))
    west, south, east, north = bounds
    ET.SubElement(made, "Extent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    return made


def of_theme(name: str) -> dict[str, str]:
    """What makes a map follow a theme of the project."""
    return {"followPreset": "true", "followPresetName": name}


def follow(drawn: ET.Element, expressions: Mapping[str, str]) -> None:
    """Let a map follow the feature of its sheet: settings by the names of QGIS, each with its expression."""
    ET.SubElement(drawn, "AtlasMap", margin="0.1", scalingMode="0", atlasDriven="1")
    data_defined(drawn, expressions)


def data_defined(made: ET.Element, expressions: Mapping[str, str]) -> None:
    """Settings of an item that an expression gives."""
    symbols.data_defined(made, dict(expressions))
    holder = made.find("data_defined_properties")
    assert holder is not None
    holder.tag = "dataDefinedProperties"
    made.remove(holder)
    ET.SubElement(made, "LayoutObject").append(holder)


def keep(drawn: ET.Element, layers: Sequence[Entry]) -> None:
    """Let a map show some layers, whatever is on in the project."""
    drawn.set("keepLayerSet", "true")
    listed = ET.SubElement(drawn, "LayerSet")
    for one in layers:
        ET.SubElement(listed, "Layer", source=one.source, provider=one.provider, name=one.name).text = one.key


def graticule(drawn: ET.Element, least_mm: int = 35) -> ET.Element:
    """Crosses of longitude and latitude with degrees on the frame; the caller says which CRS they are in."""
    grid = ET.SubElement(
        drawn,
        "ComposerMapGrid",
        name="graticule",
        uuid=identity(drawn, f"{drawn.get('uuid')}/graticule"),
        show="1",
        position="3",
        unit="3",
        minimumIntervalWidth=f"{least_mm}",
        maximumIntervalWidth=f"{2 * least_mm}",
        gridStyle="1",
        crossLength="1.6",
        gridFrameStyle="0",
        gridFrameSideFlags="15",
        showAnnotation="1",
        annotationFormat="1",
        annotationPrecision="2",
        frameAnnotationDistance="0.6",
        annotationFontColor=GREY,
        leftAnnotationDisplay="1",
        rightAnnotationDisplay="3",
        topAnnotationDisplay="3",
        bottomAnnotationDisplay="2",
    )
    for side, direction in (("left", "1"), ("right", "1"), ("top", "0"), ("bottom", "0")):
        grid.set(f"{side}AnnotationPosition", "1")
        grid.set(f"{side}AnnotationDirection", direction)
    line = ET.SubElement(grid, "lineStyle")
    line.append(symbols.line("#787d87", 0.15))
    text_style(grid, 6, bold=False)
    return grid


def label(parent: ET.Element, name: str, place: Box, text: str, *, size: float, bold: bool = False) -> None:
    """Text as it stands; what looks like an expression in it is none."""
    said(parent, name, place, without_expressions(text), size=size, bold=bold)


def said(
    parent: ET.Element,
    name: str,
    place: Box,
    text: str,
    *,
    size: float,
    bold: bool = False,
    ground: bool = False,
) -> None:
    """Text of our own with expressions of QGIS in it; on a white ground where it lies on a map."""
    made = item(
        parent,
        LABEL,
        name,
        place,
        labelText=text,
        htmlState="0",
        halign="4" if ground else "1",
        valign="32",
        marginX="0",
        marginY="0",
        background=str(ground).lower(),
    )
    ET.SubElement(made, "FontColor", red="40", green="44", blue="52", alpha="255")
    text_style(made, size, bold=bold)
    ET.SubElement(made, "LabelFont", description=_font(size, bold=bold), style="")


def legend(parent: ET.Element, drawn: ET.Element, place: Box, layers: Sequence[Entry], columns: int = 1) -> None:
    """What is seen on a map, of some layers only: a list of all would be longer than the sheet."""
    made = item(
        parent,
        LEGEND,
        "legend",
        place,
        map_uuid=drawn.get("uuid", ""),
        legendFilterByMap="1",
        resizeToContents="1",
        title="",
        symbolWidth="4.5",
        symbolHeight="2.6",
        columnCount=f"{columns}",
        columnSpace="1",
        splitLayer="0",
        equalColumnWidth="0",
        boxSpace="0",
        wrapChar="",
    )
    styles = ET.SubElement(made, "styles")
    for name, size, margin in (
        ("group", 8, "2"),
        ("subgroup", 6.5, "1.2"),
        ("symbol", 6.5, "0.6"),
        ("symbolLabel", 6.5, "0.9"),
    ):
        style = ET.SubElement(styles, "style", name=name, alignment="1", marginTop=margin, marginLeft="2", indent="0")
        text_style(style, size, bold=name in ("group", "subgroup"))
    tree = ET.SubElement(made, "layer-tree-group")
    for one in layers:
        leaf = ET.SubElement(
            tree, "layer-tree-layer", id=one.key, name=one.name, source=one.source, providerKey=one.provider,
            checked="Qt::Checked", expanded="1",
        )  # fmt: skip
        options = ET.SubElement(ET.SubElement(leaf, "customproperties"), "Option", type="Map")
        ET.SubElement(
            options,
            "Option",
            name="legend/title-label",
            type="QString",
            value=one.name if one.title is None else one.title,
        )
        if one.title == "":
            ET.SubElement(options, "Option", name="legend/title-style", type="QString", value="hidden")
        if one.nodes:
            ET.SubElement(options, "Option", name="legend/node-order", type="QString", value=one.nodes)


def scale_bar(parent: ET.Element, drawn: ET.Element, place: Box, unit: str) -> None:
    """A bar of 25 to 50 mm in `m` or `km`."""
    bar = item(
        parent,
        SCALE_BAR,
        "scalebar",
        place,
        mapUuid=drawn.get("uuid", ""),
        style="Single Box",
        unitType={"m": "meters", "km": "km"}[unit],
        unitLabel=unit,
        numSegments="2",
        numSegmentsLeft="0",
        segmentSizeMode="1",
        minBarWidth="25",
        maxBarWidth="50",
        numMapUnitsPerScaleBarUnit="1",
        numUnitsPerSegment="5",
        segmentMillimeters="20",
        height="1.6",
        boxContentSpace="1",
        labelBarSpace="1.2",
    )
    text_style(bar, 7, bold=False)


def text_style(parent: ET.Element, size: float, *, bold: bool) -> None:
    """Size and weight of a text; QGIS 3.22 reads a style of a legend from its font only."""
    ET.SubElement(
        parent,
        "text-style",
        fontSize=str(size),
        fontSizeUnit="Point",
        fontWeight="75" if bold else "50",
        textColor=INK,
        textOpacity="1",
        multilineHeight="1",
    )
    if parent.tag == "style":
        ET.SubElement(parent, "styleFont", description=_font(size, bold=bold), style="")


def _font(size: float, *, bold: bool) -> str:
    """A font as Qt writes it; the generic family is there on every machine."""
    return f"Sans Serif,{size},-1,5,{75 if bold else 50},0,0,0,0,0"
