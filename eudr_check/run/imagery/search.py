"""Which scenes the catalogues of a harvest have of some ground: found once, then kept."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eudr_check.config import Catalogue, Harvest
from eudr_check.errors import LayersError
from eudr_check.imagery.scenes import Scene, UnusableItemError, scene
from eudr_check.imagery_settings import ImageryChoice
from eudr_check.layers.catalog.links import items
from eudr_check.layers.catalog.stac_items import read_item
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.text import sentence

Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class Listing:
    """What the catalogues have."""

    scenes: tuple[Scene, ...] = ()
    unusable: tuple[str, ...] = ()
    """Items of which no picture can be made, and why."""
    failed: tuple[str, ...] = ()
    """Searches that were not answered."""

    def __add__(self, other: "Listing") -> "Listing":
        return Listing(self.scenes + other.scenes, self.unusable + other.unusable, self.failed + other.failed)


def search(harvest: Harvest, boxes: Boxes, years: Iterable[int], store: Store, *, offline: bool) -> Listing:
    """Ask every catalogue for the scenes of some ground.

    Args:
        harvest: the settings, with `imagery`.
        boxes: float64 (n, 4) degrees, the ground of the plots.
        years: calendar years that are needed.
        store: keeps what servers answered, for offline runs.
        offline: make no connection.

    Raises:
        LayersError: a catalogue has no such collection, or a folder is no catalogue.
    """
    assert harvest.imagery is not None
    found = Listing()
    for choice in harvest.imagery.catalogues:
        catalogue = harvest.catalogues[choice.source]
        if catalogue.folder is not None:
            found += _in_folder(choice, catalogue.folder)
        else:
            found += _on_server(choice, catalogue, _regions(boxes), sorted(set(years)), store, offline)
    scenes = {(one.catalogue, one.collection, one.item_id): one for one in found.scenes}
    return Listing(
        tuple(scenes[name] for name in sorted(scenes)),
        tuple(sorted(set(found.unusable))),
        tuple(sorted(set(found.failed))),
    )


def _regions(boxes: Boxes) -> list[tuple[float, float, float, float]]:
    """One box around the ground within each whole degree: neighbours share a search, distant plots none."""
    cells: dict[tuple[int, int], list[Boxes]] = {}
    for box in boxes:
        cells.setdefault((int(np.floor(box[0])), int(np.floor(box[1]))), []).append(box)
    regions = []
    for _, members in sorted(cells.items()):
        together = np.array(members)
        west, south = together[:, :2].min(axis=0).tolist()
        east, north = together[:, 2:].max(axis=0).tolist()
        # Rounded outwards, so that a plot that moves a little asks the same question.
        regions.append((
            max(np.floor(west * 100) / 100, -180.0), max(np.floor(south * 100) / 100, -90.0),
            min(np.ceil(east * 100) / 100, 180.0), min(np.ceil(north * 100) / 100, 90.0),
        ))  # fmt: skip
    return regions


def _in_folder(choice: ImageryChoice, folder: Path) -> Listing:
    scenes, unusable = [], []
    for item, path in items(folder, choice.collection):

        def relative(href: str, path: Path = path) -> str:
            return href if "://" in href else Path(os.path.relpath(path.parent / href, folder)).as_posix()

        try:
            scenes.append(scene(item, choice.source, choice.collection, relative))
        except UnusableItemError as error:
            unusable.append(f"{choice.source}: {error}")
    if not scenes and not unusable:
        raise LayersError(sentence("layers", "no_dated_scenes", name=choice.source, collection=choice.collection))
    return Listing(tuple(scenes), tuple(unusable))


def _on_server(
    choice: ImageryChoice,
    catalogue: Catalogue,
    regions: Sequence[tuple[float, float, float, float]],
    years: Sequence[int],
    store: Store,
    offline: bool,
) -> Listing:
    """Year by year, so that answers stay small and a later run asks only for what is new."""
    url = str(catalogue.url)
    home = frozenset(catalogue.inside) | {place(url)}
    found = Listing()
    for year in years:
        names = [key("scenes", url, choice.collection, str(region), str(year)) for region in regions]
        period = f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z"
        if offline:
            said = f"{unsigned(url)}: {choice.collection} of {year} was never searched here, and this run is offline"
            answers: list[list[dict[str, object]] | FetchFailure] = [FetchFailure(said)] * len(regions)
        else:
            answers = http.search(url, choice.collection, regions, home, period)
        for name, answer in zip(names, answers, strict=True):
            if isinstance(answer, FetchFailure):
                kept = store.read("scenes", name)
                # An answer of an earlier run stands in, but the list is then looked for again next time.
                earlier = Listing() if kept is None else _kept(kept, choice)
                failure = (answer.reason,) if kept is None or not offline else ()
                found += replace(earlier, failed=failure)
                continue
            fresh = _read(answer, choice, url)
            store.write(
                "scenes",
                name,
                {
                    "scenes": [one.model_dump(mode="json") for one in fresh.scenes],
                    "unusable": list(fresh.unusable),
                },
            )
            found += fresh
    return found


def _kept(content: dict[str, list[object]], choice: ImageryChoice) -> Listing:
    """What an earlier search found; the catalogue may have had another name then."""
    scenes = (Scene.model_validate(one).model_copy(update={"catalogue": choice.source}) for one in content["scenes"])
    return Listing(tuple(scenes), tuple(str(one) for one in content["unusable"]))


def _read(answer: Sequence[dict[str, object]], choice: ImageryChoice, url: str) -> Listing:
    found = list(_scenes(answer, choice, url))
    return Listing(
        tuple(one for one in found if isinstance(one, Scene)), tuple(one for one in found if isinstance(one, str))
    )


def _scenes(answer: Sequence[dict[str, object]], choice: ImageryChoice, url: str) -> Iterator[Scene | str]:
    """A scene per Item, or what is wrong with it."""
    for content in answer:
        try:
            item = read_item(content, unsigned(url))
            if item.get_self_href():
                item.make_asset_hrefs_absolute()
            yield scene(item, choice.source, choice.collection, unsigned)
        except (LayersError, UnusableItemError) as error:
            yield f"{choice.source}: {error}"
