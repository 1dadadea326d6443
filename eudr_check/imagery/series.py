"""A line through the years: vegetation of every plot at one clear date a month. Context for people, no more.

NDVI is (B08 - B04) / (B08 + B04), NBR is (B08 - B12) / (B08 + B12), of surface reflectance: the median of the cells of
the plot. A month without a clear date is unknown; nothing is filled in.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.errors import LayersError
from eudr_check.imagery import clear, ground, offset
from eudr_check.imagery.ground import Bring, Chip, Held, Refused, Wish
from eudr_check.imagery.looks import Subject
from eudr_check.imagery.scenes import Overflight, Scene
from eudr_check.typing import Numbers

FIRST = dt.date(2019, 1, 1)
"""Two years before the cut-off: leaf fall is no clearing, and the line shows which it was."""
NEEDED, MORE = ("blue", "red", "nir"), "swir"
"""Blue shows clouds that the classification missed, and checks the offset; catalogues without B12 give no NBR."""
MOST_TRIES = 3
"""Dates of a month that are measured, the least cloudy scene first."""
SPREAD = (6, 3, 1)
"""Months are read in this order, so that an exhausted budget leaves a line with wider gaps, not half a line."""
CONTRADICTED = "metadata and pixels contradict each other on the offset"

Place = tuple[str, str]
"""Plot and overflight."""


@dataclass(frozen=True)
class Reading:
    """What one scene says of the vegetation of one plot."""

    scene: Scene
    clear_share: float
    """Of the plot and 60 m around it."""
    ndvi: float | None = None
    nbr: float | None = None
    reason: str = ""
    """Why there is no figure."""


@dataclass
class Month:
    """One month of one plot."""

    subject: Subject
    first: dt.date
    """First day of the month."""
    ahead: list[Overflight]
    tried: int = 0
    """Dates measured."""
    reading: Reading | None = None
    """None where no date was clear."""
    reasons: list[str] = field(default_factory=list)
    """What kept dates away: failures, an exhausted budget."""

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.reading is not None and self.reading.ndvi is not None


def series(subjects: Sequence[Subject], overflights: Sequence[Overflight], bring: Bring, last: dt.date) -> list[Month]:
    """Measure the vegetation of every plot, month by month.

    Args:
        subjects: plots.
        overflights: all that the catalogues have, joined.
        bring: brings bands here.
        last: day of the assessment.

    Returns:
        A row per plot and month of which there is a scene, in the order of `subjects`, then of time.
    """
    months = [month for one in subjects for month in _months(one, overflights, last)]
    measuring = _Measuring(bring)
    for turn in range(len(SPREAD)):
        measuring.answer([one for one in months if _turn(one.first) == turn])
    return months


def _turn(first: dt.date) -> int:
    return next(turn for turn, step in enumerate(SPREAD) if (first.month - 1) % step == 0)


def _months(subject: Subject, overflights: Iterable[Overflight], last: dt.date) -> Iterator[Month]:
    middle = shapely.centroid(subject.geometry)
    by_month: dict[dt.date, list[Overflight]] = {}
    for one in overflights:
        if FIRST <= one.day <= last and any(copy.may_show(middle.x, middle.y) for copy in one.copies):
            by_month.setdefault(one.day.replace(day=1), []).append(one)
    for first, ahead in sorted(by_month.items()):
        ordered = sorted(ahead, key=lambda one: (one.cloud_percent, one.name))
        yield Month(subject, first, ordered[:MOST_TRIES])


class _Measuring:
    """Measures overflights on plots, every file opened once for all of them."""

    def __init__(self, bring: Bring) -> None:
        self._bring = bring
        self._full: str | None = None
        """Set where something did not fit the budget: from there on nothing more is asked for."""
        self._chips: dict[tuple[str, ground.Grid], Chip] = {}
        self._masks: dict[tuple[str, Chip], tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}

    def answer(self, months: Sequence[Month]) -> None:
        """Try dates, the next of every month at once, until each has its figure or none is left."""
        waiting = [one for one in months if one.ahead]
        while waiting and self._full is None:
            trying = [(one, one.ahead.pop(0)) for one in waiting]
            readings = self._measure([(one.subject, overflight) for one, overflight in trying])
            for one, overflight in trying:
                _take(one, overflight, readings[one.subject.plot, overflight.name])
            waiting = [one for one in waiting if one.ahead and not one.known]
        for one in waiting:
            one.reasons.append(str(self._full))

    def _measure(self, pairs: Sequence[tuple[Subject, Overflight]]) -> dict[Place, Reading | str]:
        """What overflights say of plots, or why they cannot be read; where a copy fails, in the next one."""
        answers: dict[Place, Reading | str] = {}
        left = list(pairs)
        copy = 0
        while left := [one for one in left if copy < len(one[1].copies)]:
            groups: dict[str, tuple[Scene, list[Subject]]] = {}
            for subject, overflight in left:
                groups.setdefault(overflight.name, (overflight.copies[copy], []))[1].append(subject)
            answers |= self._measure_copies(groups)
            left = [one for one in left if isinstance(answers[one[0].plot, one[1].name], str) and self._full is None]
            copy += 1
        return answers

    def _measure_copies(self, groups: Mapping[str, tuple[Scene, list[Subject]]]) -> dict[Place, Reading | str]:
        classes = self._files(groups, ("scl",))
        answers: dict[Place, Reading | str] = {}
        seen: dict[str, tuple[Scene, list[Subject]]] = {}
        for name, (scene, subjects) in groups.items():
            for subject, found in self._shares(scene, subjects, classes[name]["scl"]):
                answers[subject.plot, name] = found
                if isinstance(found, Reading) and found.clear_share >= clear.CLEAR:
                    seen.setdefault(name, (scene, []))[1].append(subject)
        colours = self._files(seen, (*NEEDED, MORE))
        for name, (scene, subjects) in seen.items():
            found_here = self._figures(scene, subjects, {**classes[name], **colours[name]})
            answers |= {(plot, name): found for plot, found in found_here.items()}
        return answers

    def _files(
        self, groups: Mapping[str, tuple[Scene, list[Subject]]], bands: Sequence[str]
    ) -> dict[str, dict[str, Held | Refused]]:
        """Bands of scenes by name of the overflight, as far as the scene has them."""
        wishes = [
            (name, band, Wish(scene, band, np.array([ground.box_of(one.geometry) for one in subjects])))
            for name, (scene, subjects) in groups.items()
            for band in bands
            if band in scene.assets
        ]
        files: dict[str, dict[str, Held | Refused]] = {name: {} for name in groups}
        for (name, band, _), answer in zip(wishes, self._bring([wish for *_, wish in wishes]), strict=True):
            files[name][band] = answer
            if isinstance(answer, Refused) and answer.budget:
                self._full = answer.reason
        return files

    def _shares(
        self, scene: Scene, subjects: Sequence[Subject], file: Held | Refused
    ) -> Iterator[tuple[Subject, Reading | str]]:
        """Clear share of every plot by the scene classification."""
        if isinstance(file, Refused):
            yield from ((one, file.reason) for one in subjects)
            return
        try:
            with ground.opened(file.path) as band:
                grid = ground.grid(band)
                for one in subjects:
                    chip = self._chip(one, grid)
                    around, _ = self._ground(one, chip)
                    yield one, Reading(scene, clear.share(clear.hidden(ground.cells(band, chip)), around))
        except LayersError as error:
            yield from ((one, str(error)) for one in subjects)

    def _figures(
        self, scene: Scene, subjects: Sequence[Subject], files: Mapping[str, Held | Refused]
    ) -> dict[str, Reading | str]:
        """Figures of every plot; a scene without B12 gives no NBR."""
        refused = next((files[band].reason for band in NEEDED if isinstance(files[band], Refused)), None)  # type: ignore[union-attr]
        if refused is not None:
            return {one.plot: refused for one in subjects}
        held = {band: file for band, file in files.items() if isinstance(file, Held)}
        numbers: dict[str, dict[str, Numbers]] = {one.plot: {} for one in subjects}
        chips: dict[str, Chip] = {}
        try:
            for name, file in sorted(held.items()):
                with ground.opened(file.path) as band:
                    if not chips:
                        grid = ground.grid(band)
                        chips = {one.plot: self._chip(one, grid) for one in subjects}
                    for one in subjects:
                        numbers[one.plot][name] = ground.cells(band, chips[one.plot])
        except LayersError as error:
            return {one.plot: str(error) for one in subjects}
        more = files.get(MORE)
        without = more.reason if isinstance(more, Refused) else ""
        return {one.plot: self._reading(scene, one, chips[one.plot], numbers[one.plot], without) for one in subjects}

    def _reading(
        self, scene: Scene, subject: Subject, chip: Chip, numbers: Mapping[str, Numbers], without: str
    ) -> Reading:
        around, on = self._ground(subject, chip)
        used = offset.decide(scene.claim, numbers["blue"], numbers["red"], numbers["scl"])
        values = {band: offset.reflectance(numbers[band], used.value) for band in (*NEEDED, MORE) if band in numbers}
        hiding = clear.hidden(numbers["scl"]) | clear.missed(numbers["scl"], values["blue"])
        share = clear.share(hiding, around)
        if used.state == "contradicted":
            return Reading(scene, share, reason=CONTRADICTED)
        seen = on & ~hiding
        nbr = ratio(values["nir"], values[MORE], seen) if MORE in values else None
        return Reading(scene, share, ratio(values["nir"], values["red"], seen), nbr, without)

    def _chip(self, subject: Subject, grid: ground.Grid) -> Chip:
        name = subject.plot, grid
        if name not in self._chips:
            self._chips[name] = ground.window(subject.geometry, grid)
        return self._chips[name]

    def _ground(self, subject: Subject, chip: Chip) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Cells of a plot with 60 m around it, and of the plot alone: a point or a sliver is the cells next to it."""
        name = subject.plot, chip
        if name not in self._masks:
            there = ground.projected(subject.geometry, chip.crs)
            on = clear.ground_mask(there, chip.transform, chip.shape, 0.0)
            if not on.any():
                on = clear.ground_mask(there, chip.transform, chip.shape, ground.CELL_M)
            self._masks[name] = clear.ground_mask(there, chip.transform, chip.shape), on
        return self._masks[name]


def ratio(high: NDArray[np.float32], low: NDArray[np.float32], seen: NDArray[np.bool_]) -> float | None:
    """Median over some cells of (high - low) / (high + low); None where none of them has data.

    >>> float(ratio(np.float32([[0.3, 0.5]]), np.float32([[0.1, np.nan]]), np.array([[True, True]])))
    0.5
    """
    # A dark cell may come out slightly below 0; its ratio would lie outside of -1 to 1.
    a, b = np.maximum(high[seen], 0), np.maximum(low[seen], 0)
    with np.errstate(invalid="ignore"):
        found = (a - b) / (a + b)
    found = found[np.isfinite(found)]
    return round(float(np.median(found)), 3) if found.size else None


def _take(month: Month, overflight: Overflight, found: Reading | str) -> None:
    """Note what a date says: a clear one is taken, one without a usable offset only until a better one comes."""
    if isinstance(found, str):
        month.reasons.append(f"{overflight.day}: {found}")
        return
    month.tried += 1
    if found.clear_share >= clear.CLEAR and (month.reading is None or found.ndvi is not None):
        month.reading = found
