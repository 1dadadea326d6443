"""Dated looks at plots: which scenes show their ground clearly, measured on every plot.

Plots of one neighbourhood try the same dates in the same order, so that one scene serves all it can. Whatever fails is
tried in another copy, then at another date; a plot without any clear date gets `no_clear_look`, a value like any other.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from eudr_check.errors import LayersError
from eudr_check.imagery import clear, ground, offset
from eudr_check.imagery.ground import Bring, Chip, Held, Refused, Wish
from eudr_check.imagery.offset import Offset
from eudr_check.imagery.scenes import Overflight, Scene
from eudr_check.imagery.slots import Slot, candidates, slots
from eudr_check.typing import Numbers

BANDS = ("blue", "green", "red", "nir")


@dataclass(frozen=True)
class Subject:
    """A plot to be looked at."""

    plot: str
    geometry: BaseGeometry
    """EPSG:4326."""
    loss_years: tuple[int, ...] = ()
    """Years after the cut-off for which layers date a loss on it."""


@dataclass(frozen=True)
class View:
    """What one scene shows of one plot."""

    scene: Scene
    chip: Chip
    bands: Mapping[str, NDArray[np.float32]]
    """Reflectance by band, NaN without data."""
    hidden: NDArray[np.bool_]
    """Cells that do not show the ground."""
    clear_share: float
    """On the plot and 60 m around it."""
    offset: Offset
    files: Mapping[str, Held]
    """By band."""


@dataclass(frozen=True)
class Look:
    """The answer to one slot of one plot."""

    plot: str
    slot: Slot
    status: str
    """clear, partly_cloudy or no_clear_look."""
    view: View | None
    tried: int
    """Dates measured."""
    reason: str = ""
    """What kept better dates away: failures, an exhausted budget."""


@dataclass
class _Search:
    """The search for one look of one plot."""

    subject: Subject
    slot: Slot
    wanted: tuple[Overflight, ...]
    """The best first: same season, then nearness."""
    ahead: list[Overflight] = field(init=False)
    """Still to be measured, in the order of the cloud of the whole scene."""
    tried: int = 0
    taken: View | None = None
    """The best clear one so far."""
    best: tuple[float, Overflight] | None = None
    """Of those that are not clear."""
    reasons: list[str] = field(default_factory=list)
    found: Look | None = None

    def __post_init__(self) -> None:
        self.ahead = sorted(self.wanted, key=lambda one: one.cloud_percent)

    def take(self, overflight: Overflight, view: View) -> None:
        """Take a clear date; only what is wanted more is measured after it."""
        better = {one.name for one in self.wanted[: self.wanted.index(overflight)]}
        self.ahead = [one for one in self.ahead if one.name in better]
        self.taken = view


def look(subjects: Sequence[Subject], overflights: Sequence[Overflight], bring: Bring, last_day: dt.date) -> list[Look]:
    """Find the looks that every plot wants.

    Args:
        subjects: plots.
        overflights: all that the catalogues have, joined.
        bring: brings bands here.
        last_day: day of the assessment; no later look counts.

    Returns:
        One row per plot and slot, in the order of `subjects` and their slots.
    """
    measured = _Measurements(bring)
    near = {one.plot: _showing(one, overflights) for one in subjects}
    wanted = {one.plot: slots(one.loss_years, last_day) for one in subjects}
    # The first slot is the state before the cut-off; its season is kept for the others.
    first = [
        _Search(one, wanted[one.plot][0], candidates(wanted[one.plot][0], near[one.plot], None)) for one in subjects
    ]
    measured.answer(first)
    season = {one.subject.plot: _day(one.found) for one in first}
    rest = [
        _Search(one, slot, candidates(slot, near[one.plot], season[one.plot]))
        for one in subjects
        for slot in wanted[one.plot][1:]
    ]
    measured.answer(rest)
    answers = {(one.subject.plot, one.slot): one.found for one in (*first, *rest)}
    return [found for one in subjects for slot in wanted[one.plot] if (found := answers[one.plot, slot]) is not None]


def _day(found: Look | None) -> dt.date | None:
    return None if found is None or found.view is None else found.view.scene.day


def _showing(subject: Subject, overflights: Iterable[Overflight]) -> list[Overflight]:
    middle = shapely.centroid(subject.geometry)
    return [one for one in overflights if any(copy.may_show(middle.x, middle.y) for copy in one.copies)]


class _Measurements:
    """Measures overflights on plots; nothing is measured twice."""

    def __init__(self, bring: Bring) -> None:
        self._bring = bring
        self._views: dict[tuple[str, str], View | None] = {}
        self._reasons: dict[tuple[str, str], str] = {}
        self._shares: dict[tuple[str, str], float] = {}

    def answer(self, searches: Sequence[_Search]) -> None:
        """Try dates, the next of every open search at once, until each has its look or none is left."""
        while wanted := [one for one in searches if one.found is None]:
            trying = {id(one): one.ahead.pop(0) for one in wanted if one.ahead}
            self._measure([(one.subject, trying[id(one)]) for one in wanted if id(one) in trying])
            for one in wanted:
                if id(one) in trying:
                    self._judge(one, trying[id(one)])
            self._complete(one for one in wanted if one.found is None and not one.ahead)

    def _judge(self, search: _Search, overflight: Overflight) -> None:
        """Take a clear date that is wanted more than the one before; keep the best of the others in mind."""
        name = search.subject.plot, overflight.name
        reason = self._reasons.get(name)
        if reason is not None:
            search.reasons.append(f"{overflight.day}: {reason}")
            return
        search.tried += 1
        share = self._shares[name]
        if share >= clear.CLEAR and (view := self._view(search.subject, overflight)) is not None:
            search.take(overflight, view)
        elif search.best is None or share > search.best[0]:
            search.best = share, overflight

    def _complete(self, searches: Iterable[_Search]) -> None:
        """No date is left: the clear one, else the best partly clear one, or none."""
        for search in searches:
            view = search.taken
            if view is None and search.best is not None and search.best[0] >= clear.PARTLY:
                view = self._view(search.subject, search.best[1])
            search.found = self._look(search, view)

    def _look(self, search: _Search, view: View | None) -> Look:
        status = "no_clear_look" if view is None else "clear" if view.clear_share >= clear.CLEAR else "partly_cloudy"
        return Look(search.subject.plot, search.slot, status, view, search.tried, "; ".join(search.reasons[:5]))

    def _view(self, subject: Subject, overflight: Overflight) -> View | None:
        return self._views.get((subject.plot, overflight.name))

    def _measure(self, pairs: Sequence[tuple[Subject, Overflight]]) -> None:
        """Clear shares of plots on overflights; where a plot is seen well enough, all bands as well."""
        waiting = [pair for pair in pairs if (pair[0].plot, pair[1].name) not in self._shares]
        copy = 0
        while waiting := [pair for pair in waiting if copy < len(pair[1].copies)]:
            failed = self._measure_copy(waiting, copy)
            waiting, copy = failed, copy + 1

    def _measure_copy(self, pairs: Sequence[tuple[Subject, Overflight]], copy: int) -> list[tuple[Subject, Overflight]]:
        """The same in one copy of each overflight; returns the pairs for which it failed."""
        classes = self._files(pairs, copy, ("scl",))
        seen, failed = [], []
        for subject, overflight in pairs:
            held = classes[overflight.name]
            problem = _problem(held)
            if problem is None:
                try:
                    window = ground.chip(subject.geometry, held["scl"].path)  # type: ignore[union-attr]
                    values = ground.read(held["scl"].path, window)  # type: ignore[union-attr]
                except LayersError as error:
                    problem = str(error)
            if problem is not None:
                self._reasons[subject.plot, overflight.name] = problem
                failed.append((subject, overflight))
                continue
            self._reasons.pop((subject.plot, overflight.name), None)
            on = clear.ground_mask(ground.projected(subject.geometry, window.crs), window.transform, window.shape)
            self._shares[subject.plot, overflight.name] = clear.share(clear.hidden(values), on)
            if self._shares[subject.plot, overflight.name] >= clear.PARTLY:
                seen.append((subject, overflight, window, values, on))
        colours = self._files([(subject, overflight) for subject, overflight, *_ in seen], copy, BANDS)
        for subject, overflight, window, values, on in seen:
            files = {**classes[overflight.name], **colours[overflight.name]}
            problem = _problem(files)
            try:
                view = None if problem else _view(overflight.copies[copy], window, values, on, files)
            except LayersError as error:
                problem, view = str(error), None
            if view is None:
                self._reasons[subject.plot, overflight.name] = str(problem)
                self._shares.pop((subject.plot, overflight.name))
                failed.append((subject, overflight))
                continue
            self._shares[subject.plot, overflight.name] = view.clear_share
            self._views[subject.plot, overflight.name] = view
        return failed

    def _files(
        self, pairs: Sequence[tuple[Subject, Overflight]], copy: int, bands: Sequence[str]
    ) -> dict[str, dict[str, Held | Refused]]:
        """Bands of one copy of some overflights by its name, for all plots at once."""
        boxes: dict[str, list[NDArray[np.float64]]] = {}
        scenes: dict[str, Scene] = {}
        for subject, overflight in pairs:
            boxes.setdefault(overflight.name, []).append(ground.box_of(subject.geometry))
            scenes[overflight.name] = overflight.copies[copy]
        wishes = [(name, band) for name in boxes for band in bands]
        answers = self._bring([Wish(scenes[name], band, np.array(boxes[name])) for name, band in wishes])
        found: dict[str, dict[str, Held | Refused]] = {name: {} for name in boxes}
        for (name, band), answer in zip(wishes, answers, strict=True):
            found[name][band] = answer
        return found


def _problem(files: Mapping[str, Held | Refused]) -> str | None:
    return next((one.reason for one in files.values() if isinstance(one, Refused)), None)


def _view(scene: Scene, window: Chip, classes: Numbers, on: NDArray[np.bool_], files: Mapping[str, Any]) -> View:
    """Read the bands, decide their offset, and look for clouds that the classification missed."""
    numbers = {band: ground.read(files[band].path, window) for band in BANDS}
    used = offset.decide(scene.claim, numbers["blue"], numbers["red"], classes)
    bands = {band: offset.reflectance(values, used.value) for band, values in numbers.items()}
    hiding = clear.hidden(classes) | clear.missed(classes, bands["blue"])
    return View(scene, window, bands, hiding, clear.share(hiding, on), used, files)
