"""Radar where no optical look is clear: two medians of a quarter of a year, before the cut-off and now.

A median of several passes is a composite: it has no date a review could name, and reviews do not accept it. Both
pictures of a plot come from one relative orbit in one direction and from the same days of the year.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import tables
from eudr_check.errors import LayersError
from eudr_check.imagery import clear, ground
from eudr_check.imagery.ground import Bring, Chip, Held, Refused, Wish
from eudr_check.imagery.looks import Look, Subject
from eudr_check.imagery.passes import POLARISATIONS, Orbit, Pass
from eudr_check.law.regulation import CUTOFF

QUARTER = dt.timedelta(days=91)
LEAST = 4
"""Passes of a median; a single one is speckled."""
STRETCH_DB = ((-20.0, 0.0), (-25.0, -5.0), (0.0, 15.0))
"""Darkest and brightest of VV, VH and VV - VH as red, green and blue: the same in all pictures."""
NO_DATA = (120, 120, 128)
Chips = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Window:
    """The days one median is made of."""

    name: str
    """before_cutoff or latest."""
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class Median:
    """The radar picture of one plot and window, or why there is none."""

    plot: str
    window: Window
    orbit: Orbit | None = None
    passes: tuple[Pass, ...] = ()
    """One per day; all see the whole plot."""
    chip: Chip | None = None
    """None where there is no picture."""
    decibels: Chips | None = None
    """VV and VH, float32, NaN where fewer than `LEAST` passes have data."""
    reason: str = ""

    @property
    def status(self) -> str:
        """radar_median or too_few_passes."""
        return "too_few_passes" if self.chip is None else "radar_median"


def windows(last_day: dt.date) -> tuple[Window, ...]:
    """The quarter of a year up to the day of the assessment, and the same days of 2020; none before the cut-off.

    >>> [(str(one.since), str(one.until)) for one in windows(dt.date(2026, 11, 2))]
    [('2020-08-03', '2020-11-02'), ('2026-08-03', '2026-11-02')]
    """
    if last_day <= CUTOFF:
        return ()
    before = last_day.replace(year=CUTOFF.year)
    first_after = CUTOFF + dt.timedelta(days=1)
    return (
        Window("before_cutoff", before - QUARTER, before),
        Window("latest", max(last_day - QUARTER, first_after), last_day),
    )


def wanting(subjects: Sequence[Subject], looks: Iterable[Look]) -> list[Subject]:
    """Plots without any clear or partly clear look before the cut-off or now."""
    unseen = {one.plot for one in looks if one.view is None and one.slot.name in ("before_cutoff", "latest")}
    return [one for one in subjects if one.plot in unseen]


def medians(subjects: Sequence[Subject], passes: Sequence[Pass], bring: Bring, last_day: dt.date) -> list[Median]:
    """Two medians per plot, or why there are none.

    Args:
        subjects: plots.
        passes: all that the catalogues have.
        bring: brings bands here.
        last_day: day of the assessment.
    """
    wanted = windows(last_day)
    return [found for one in subjects for found in (_of_plot(one, passes, wanted, bring) if wanted else ())]


def _of_plot(subject: Subject, passes: Iterable[Pass], wanted: Sequence[Window], bring: Bring) -> list[Median]:
    """The orbit with the most passes in its poorer window; where they cannot be read, the next one."""
    middle = shapely.centroid(subject.geometry)
    orbits: dict[Orbit, list[list[Pass]]] = {}
    for one in sorted(passes, key=lambda one: (one.sensed, one.item_id)):
        for number, window in enumerate(wanted):
            if window.since <= one.day <= window.until and one.may_show(middle.x, middle.y):
                orbits.setdefault(one.orbit, [[] for _ in wanted])[number].append(one)
    ordered = sorted(orbits, key=lambda orbit: (-min(_days(part) for part in orbits[orbit]), orbit))
    poor: list[Median] = []
    for orbit in ordered:
        enough = min(_days(part) for part in orbits[orbit]) >= LEAST
        found = [
            _median(subject, window, orbit, part, bring) if enough else _too_few(subject, window, orbit, part)
            for window, part in zip(wanted, orbits[orbit], strict=True)
        ]
        if all(one.chip is not None for one in found) and len({one.chip for one in found}) == 1:
            return found
        poor = poor or [_without_picture(one) for one in found]
    return poor or [Median(subject.plot, window) for window in wanted]


def _days(passes: Iterable[Pass]) -> int:
    return len({one.day for one in passes})


def _too_few(subject: Subject, window: Window, orbit: Orbit, part: Iterable[Pass]) -> Median:
    one_a_day = {one.day: one for one in part}
    return Median(subject.plot, window, orbit, tuple(one_a_day.values()))


def _without_picture(one: Median) -> Median:
    """A pair is shown whole or not at all: one picture alone compares with nothing."""
    return Median(one.plot, one.window, one.orbit, one.passes, reason=one.reason)


def _median(subject: Subject, window: Window, orbit: Orbit, part: Sequence[Pass], bring: Bring) -> Median:
    """The median of all passes that see the plot, one a day, on the cells of the first of them."""
    boxes = ground.box_of(subject.geometry)[None, :]
    wishes = [Wish(one, name, boxes) for one in part for name in POLARISATIONS]
    files = iter(bring(wishes))
    seen: dict[dt.date, tuple[Pass, dict[str, NDArray[np.float32]]]] = {}
    chip: Chip | None = None
    reasons: list[str] = []
    for one in part:
        held = {name: next(files) for name in POLARISATIONS}
        found = _read(subject, held)
        if isinstance(found, str):
            reasons.append(f"{one.day}: {found}")
        elif found is not None and chip not in (None, found[0]):
            reasons.append(f"{one.day}: {one.item_id} lies on other cells")
        elif found is not None and one.day not in seen:
            chip = found[0]
            seen[one.day] = one, found[1]
    used, reason = tuple(one for one, _ in seen.values()), "; ".join(reasons[:5])
    if len(used) < LEAST:
        return Median(subject.plot, window, orbit, used, reason=reason)
    stacks = {name: np.stack([values[name] for _, values in seen.values()]) for name in POLARISATIONS}
    decibels = {name: _decibels(stack) for name, stack in stacks.items()}
    return Median(subject.plot, window, orbit, used, chip, decibels, reason)


def _read(
    subject: Subject, files: Mapping[str, Held | Refused]
) -> tuple[Chip, dict[str, NDArray[np.float32]]] | str | None:
    """Power of one pass on the cells of a plot, NaN without data; None where it does not see the plot."""
    values = {}
    try:
        for name, file in files.items():
            if isinstance(file, Refused):
                return file.reason
            window = ground.chip(subject.geometry, file.path)
            power = ground.read(file.path, window).astype(np.float32)
            # Backscatter is above 0; what files use for no data (-32768, 0, NaN) is not.
            values[name] = np.where((power > 0) & np.isfinite(power), power, np.float32(np.nan))
    except LayersError as error:
        return str(error)
    around = clear.ground_mask(ground.projected(subject.geometry, window.crs), window.transform, window.shape)
    unseen = np.logical_or.reduce([np.isnan(one) for one in values.values()])
    return (window, values) if clear.share(unseen, around) >= clear.CLEAR else None


def _decibels(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median of (passes, rows, columns) power in decibels; NaN where fewer than `LEAST` have data."""
    known = (~np.isnan(stack)).sum(axis=0) >= LEAST
    made = np.full(stack.shape[1:], np.nan, np.float32)
    made[known] = 10 * np.log10(np.nanmedian(stack[:, known], axis=0))
    return made


