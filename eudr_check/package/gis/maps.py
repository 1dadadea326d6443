"""Maps of forest and of events as raster layers of the QGIS project, below everything but the tiles."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package import palette
from eudr_check.package.gis.layout_items import Entry
from eudr_check.text import say

FOLDER = "rasters"
"""Of the package, beside the project."""
NO, YES, UNKNOWN = 0, 1, 255
"""Values of a map; an event is its year less 2000."""
LAST_YEAR = 2000 + 99


@dataclass(frozen=True)
class Map:
    """One layer variable as a raster."""

    column: str
    kind: Literal["state", "event"]
    role: str
    required: bool = True
    """Whether the policy needs its layer; what others do not know changes nothing."""


def columns(folder: Path) -> list[str]:
    """Variables of which a package has a map."""
    return sorted(path.stem for path in (folder / FOLDER).glob("*.vrt"))


def raster(folder: Path, column: str) -> Path | None:
    """The raster of a variable in a package; None where it has none."""
    path = folder / FOLDER / f"{column}.vrt"
    return path if column and path.is_file() else None


@dataclass(frozen=True)
class Shown:
    """A map among the layers of a project."""

    entry: Entry
    element: ET.Element
    kind: Literal["state", "event"]
    seen: bool
    """Whether it is on at first."""


def add(tree: ET.Element, maps: Sequence[Map], years: Sequence[int], title: str, language: str) -> list[Shown]:
    """Add a group of maps to the tree: events above, forest below.

    Args:
        tree: of layers.
        maps: what there is; the first of forest in 2020 and events are seen, the others wait for a click.
        years: that occur, for the legend.
        title: of the project; ids of layers are made from it.
        language: of names.

    Returns:
        The layers in the order of drawing, without CRS.
    """
    if not maps:
        return []
    branch = ET.SubElement(
        tree, "layer-tree-group", name=say("gis", "group_maps", language), checked="Qt::Checked", expanded="1"
    )
    made = []
    forest = next((one for one in maps if one.role == "forest_2020"), None)
    for one in sorted(maps, key=lambda one: (one.kind != "event", one is not forest)):
        key = f"map_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/{one.column}').hex}"
        name = say("gis", f"map_{one.kind}", language, column=one.column)
        source = f"./{FOLDER}/{one.column}.vrt"
        # Two maps of forest on one another would show what neither says.
        seen = one is forest or one.role == "event"
        classes = _classes(one, years, language)
        leaf = ET.SubElement(
            branch, "layer-tree-layer", id=key, name=name, source=source, providerKey="gdal", expanded="0",
            checked="Qt::Checked" if seen else "Qt::Unchecked",
        )  # fmt: skip
        # The first entry of a legend of QGIS names the band, which tells a reader nothing.
        order = ",".join(str(number) for number in range(1, len(classes) + 1))
        options = ET.SubElement(ET.SubElement(leaf, "customproperties"), "Option", type="Map")
        ET.SubElement(options, "Option", name="legend/node-order", type="QString", value=order)
        # Years only: what is unknown stands under the forest.
        explained = order if one.kind == "state" else ",".join(order.split(",")[: len(classes) - one.required])
        made.append(
            Shown(
                Entry(
                    key, name, source, "gdal", say("gis", f"legend_{one.kind}", language, column=one.column), explained
                ),
                _layer(key, name, source, classes),
                one.kind,
                seen,
            )
        )
    return made


def _classes(one: Map, years: Sequence[int], language: str) -> list[tuple[int, str, str, int]]:
    """Value, colour, label and opacity (0 to 255) of what is drawn; all else is seen through."""
    unknown = (UNKNOWN, palette.UNKNOWN, say("gis", "map_unknown", language), 150)
    if one.kind == "state":
        label = say("gis", "map_forest" if one.role == "forest_2020" else "map_yes", language)
        none = say("gis", "map_no_forest" if one.role == "forest_2020" else "map_no", language)
        return [(YES, palette.FOREST, label, 255), (NO, palette.NO_FOREST, none, 255), unknown]
    after = [year for year in years if CUTOFF_YEAR < year <= LAST_YEAR]
    # A veil: the forest below must still be seen.
    veil = [(*unknown[:3], 70)] if one.required else []
    return [*((year - 2000, palette.year_colour(year), str(year), 255) for year in after), *veil]


def _layer(key: str, name: str, source: str, classes: Sequence[tuple[int, str, str, int]]) -> ET.Element:
    layer = ET.Element("maplayer", type="raster", styleCategories="AllStyleCategories")
    ET.SubElement(layer, "id").text = key
    ET.SubElement(layer, "datasource").text = source
    ET.SubElement(layer, "layername").text = name
    ET.SubElement(layer, "provider").text = "gdal"
    ET.SubElement(ET.SubElement(layer, "noData"), "noDataList", bandNo="1", useSrcNoData="0")
    pipe = ET.SubElement(layer, "pipe")
    drawn = ET.SubElement(
        pipe, "rasterrenderer", type="paletted", band="1", alphaBand="-1", opacity="1", nodataColor=""
    )
    entries = ET.SubElement(drawn, "colorPalette")
    for value, colour, label, alpha in classes:
        ET.SubElement(entries, "paletteEntry", value=f"{value}", color=colour, label=label, alpha=f"{alpha}")
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    return layer
