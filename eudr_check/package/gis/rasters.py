"""Dated pictures as raster layers of the QGIS project: one per date, tile and kind, below everything else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from pyproj import CRS

from eudr_check.text import say

FOLDER = "pictures"
"""Of the package, beside the project."""
TRUE_COLOUR = "true_colour"


@dataclass(frozen=True)
class Shown:
    """A picture among the layers of a project."""

    key: str
    name: str
    day: str
    kind: str
    seen: bool
    """Whether it is on at first."""


def looks(folder: Path) -> Path | None:
    """Table of the looks of a package; None where it has no pictures."""
    path = folder / FOLDER / "looks.csv"
    return path if path.is_file() else None


def add(tree: ET.Element, layers: ET.Element, scenes: Sequence[str], title: str, language: str) -> list[Shown]:
    """Add a group of pictures, the newest first, and their layers.

    Args:
        tree: of layers.
        layers: of the project.
        scenes: file names, `DATE_TILE_KIND.tif`.
        title: of the project; ids of layers are made from it.
        language: of names.

    Returns:
        The pictures in the order of drawing.
    """
    if not scenes:
        return []
    branch = ET.SubElement(
        tree, "layer-tree-group", name=say("gis", "group_pictures", language), checked="Qt::Checked", expanded="1"
    )
    ordered = sorted(scenes, key=lambda name: _parts(name)[0], reverse=True)
    newest: set[str] = set()
    made = []
    for scene in sorted(ordered, key=lambda name: _parts(name)[2] != TRUE_COLOUR):
        day, tile, kind = _parts(scene)
        # Of every tile the newest in true colour is seen first; the others wait for a click.
        shown = kind == TRUE_COLOUR and tile not in newest
        newest.add(tile)
        name = say("gis", f"scene_{kind}", language, day=day, tile=tile)
        key = f"picture_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/{scene}').hex}"
        source = f"./{FOLDER}/{scene}"
        leaf = ET.SubElement(
            branch, "layer-tree-layer", id=key, name=name, source=source, providerKey="gdal", expanded="0",
            checked="Qt::Checked" if shown else "Qt::Unchecked",
        )  # fmt: skip
        options = ET.SubElement(ET.SubElement(leaf, "customproperties"), "Option", type="Map")
        # A legend that says which band is red helps nobody.
        ET.SubElement(options, "Option", name="legend/node-order", type="QString", value="empty")
        layers.append(_layer(key, name, source, utm_epsg(tile)))
        made.append(Shown(key, name, day, kind, shown))
    return made


def _parts(name: str) -> tuple[str, str, str]:
    """Date, tile and kind of a file name."""
    day, tile, kind = name.removesuffix(".tif").split("_", 2)
    return day, tile, kind


def utm_epsg(tile: str) -> int:
    """EPSG code of the UTM zone that an MGRS tile lies in; Sentinel-2 knows no other grid.

    >>> utm_epsg("18MTU"), utm_epsg("33TWL")
    (32718, 32633)
    """
    return (32600 if tile[-3] >= "N" else 32700) + int(tile[:-3])


def _layer(key: str, name: str, source: str, epsg: int) -> ET.Element:
    """Colours as they are stored: QGIS would stretch each picture by itself, and dates could not be compared."""
    layer = ET.Element("maplayer", type="raster", styleCategories="AllStyleCategories", legendPlaceholderImage="")
    ET.SubElement(layer, "id").text = key
    ET.SubElement(layer, "datasource").text = source
    ET.SubElement(layer, "layername").text = name
    system = ET.SubElement(ET.SubElement(layer, "srs"), "spatialrefsys")
    ET.SubElement(system, "wkt").text = CRS.from_epsg(epsg).to_wkt()
    for name, value in (("srid", f"{epsg}"), ("authid", f"EPSG:{epsg}"), ("geographicflag", "false")):
        ET.SubElement(system, name).text = value
    ET.SubElement(layer, "provider").text = "gdal"
    pipe = ET.SubElement(layer, "pipe")
    ET.SubElement(
        pipe, "rasterrenderer", type="multibandcolor", redBand="1", greenBand="2", blueBand="3", alphaBand="4",
        opacity="1", nodataColor="",
    )  # fmt: skip
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    return layer