def colours(decibels: Chips) -> NDArray[np.uint8]:
    """(rows, columns, 3) uint8: VV, VH and VV - VH on the fixed stretch; grey where there is no data."""
    bands = (decibels["vv"], decibels["vh"], decibels["vv"] - decibels["vh"])
    layers = [
        np.rint(255 * np.clip((np.nan_to_num(band, nan=low) - low) / (high - low), 0, 1)).astype(np.uint8)
        for band, (low, high) in zip(bands, STRETCH_DB, strict=True)
    ]
    shown = np.dstack(layers)
    shown[np.isnan(bands[2])] = NO_DATA
    return shown


def table(found: Sequence[Median], pictures: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """RADAR: a row per plot and window.

    Args:
        found: all medians.
        pictures: file of the picture by plot and window.
    """
    rows: list[dict[str, Any]] = [
        {
            "plot": one.plot,
            "window": one.window.name,
            "since": str(one.window.since),
            "until": str(one.window.until),
            "status": one.status,
            "passes": len(one.passes),
            "direction": one.orbit.direction if one.orbit else None,
            "relative_orbit": one.orbit.number if one.orbit else None,
            "items": " ".join(each.item_id for each in one.passes) or None,
            "picture": pictures.get((one.plot, one.window.name)),
            "reason": one.reason or None,
        }
        for one in found
    ]
    return tables.check(tables.RADAR, tables.typed(tables.RADAR, rows))
