"""Items of a STAC folder on this machine."""

from pathlib import Path

from eudr_check.errors import LayersError
from eudr_check.layers import catalogue
from eudr_check.layers.access import unsigned
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.found import Found, choose, match_assets


def find(folder: Path, name: str, definition: LayerDefinition, collection: str | None) -> list[Found]:
    """All Items of a layer in a STAC folder.

    Args:
        folder: holds `catalog.json`.
        name: what the harvest calls the catalogue; begins the addresses in SOURCES, so that no path of this machine
            gets there.
        definition: the layer.
        collection: collection that holds it, when it is not the definition's.

    Raises:
        LayersError: the folder has no catalogue or no such collection.
    """
    wanted = collection or definition.collection
    known = list(catalogue.items(folder, wanted))
    if not known and not (folder / wanted / "collection.json").is_file():
        held = ", ".join(catalogue.collections(folder)) or "nothing"
        raise LayersError(
            f"catalogue '{name}' ({folder}) has no collection '{wanted}' for layer {definition.id}; it holds: {held}. "
            "Register rasters with `eudr-check catalogue add`"
        )
    places = {item.id: path for item, path in known}
    found = []
    for item in choose(definition, None, (item for item, _ in known)):
        assets = match_assets(definition, None, item)
        assets_of = {asset: item.assets[key].href for asset, key in assets.items()}
        # A folder may list files that lie on the web; they are fetched like those of a STAC API.
        addresses = {asset: href for asset, href in assets_of.items() if "://" in href}
        files = {asset: places[item.id].parent / href for asset, href in assets_of.items() if asset not in addresses}
        hrefs = {
            asset: unsigned(addresses[asset])
            if asset in addresses
            else f"{name}/{wanted}/{item.id}/{files[asset].name}"
            for asset in assets
        }
        found.append(Found(item, assets, hrefs, files, addresses))
    return found
