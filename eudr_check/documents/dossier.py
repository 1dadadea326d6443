"""What people add to a harvest beside plots: reviews, deliveries, legality documents, answers."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents import (
    animals,
    answers,
    article10,
    chains,
    deliveries,
    legality,
    lots,
    review_lines,
    review_sheet,
    reviews,
    shipments,
)
from eudr_check.documents.answers import Answer
from eudr_check.documents.area_facts import AreaFacts
from eudr_check.documents.csv_rows import raise_all, table_of
from eudr_check.documents.review import Review, read_reviews
from eudr_check.documents.shipments import read_shipments
from eudr_check.errors import ConfigError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.files import Attachment, has_sha256, hashes
from eudr_check.shipments import Shipments
from eudr_check.text import Sentence, sentence


@dataclass(frozen=True)
class Dossier:
    """The documents of one harvest, read and checked against the files they name."""

    reviews: tuple[Review, ...] = ()
    broken_reviews: dict[str, str] = field(default_factory=dict)
    totals: tuple[Sentence, ...] = ()
    """Rows of deliveries and shipments that add up others, and were left out."""
    deliveries: pd.DataFrame | None = None
    animals: pd.DataFrame | None = None
    """STAYS."""
    shipments: Shipments | None = None
    legality: pd.DataFrame | None = None
    broken_documents: dict[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """Files that belong into the package, each with the SHA-256 of what was read."""
    hashes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """SHA-256 of the files of every document, by its key and by ending."""

    @property
    def digests(self) -> dict[str, object]:
        """What names results made of these documents, as JSON can hold it."""
        return {
            "documents": {name: dict(files) for name, files in self.hashes.items()},
            "attached": {one.name: one.sha256 for one in self.attachments},
            "broken": {**self.broken_reviews, **self.broken_documents},
        }


def read(harvest: Harvest) -> Dossier:
    """Read the documents a harvest names, once.

    Raises:
        ConfigError: a document is missing or wrong, or changed while it was read; names file, row and what to do.
    """
    hashed = _hashes(harvest)
    found = replace(_read(harvest, hashed), hashes=hashed)
    after = _hashes(harvest)
    changed = [name for name in hashed if hashed[name] != after[name]]
    if changed:
        raise ConfigError(sentence("documents", "changed_meanwhile", files=", ".join(changed)))
    return found


Read = TypeVar("Read")


def _read(harvest: Harvest, hashed: Mapping[str, Mapping[str, str]]) -> Dossier:
    problems: list[ConfigError] = []

    def tried(path: object, read: Callable[[], Read], otherwise: Read) -> Read:
        """What a document holds; its problems are said together with those of the others."""
        try:
            return otherwise if path is None else read()
        except ConfigError as error:
            problems.append(error)
            return otherwise

    last = _last_day(harvest)
    reviewed: tuple[Review, ...] = tried(
        harvest.reviews, lambda: read_reviews(cast(Path, harvest.reviews), harvest.commodity), ()
    )
    documents: pd.DataFrame | None = tried(
        harvest.legality, lambda: legality.read_legality(cast(Path, harvest.legality)), None
    )
    answered: tuple[Answer, ...] = tried(harvest.answers, lambda: answers_of(harvest), ())
    nothing: tuple[pd.DataFrame | None, Sequence[Sentence]] = (None, ())
    delivered, sums = tried(harvest.deliveries, lambda: _delivered(harvest, last), nothing)
    kept: pd.DataFrame | None = tried(harvest.animals, lambda: _stays(harvest, last), None)
    raise_all(problems)
    return Dossier(
        reviews=reviewed,
        totals=tuple(_totals(harvest, sums)),
        broken_reviews={}
        if harvest.reviews is None
        else {**reviews.in_future(reviewed, last), **reviews.broken_files(reviewed, harvest.reviews.parent)},
        deliveries=delivered,
        animals=kept,
        shipments=None
        if harvest.shipments is None or delivered is None
        else read_shipments(harvest.shipments, harvest, held(delivered)),
        legality=documents,
        broken_documents={}
        if documents is None or harvest.legality is None
        else legality.broken_documents(documents, harvest.legality.parent),
        answers=answered,
        attachments=tuple(_attachments(harvest, hashed, reviewed, documents, answered)),
    )


def _delivered(harvest: Harvest, last: dt.date) -> tuple[pd.DataFrame | None, Sequence[Sentence]]:
    """Deliveries, in the form of what is declared, and the rows that were left out because they add up others.

    Raises:
        ConfigError: the file is wrong.
    """
    path = cast(Path, harvest.deliveries)
    table = table_of(path, "deliveries", deliveries.COLUMNS)
    found = deliveries.of_rows(table, path, harvest.commodity, last)
    if harvest.commodity == "cattle":
        deliveries.require_form_of_goods(found, harvest.goods, path.name)
    return found, table.totals


def _stays(harvest: Harvest, last: dt.date) -> pd.DataFrame:
    """STAYS; of cattle only.

    Raises:
        ConfigError: another commodity, or the file is wrong.
    """
    if harvest.commodity != "cattle":
        raise ConfigError(sentence("config", "animals_of_cattle"))
    return animals.read_animals(cast(Path, harvest.animals), last=last)


def _totals(harvest: Harvest, delivered: Sequence[Sentence]) -> Iterator[Sentence]:
    if harvest.animals is not None:
        yield from table_of(harvest.animals, "animals", animals.COLUMNS).totals
    yield from delivered
    if harvest.shipments is not None:
        yield from table_of(harvest.shipments, "shipments", shipments.COLUMNS).totals


def answers_of(harvest: Harvest) -> tuple[Answer, ...]:
    """The operator's answers, checked against the files they name.

    Raises:
        ConfigError: all that is wrong with the file.
    """
    if harvest.answers is None:
        return ()
    return answers.read_answers(harvest.answers, [file.cooperative for file in harvest.plots], _last_day(harvest))


def held(delivered: pd.DataFrame) -> dict[str, float]:
    """Kilograms of product left in every lot of the deliveries, accepted or not."""
    left = delivered[~deliveries.removed(delivered)]
    return {str(lot): float(kg) for lot, kg in left.groupby("lot")["kg_green"].sum().items()}


def delivered(dossier: Dossier) -> pd.DataFrame | None:
    """DELIVERIES; None where the harvest has no list."""
    return None if dossier.deliveries is None else deliveries.to_table(dossier.deliveries)


def assessed(
    dossier: Dossier, assessments: pd.DataFrame, evidence: pd.DataFrame, boundaries: pd.Series
) -> tuple[pd.DataFrame, list[review_lines.Stated]]:
    """ASSESSMENTS after reviews, and what every review does, a row per plot (`review_lines.stated`)."""
    after, effects = reviews.judge(assessments, dossier.reviews, evidence, boundaries, dossier.broken_reviews)
    return after, review_lines.stated(effects)


def to_review(assessments: pd.DataFrame, evidence: pd.DataFrame, boundaries: pd.Series) -> dict[str, dict[str, object]]:
    """Plots that a decision can settle: outcome, reason codes to answer, and digest of the evidence to decide on."""
    wanted = review_sheet.asked(assessments)
    digests = evidence_digest(evidence, boundaries, wanted)
    outcomes = assessments["outcome"].to_dict()
    return {
        plot: {"outcome": outcomes[plot], "reason": list(codes), "evidence_digest": digests[plot]}
        for plot, codes in wanted.items()
    }


def animals_of(
    harvest: Harvest, dossier: Dossier, assessments: pd.DataFrame, plots: gpd.GeoDataFrame
) -> pd.DataFrame | None:
    """ANIMALS; None where the harvest names no animals."""
    return None if dossier.animals is None else chains.assess(dossier.animals, assessments, plots, harvest)


def lots_of(
    harvest: Harvest,
    dossier: Dossier,
    assessments: pd.DataFrame,
    plots: gpd.GeoDataFrame,
    kept: pd.DataFrame | None,
) -> pd.DataFrame | None:
    """LOTS; None without deliveries. `kept`: ANIMALS."""
    if dossier.deliveries is None:
        return None
    return lots.assess(dossier.deliveries, assessments, plots, harvest, kept)


def record(
    harvest: Harvest,
    dossier: Dossier,
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    assessed_lots: pd.DataFrame | None,
    areas: AreaFacts | None = None,
) -> article10.Record | None:
    """The assessment record under Article 10(2) or 13; None for a screening, which has no date of its own."""
    on = day(harvest)
    if on is None:
        return None
    cooperatives = tuple(plots["cooperative"].unique())

    def answered(letter: str) -> tuple[list[dict[str, object]], bool]:
        mine, whole = answers.given(dossier.answers, letter, cooperatives)
        return [answers.shown(one) for one in mine], whole

    return article10.record(
        harvest,
        plots,
        assessments,
        sources,
        on,
        assessed_lots,
        article10.Added(
            legality=dossier.legality,
            broken=dossier.broken_documents,
            areas=() if areas is None else areas.of(plots),
            answered=answered,
        ),
    )


def notes(
    harvest: Harvest,
    dossier: Dossier,
    effects: Sequence[review_lines.Stated],
    assessed_lots: pd.DataFrame | None,
) -> tuple[str, ...]:
    """What the person at the terminal must know of the dossier: a line for each review that lacks something, lots."""
    whole = review_lines.does_all(effects)
    found: list[str] = [*review_lines.lines(row for row in effects if not whole[str(row["review"])])]
    found += dossier.totals
    found += [
        sentence("documents", f"note_document_{what}", name=name) for name, what in dossier.broken_documents.items()
    ]
    if assessed_lots is not None:
        accepted = int((assessed_lots["status"] == "accepted").sum())
        found.append(sentence("documents", "note_lots", accepted=accepted, all=len(assessed_lots)))
        weight = lots.coverage(assessed_lots, harvest)
        if weight is not None and harvest.shipments is None:
            key = "note_more" if weight.more else "note_enough" if weight.enough else "note_not_enough"
            held, declared = (float(round(kg)) for kg in (weight.accepted_kg, weight.declared_kg))
            found.append(sentence("documents", key, held=held, declared=declared))
    if dossier.shipments is not None:
        found += [sentence("shipments", one.code, **one.values) for one in dossier.shipments.refused.values()]
    return tuple(found)


def day(harvest: Harvest) -> dt.date | None:
    """Day of the assessment: the date of the package, else the end of production; never the clock."""
    if harvest.package.date is not None:
        return harvest.package.date
    return None if harvest.production is None else harvest.production.until


def _last_day(harvest: Harvest) -> dt.date:
    """Last day anything reported here can have happened: the date of the package, and never a day still to come."""
    # The clock only refuses what lies in the future; nothing that comes out depends on it.
    today = dt.date.today()
    return min(today, harvest.package.date or today)


def _hashes(harvest: Harvest) -> dict[str, dict[str, str]]:
    named = {
        "reviews": harvest.reviews,
        "animals": harvest.animals,
        "deliveries": harvest.deliveries,
        "shipments": harvest.shipments,
        "legality": harvest.legality,
        "answers": harvest.answers,
    }
    return {name: hashes(path) for name, path in named.items() if path is not None}


def _attachments(
    harvest: Harvest,
    hashed: Mapping[str, Mapping[str, str]],
    reviewed: tuple[Review, ...],
    documents: pd.DataFrame | None,
    answered: tuple[Answer, ...],
) -> Iterator[Attachment]:
    """Files that belong into the package; those that do not hold are reported by the reviews and the record instead."""
    if harvest.reviews is not None:
        kind = ".xlsx" if harvest.reviews.suffix.lower() == ".xlsx" else ".csv"
        yield Attachment(f"reviews/reviews{kind}", harvest.reviews, hashed["reviews"][harvest.reviews.suffix])
        for name, expected in sorted({pair for review in reviewed for pair in review.evidence.items()}):
            if has_sha256(file := harvest.reviews.parent / name, expected):
                yield Attachment(f"reviews/{name}", file, expected)
    if harvest.legality is not None and documents is not None:
        yield Attachment("legality/legality.csv", harvest.legality, hashed["legality"][harvest.legality.suffix])
        for name, expected in sorted(set(zip(documents["document"], documents["sha256"], strict=True))):
            if expected and has_sha256(file := harvest.legality.parent / name, expected):
                yield Attachment(f"legality/{name}", file, expected)
    if harvest.answers is not None:
        yield Attachment("answers/answers.csv", harvest.answers, hashed["answers"][harvest.answers.suffix])
        for name, expected in sorted({(one.evidence, one.sha256) for one in answered if one.evidence}):
            yield Attachment(f"answers/{name}", harvest.answers.parent / name, expected)
