"""Themes of the QGIS project, one for each question, and a bookmark for each cooperative."""

import uuid
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from eudr_check.package.gis import qgs
from eudr_check.package.gis.layout_items import Box


def add(root: ET.Element, themes: Mapping[str, Sequence[str]]) -> None:
    """Put themes into a project.

    Args:
        root: of the project.
        themes: ids of the layers that are on, by name of the theme.
    """
    presets = ET.SubElement(root, "visibility-presets")
    for name, layers in themes.items():
        preset = ET.SubElement(presets, "visibility-preset", name=name)
        for key in layers:
            ET.SubElement(preset, "layer", id=key, visible="1", style="default", expanded="0")


def add_bookmarks(root: ET.Element, group: str, boxes: Sequence[tuple[str, Box]]) -> None:
    """Put bookmarks into a project.

    Args:
        root: of the project.
        group: name of all of them together.
        boxes: west, south, east, north, degrees, with the name of each.
    """
    listed = ET.SubElement(root, "Bookmarks")
    for name, (west, south, east, north) in boxes:
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        ring = ", ".join(f"{x:.7f} {y:.7f}" for x, y in corners)
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"eudr-check/bookmark/{name}").hex
        qgs.crs(ET.SubElement(listed, "Bookmark", id=key, name=name, group=group, extent=f"POLYGON(({ring}))"))
