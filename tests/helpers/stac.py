"""STAC Items as catalogues give them."""

from collections.abc import Mapping

import pystac


def item_of(assets: Mapping[str, str]) -> pystac.Item:
    """An Item of 2020 with some assets: key and address."""
    return pystac.Item.from_dict(
        {
            "type": "Feature",
            "stac_version": pystac.get_stac_version(),
            "id": "N18E105",
            "bbox": [105, 15, 108, 18],
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[105, 15], [108, 15], [108, 18], [105, 18], [105, 15]]],
            },
            "properties": {"datetime": "2020-01-01T00:00:00Z"},
            "links": [],
            "assets": {key: {"href": href} for key, href in assets.items()},
        }
    )
