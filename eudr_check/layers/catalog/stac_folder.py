"""Items of a STAC folder, on a disk or in an object store.

Of a folder in an object store only the JSON files are brought here, before Items are looked for; its rasters are read
where they lie, block by block.
"""

from collections.abc import Mapping
from pathlib import Path

from eudr_check import object_store
from eudr_check.errors import ConfigError, LayersError
from eudr_check.layers.catalog import local
from eudr_check.layers.catalog.items import CatalogItems, choose, match_assets
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.fetch.credentials import Access, Signing, unsigned
from eudr_check.text import sentence


def pull(folder: Path) -> Mapping[str, object]:
    """Bring the JSON files of a STAC folder in an object store here.

    Returns:
        Size and content tag of every object below the folder, by relative name: other files, other state.

    Raises:
        FetchError: the store cannot be reached or refuses, or the folder changes.
        LayersError: there is no such folder.
    """
    held = object_store.pull_folder(folder, ".json")
    if "catalog.json" not in held:
        raise LayersError(sentence("layers", "no_folder_there", folder=object_store.name(folder)))
    return held


def access(folder: Path, signing: Signing | None) -> Access:
    """How assets of a folder are opened: those of an object store by the credentials of the environment."""
    return Access(signing or ("object_store" if object_store.origin(folder) is not None else None))


def find(
    folder: Path, name: str, definition: LayerDefinition, collection: str | None, opened: Access | None = None
) -> list[CatalogItems]:
    """All Items of a layer in a STAC folder.

    Args:
        folder: holds `catalog.json`.
        name: what the harvest calls the catalogue; begins the addresses in SOURCES, so that no path of this machine
            gets there.
        definition: the layer.
        collection: collection that holds it, when it is not the definition's.
        opened: how assets with an address are opened.

    Raises:
        LayersError: the folder has no catalogue or no such collection.
    """
    wanted = collection or definition.collection
    known = list(local.items(folder, wanted))
    if not known and not (folder / wanted / "collection.json").is_file():
        held = ", ".join(local.collections(folder)) or "nothing"
        raise LayersError(
            sentence(
                "layers",
                "no_collection",
                name=name,
                folder=object_store.name(folder),
                collection=wanted,
                layer=definition.id,
                held=held,
            )
        )
    places = {item.id: path for item, path in known}
    found = []
    for item in choose(definition, None, (item for item, _ in known)):
        assets = match_assets(definition, None, item)
        assets_of = {asset: item.assets[key].href for asset, key in assets.items()}
        # A folder may list files that lie on the web; they are fetched like those of a STAC API.
        addresses = {asset: href for asset, href in assets_of.items() if "://" in href}
        files = {}
        for asset in [asset for asset in assets_of if asset not in addresses]:
            place = _place(places[item.id].parent, assets_of[asset])
            if (address := object_store.origin(place)) is None:
                files[asset] = place
            else:
                addresses[asset] = address
        hrefs = {
            asset: unsigned(href) if "://" in href else f"{name}/{wanted}/{item.id}/{Path(href).name}"
            for asset, href in assets_of.items()
        }
        found.append(CatalogItems(item, assets, hrefs, files, addresses, access=opened or Access()))
    return found


def _place(folder: Path, href: str) -> Path:
    try:
        return object_store.resolve(folder, Path(href))
    except ConfigError as error:
        raise LayersError(
            sentence("layers", "folder_problem", folder=object_store.name(folder), problem=error)
        ) from error
