"""Layers: what they are, where they are found, and their pixels on one grid per tile.

`definition` reads what a layer is, `prefetch` brings what plots need and writes SOURCES, `cube` lays all raster layers
of a tile on their common refinement, `zones` gives its polygon maps and `drawn` shows both in cells, `catalogue` keeps
a STAC folder of maps on disk, `live_check` asks the places of definitions whether they are still so, `supply` brings
what SOURCES lists to a machine that did not fetch it. Only `fetch` touches the network, and `eudr_check.object_store`
for a STAC folder in an object store.
"""

from eudr_check.layers.catalog import local as catalogue
from eudr_check.layers.cube import cube
from eudr_check.layers.definition import LayerDefinition, definition, shipped
from eudr_check.layers.live_check import live_check
from eudr_check.layers.polygons.drawn import drawn
from eudr_check.layers.polygons.zones import zones
from eudr_check.layers.prefetch import prefetch
from eudr_check.layers.restore import Origin, Supply

__all__ = [
    "LayerDefinition",
    "Origin",
    "Supply",
    "catalogue",
    "cube",
    "definition",
    "drawn",
    "live_check",
    "prefetch",
    "shipped",
    "zones",
]
