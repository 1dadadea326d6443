"""Which scenes the catalogues of a harvest have of some ground: found once, then kept."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pystac import Item

from eudr_check.config import Catalogue, Harvest
from eudr_check.errors import LayersError
from eudr_check.imagery import passes
from eudr_check.imagery.passes import Pass
from eudr_check.imagery.scenes import Scene, UnusableItemError, scene
from eudr_check.imagery_settings import ImageryChoice, RadarChoice
from eudr_check.layers.catalog.links import items
from eudr_check.layers.catalog.stac_items import read_item
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.text import sentence

Boxes = NDArray[np.float64]
Of = TypeVar("Of", Scene, Pass)
Choice = ImageryChoice | RadarChoice


@dataclass(frozen=True)
class Listing:
    """What the catalogues have."""

    scenes: tuple[Scene, ...] = ()
    unusable: tuple[str, ...] = ()
    """Items of which no picture can be made, and why."""
    failed: tuple[str, ...] = ()
    """Searches that were not answered."""
    passes: tuple[Pass, ...] = ()
    """Of the radar catalogue."""

    def __add__(self, other: "Listing") -> "Listing":
        return Listing(
            self.scenes + other.scenes,
            self.unusable + other.unusable,
            self.failed + other.failed,
            self.passes + other.passes,
        )

    def as_json(self) -> dict[str, list[object]]:
        """The same as JSON, that `from_json` reads."""
        return {
            "scenes": [one.model_dump(mode="json") for one in self.scenes],
            "passes": [one.model_dump(mode="json") for one in self.passes],
            "unusable": list(self.unusable),
            "failed": list(self.failed),
        }


def from_json(content: Mapping[str, Sequence[object]]) -> Listing:
    """What `Listing.as_json` wrote; lists that are not there are empty."""
    return Listing(
        tuple(Scene.model_validate(one) for one in content.get("scenes", ())),
        tuple(str(one) for one in content.get("unusable", ())),
        tuple(str(one) for one in content.get("failed", ())),
        tuple(Pass.model_validate(one) for one in content.get("passes", ())),
    )


def listed(found: Iterable[Scene | Pass | str]) -> Listing:
    """Scenes, passes, and what is wrong with the other Items."""
    all_of = list(found)
    return Listing(
        scenes=tuple(one for one in all_of if isinstance(one, Scene)),
        unusable=tuple(one for one in all_of if isinstance(one, str)),
        passes=tuple(one for one in all_of if isinstance(one, Pass)),
    )


def search(
    harvest: Harvest,
    boxes: Boxes,
    years: Iterable[int],
    store: Store,
    *,
    offline: bool,
    radar_years: Iterable[int] = (),
) -> Listing:
    """Ask every catalogue for the scenes of some ground, and the radar catalogue for its passes.

    Args:
        harvest: the settings, with `imagery`.
        boxes: float64 (n, 4) degrees, the ground of the plots.
        years: calendar years that are needed.
        store: keeps what servers answered, for offline runs.
        offline: make no connection.
        radar_years: calendar years that radar medians need.

    Raises:
        LayersError: a catalogue has no such collection, or a folder is no catalogue.
    """
    assert harvest.imagery is not None
    found = Listing()
    asked: list[tuple[Choice, list[int]]] = [(one, sorted(set(years))) for one in harvest.imagery.catalogues]
    if harvest.imagery.radar is not None:
        asked.append((harvest.imagery.radar, sorted(set(radar_years))))
    for choice, wanted in asked:
        catalogue = harvest.catalogues[choice.source]
        if catalogue.folder is not None:
            found += _in_folder(choice, catalogue.folder)
        else:
            found += _on_server(choice, catalogue, _regions(boxes), wanted, store, offline)
    return Listing(
        _each_once(found.scenes),
        tuple(sorted(set(found.unusable))),
        tuple(sorted(set(found.failed))),
        _each_once(found.passes),
    )


def _each_once(found: Iterable[Of]) -> tuple[Of, ...]:
    known = {(one.catalogue, one.collection, one.item_id): one for one in found}
    return tuple(known[name] for name in sorted(known))


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


def _in_folder(choice: Choice, folder: Path) -> Listing:
    def each() -> Iterator[Scene | Pass | str]:
        for item, path in items(folder, choice.collection):

            def relative(href: str, path: Path = path) -> str:
                return href if "://" in href else Path(os.path.relpath(path.parent / href, folder)).as_posix()

            yield _usable(item, choice, relative)

    found = listed(each())
    if found == Listing():
        raise LayersError(sentence("layers", "no_dated_scenes", name=choice.source, collection=choice.collection))
    return found


def _usable(item: Item, choice: Choice, address: Callable[[str], str]) -> Scene | Pass | str:
    """What is looked for, or what is wrong with an Item."""
    if isinstance(choice, RadarChoice):
        found = passes.read(item, choice.source, choice.collection, address)
        return f"{choice.source}: {found}" if isinstance(found, str) else found
    try:
        return scene(item, choice.source, choice.collection, address)
    except UnusableItemError as error:
        return f"{choice.source}: {error}"


def _on_server(
    choice: Choice,
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
            store.write("scenes", name, fresh.as_json())
            found += fresh
    return found


def _kept(content: dict[str, list[Any]], choice: Choice) -> Listing:
    """What an earlier search found; the catalogue may have had another name then."""
    found, name = from_json(content), {"catalogue": choice.source}
    return replace(
        found,
        scenes=tuple(one.model_copy(update=name) for one in found.scenes),
        passes=tuple(one.model_copy(update=name) for one in found.passes),
    )


def _read(answer: Sequence[dict[str, object]], choice: Choice, url: str) -> Listing:
    def each() -> Iterator[Scene | Pass | str]:
        for content in answer:
            try:
                item = read_item(content, unsigned(url))
            except LayersError as error:
                yield f"{choice.source}: {error}"
                continue
            if item.get_self_href():
                item.make_asset_hrefs_absolute()
            yield _usable(item, choice, unsigned)

    return listed(each())
