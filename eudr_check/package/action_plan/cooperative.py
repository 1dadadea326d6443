"""What the plan of one cooperative is made of, and the words all its files share."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.package import document_date
from eudr_check.package.action_plan.actions import Score
from eudr_check.package.splits import Part
from eudr_check.records import Json
from eudr_check.text import days, machine_made, number, say

_ROW = "\0"
"""Stands in a sentence where the row of each action comes."""


@dataclass(frozen=True)
class Ground:
    """What whoever goes there has to find, and to decide on."""

    patches: gpd.GeoDataFrame
    """PATCHES."""
    to_review: pd.DataFrame = field(default_factory=lambda: to_decide({}))
    """Plots that a decision can settle, from `to_decide`."""
    disturbed: frozenset[str] = frozenset()
    """Columns of PATCHES that show disturbed canopy, which is no loss."""
    animals: pd.DataFrame | None = None
    """ANIMALS; None where the harvest names none."""
    splits: gpd.GeoDataFrame | None = None
    """SPLITS; None where no plot holds several uses."""


@dataclass(frozen=True)
class Settings:
    """What of a harvest's settings its plans need; small enough for another process."""

    harvest: str
    day: dt.date
    """Date of the files, from which weeks count."""
    languages: Sequence[str]
    """Of the harvest; plans speak the first."""
    commodity: str
    cooperatives: Mapping[str, str]
    """Names by code."""
    names_producers: bool
    animals_file: str
    """How the list of animals is called; empty where there is none."""

    @classmethod
    def of(cls, harvest: Harvest, day: dt.date | None = None) -> "Settings":
        """Those of a harvest, on a day of their own where one is given."""
        return cls(
            harvest.harvest,
            day or document_date.day(harvest),
            tuple(harvest.package.languages),
            harvest.commodity,
            dict(harvest.cooperatives),
            harvest.package.producer_as == "producer",
            "" if harvest.animals is None else harvest.animals.name,
        )

    def as_json(self) -> Json:
        """As JSON can hold it."""
        return asdict(self) | {"day": self.day.isoformat()}

    @classmethod
    def from_json(cls, stated: Json) -> "Settings":
        """The inverse of `as_json`."""
        return cls(**{**stated, "day": dt.date.fromisoformat(stated["day"])})


@dataclass(frozen=True)
class Plan:
    """The plan of one cooperative."""

    cooperative: str
    settings: Settings
    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    todo: pd.DataFrame
    scores: list[Score]
    has_deliveries: bool
    losses: gpd.GeoDataFrame
    """Loss and disturbance after the cut-off on plots, from `losses.on_plots`."""
    to_review: pd.DataFrame = field(default_factory=lambda: to_decide({}))
    """Plots that a decision can settle, from `to_decide`."""
    splits: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    """Parts that are proposed, by plot, for all plots of several uses."""
    spoken: str | None = None
    """Language of its words and of `todo`; None for the first of the harvest."""

    @property
    def name(self) -> str:
        """The cooperative as people know it."""
        return self.settings.cooperatives.get(self.cooperative, self.cooperative)

    @property
    def language(self) -> str:
        """Language of its words."""
        return self.spoken or self.settings.languages[0]

    def say(self, key: str, **values: object) -> str:
        """A word or sentence of the plan."""
        return say("plan", key, self.language, **values)

    def state(self, score: Score) -> str:
        """Whether a line of the scorecard is reached, and of how many plots nobody can say."""
        state = self.say("reached" if score.done else "open")
        return f"{state} ({self.say('score_unknown', count=int(score.unknown))})" if score.unknown else state

    def number(self, value: float, decimals: int = 0) -> str:
        """A number as the language writes it."""
        return number(float(value), self.language, decimals)

    def date(self, value: dt.date) -> str:
        """A date as the language writes it."""
        return _date(value, self.language)

    def file_rows(self, todo: pd.DataFrame) -> list[str]:
        """File and row of each action, as people find it again; the file alone where there is no row."""
        files = todo["source_file"].map(str).tolist()
        shown = {file: self._files.get(file, file) for file in set(files)}
        around = {file: self.say("file_row", file=name, row=_ROW).split(_ROW) for file, name in shown.items()}
        given = (todo[name].astype(object) for name in ("source_row", "source_place"))
        rows, places = (one.where(one.notna(), None).tolist() for one in given)
        return [
            shown[file]
            if row is None
            else str(int(row)).join(around[file])
            if place is None
            else self.say("file_row", file=shown[file], row=place)
            for file, row, place in zip(files, rows, places, strict=True)
        ]

    @cached_property
    def _files(self) -> dict[str, str]:
        """Files by their names: a cooperative knows its file, not where it lies on the machine of the run."""
        files = [str(one) for one in pd.concat([self.plots["source_file"], self.todo["source_file"]]).dropna().unique()]
        names = Counter(PurePosixPath(one).name for one in files)
        return {one: name for one in files if names[name := PurePosixPath(one).name] == 1}

    @property
    def line(self) -> str:
        """Harvest and date."""
        return self.say("harvest_line", harvest=self.settings.harvest, date=self.date(self.settings.day))

    @property
    def summary(self) -> str:
        """How much there is to do, in one sentence."""
        if self.todo.empty:
            return self.say("nothing")
        kinds = self.todo["kind"].value_counts()
        return self.say(
            "summary",
            actions=len(self.todo),
            plots=self.todo["plot"].nunique(),
            **{kind: int(kinds.get(kind, 0)) for kind in ("desk", "field", "evidence")},
        )

    @property
    def mark(self) -> str:
        """That a machine made the words, in the language and in English; empty where people did."""
        return "\n".join(machine_made(self.language))

    @property
    def order(self) -> str:
        """What comes first in the list."""
        return self.say("order_kg" if self.has_deliveries else "order_area")


def to_decide(to_review: Mapping[str, Json]) -> pd.DataFrame:
    """Outcome, reasons and evidence digest of each plot that a decision can settle; plots by key, in their order."""
    columns = {
        "outcome": [one["outcome"] for one in to_review.values()],
        "reason": [" ".join(one["reason"]) for one in to_review.values()],
        "evidence_digest": [one["evidence_digest"] for one in to_review.values()],
    }
    return pd.DataFrame(columns, index=pd.Index(list(to_review), dtype="str", name="plot"), dtype="str")


@lru_cache
def _date(value: dt.date, language: str) -> str:
    """A plan of a hundred thousand visits has a handful of days."""
    return days.in_words(value, language, "medium")
