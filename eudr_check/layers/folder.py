"""Items of a STAC folder on this machine."""

from pathlib import Path

from eudr_check.errors import LayersError
from eudr_check.layers import catalogue
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
        files = {asset: places[item.id].parent / item.assets[key].href for asset, key in assets.items()}
        hrefs = {asset: f"{name}/{wanted}/{item.id}/{path.name}" for asset, path in files.items()}
        found.append(Found(item, assets, hrefs, files))
    return found
