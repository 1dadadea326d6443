"""Provinces of the world as every QGIS ships them: a backdrop that asks no network and takes no room in the package."""

import uuid
from xml.etree import ElementTree as ET

from eudr_check.package.gis import metadata, qgs, styles
from eudr_check.package.gis.layout_items import Entry
from eudr_check.text import say

SOURCE = "inbuilt:/data/world_map.gpkg|layername=states_provinces"
"""QGIS, from 3.22 on at least, puts the folder of its own data in place of `inbuilt:`."""
NEAREST = 100_000
"""Closer than 1:100 000 the lines, drawn for 1:10 million, would lie beside the truth by more than one sees past."""


def add(branch: ET.Element, layers: ET.Element, title: str, harvest: str, language: str) -> Entry:
    """Add the layer.

    Args:
        branch: group of the tree of layers.
        layers: of the project.
        title: of the project; ids of layers are made from it.
        harvest: its name.
        language: of names.
    """
    key = f"provinces_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/provinces').hex}"
    name = say("gis", "layer_provinces", language)
    ET.SubElement(
        branch, "layer-tree-layer", id=key, name=name, source=SOURCE, providerKey="ogr", checked="Qt::Checked",
        expanded="0",
    )  # fmt: skip
    layer = ET.SubElement(
        layers, "maplayer", type="vector", geometry="Polygon", wkbType="MultiPolygon", labelsEnabled="1",
        styleCategories="AllStyleCategories", readOnly="1", hasScaleBasedVisibilityFlag="1", minScale="100000000",
        maxScale=f"{NEAREST}",
    )  # fmt: skip
    ET.SubElement(layer, "id").text = key
    ET.SubElement(layer, "datasource").text = SOURCE
    ET.SubElement(layer, "layername").text = name
    qgs.crs(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.append(metadata.element(metadata.about("provinces", name, (), harvest, language), language))
    layer.extend(styles.provinces(language))
    return Entry(key, name, SOURCE, "ogr")
