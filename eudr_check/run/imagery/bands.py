"""Bands of scenes through the block store: each block once, within a byte budget that is the same offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eudr_check import object_store
from eudr_check.config import Catalogue
from eudr_check.errors import ConfigError, LayersError
from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.fetch.credentials import Access, unsigned
from eudr_check.layers.fetch.http import Wanted
from eudr_check.layers.fetch.integrity import HashedFile, spans_of
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.raster import Raster, blocks_digest, needed_blocks, open_raster
from eudr_check.run.graph import in_flight

USED_UP = "the byte budget (imagery.megabytes) is used up"
LINE_USED_UP = "the byte budget of the line (imagery.vegetation_megabytes) is used up"
MEGABYTE = 1_000_000
NOTHING: NDArray[np.float64] = np.zeros((0, 4))


@dataclass
class Bands:
    """Brings bands; what it spends is counted in bytes of blocks needed, whether they had to be fetched or not."""

    catalogues: Mapping[str, Catalogue]
    store: Store
    offline: bool
    budget_bytes: int
    spent_bytes: int = 0
    left_out: int = 0
    """Bands that did not fit the budget any more."""
    rows: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    """SOURCES row of every band read, by Item and band."""
    _line_bytes: int | None = None
    """Where the share of the line ends, in bytes spent."""
    _counted: set[tuple[str, int]] = field(default_factory=set)
    _boxes: dict[tuple[str, str], list[NDArray[np.float64]]] = field(default_factory=dict)

    def __call__(self, wishes: Sequence[Wish]) -> list[Held | Refused]:
        """Bring bands to this machine, in the order of the wishes; what fails or does not fit says why."""
        wanted = [self._wanted(wish) for wish in wishes]
        headers = {one.href: one for one in wanted if isinstance(one, Wanted)}
        opened = http.bring(list(headers.values()), self.store, offline=self.offline, each=in_flight)
        affordable: dict[str, Wanted] = {}
        answers: list[Held | Refused | None] = []
        for wish, one in zip(wishes, wanted, strict=True):
            answer = self._afford(wish, one, opened)
            if answer is None and isinstance(one, Wanted):
                known = affordable.get(one.href)
                boxes = wish.boxes if known is None else np.concatenate([known.boxes, wish.boxes])
                affordable[one.href] = Wanted(one.href, one.address, boxes, one.access)
            answers.append(answer)
        brought = http.bring(list(affordable.values()), self.store, offline=self.offline, each=in_flight)
        return [
            self._held(wish, one, brought) if answer is None else answer
            for wish, one, answer in zip(wishes, wanted, answers, strict=True)
        ]

    def within(self, megabytes: int | None) -> "Bands":
        """From here on spend no more than a share, whatever is left of the budget; None: all of it."""
        self._line_bytes = None if megabytes is None else self.spent_bytes + megabytes * MEGABYTE
        return self

    def _wanted(self, wish: Wish) -> Wanted | Path | Refused:
        """A remote band (as yet without any ground), or the file of a local one."""
        catalogue = self.catalogues[wish.scene.catalogue]
        address = wish.scene.assets[wish.band]
        signing = catalogue.signing
        if "://" not in address:
            assert catalogue.folder is not None
            try:
                path = object_store.resolve(catalogue.folder, Path(address))
            except ConfigError as error:
                return Refused(str(error))
            remote = object_store.origin(path)
            if remote is None:
                return path
            address, signing = remote, signing or "object_store"
        home = frozenset(catalogue.inside) | ({place(catalogue.url)} if catalogue.url else frozenset())
        return Wanted(unsigned(address), address, NOTHING, Access(signing, home=home))

    def _afford(
        self, wish: Wish, one: Wanted | Path | Refused, opened: Mapping[str, http.Delivered | FetchFailure]
    ) -> Refused | None:
        """None where the blocks needed fit the budget, which they are then taken from."""
        if isinstance(one, Refused):
            return one
        try:
            raster = _opened(one, opened)
        except LayersError as error:
            return Refused(str(error))
        needed = needed_blocks(raster, wish.boxes) & raster.layout.stored
        name = one.href if isinstance(one, Wanted) else str(one)
        blocks = dict(zip(raster.layout.offsets[needed].tolist(), raster.layout.sizes[needed].tolist(), strict=True))
        fresh = {offset: size for offset, size in blocks.items() if (name, offset) not in self._counted}
        after = self.spent_bytes + sum(fresh.values())
        if after > self.budget_bytes:
            self.left_out += 1
            return Refused(USED_UP, budget=True)
        if self._line_bytes is not None and after > self._line_bytes:
            return Refused(LINE_USED_UP, budget=True)
        self.spent_bytes += sum(fresh.values())
        self._counted |= {(name, offset) for offset in fresh}
        return None

    def _held(
        self, wish: Wish, one: Wanted | Path | Refused, brought: Mapping[str, http.Delivered | FetchFailure]
    ) -> Held | Refused:
        """A band that is here, noted as a row of SOURCES with all the ground it was read for."""
        assert not isinstance(one, Refused)
        name = wish.scene.catalogue, wish.scene.item_id, wish.band
        boxes = self._boxes.setdefault((f"{name[0]}/{name[1]}", wish.band), [])
        try:
            raster = _opened(one, brought)
            boxes.append(wish.boxes)
            needed = needed_blocks(raster, np.concatenate(boxes))
            if isinstance(one, Path):
                href = f"{wish.scene.catalogue}/{wish.scene.collection}/{wish.scene.item_id}/{one.name}"
                etag = HashedFile(one, self.store).sha256(spans_of(raster, needed))
            else:
                delivered = brought[one.href]
                assert not isinstance(delivered, FetchFailure)
                href, etag = one.href, delivered.etag
            sha256 = blocks_digest(raster, needed)
        except LayersError as error:
            return Refused(str(error))
        self._note(wish, href, etag, sha256)
        return Held(raster.path, href, etag, sha256)

    def _note(self, wish: Wish, href: str, etag: str, sha256: str) -> None:
        scene = wish.scene
        self.rows[f"{scene.catalogue}/{scene.item_id}", wish.band] = {
            "tile": scene.tile,
            "layer": scene.collection,
            "item_id": scene.item_id,
            "asset": wish.band,
            "href": href,
            "datetime": scene.sensed.isoformat(),
            "version": scene.baseline,
            "etag": etag,
            "sha256": sha256,
            "bbox": " ".join(f"{number:.9g}" for number in scene.bbox),
            "status": "read",
            "sampled": False,
        }


def is_budget(reason: str) -> bool:
    """Whether a reason is an exhausted budget, which a second try does not mend."""
    return USED_UP in reason or LINE_USED_UP in reason


def _opened(one: Wanted | Path, there: Mapping[str, http.Delivered | FetchFailure]) -> Raster:
    if isinstance(one, Path):
        return open_raster(one)
    delivered = there[one.href]
    if isinstance(delivered, FetchFailure):
        raise LayersError(delivered.reason)
    return open_raster(delivered.path)
