"""Files in which people decide: saved from the report page (JSON), sheets, and what came back of an action plan."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eudr_check.documents import visits, workbook
from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.review import COLUMNS, WRITTEN_BY_PEOPLE
from eudr_check.errors import ConfigError
from eudr_check.text import Sentence, sentence
from eudr_check.text.clean import clean

KIND = "eudr-check decisions"
MOST_BYTES = 64_000_000
"""Ours: a decision has about a kilobyte."""
Name = Annotated[str, Field(pattern=r"^[^;=\x00-\x1f]+$", max_length=500)]
Text = Annotated[str, Field(max_length=500)]


class _Decision(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    plot: Annotated[str, Field(pattern=r"^[^;\x00-\x1f]+$")]
    decision: Text
    reason: list[Text]
    grounds: Text
    evidence: dict[Name, Text]
    imagery: dict[Name, Text]
    reviewer: Text
    date: Text
    evidence_digest: Text


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["eudr-check decisions"]
    version: Literal[1]
    harvest: str
    decisions: list[_Decision]


@dataclass(frozen=True)
class Decision:
    """One decision as a row of reviews.csv, its evidence files still where the reviewer left them."""

    row: Mapping[str, str]
    place: str | Sentence
    """Words that say where it stands."""
    file: Path


def read(path: Path, harvest: str) -> tuple[list[Decision], list[Sentence]]:
    """The decisions of a file, and what is to be said of rows that hold none.

    Raises:
        ConfigError: it is no such file, or speaks of another harvest.
    """
    if path.suffix.lower() == ".json":
        return _saved(path, harvest), []
    rows, notes, untouched = _rows(path)
    decided = [(row, place) for row, place in rows if any(row[name] for name in WRITTEN_BY_PEOPLE)]
    untouched += len(rows) - len(decided)
    notes += [sentence("reviews", "undecided", file=str(path), count=untouched)] if untouched else []
    return [Decision(row, place, path) for row, place in decided], notes


def _rows(path: Path) -> tuple[list[visits.Filled], list[Sentence], int]:
    """Rows in the columns of reviews.csv, what is to be said of others, and how many rows nobody filled in."""
    begins = _beginning(path)
    if begins == visits.GEOPACKAGE:
        return visits.of_geopackage(path), visits.open_elsewhere(path), 0
    if begins.startswith(workbook.MAGIC) and (planned := visits.of_workbook(path)) is not None:
        return planned
    rows = [
        ({name: clean(row.get(name) or "") for name in COLUMNS}, place)
        for row, place in rows_of(path, "reviews", COLUMNS)
    ]
    return rows, [], 0


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(len(visits.GEOPACKAGE))
    except OSError as error:
        problem = error.strerror or "?"
        raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=problem)) from error


def _saved(path: Path, harvest: str) -> list[Decision]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=f"> {MOST_BYTES} bytes"))
        content = _File.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ConfigError(
            sentence("reviews", "not_decisions", file=str(path), problem=error.strerror or "?")
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(
            sentence("reviews", "not_decisions", file=str(path), problem=f"{where}: {first['msg']}")
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(sentence("reviews", "not_decisions", file=str(path), problem=str(error))) from error
    if content.harvest != harvest:
        raise ConfigError(sentence("reviews", "other_harvest", file=str(path), other=content.harvest, harvest=harvest))
    return [Decision(_row(one), f"{path}, {one.plot}", path) for one in content.decisions]


def _row(one: _Decision) -> dict[str, str]:
    return {
        "review": "",
        "plots": one.plot,
        "decision": one.decision,
        "reason": " ".join(one.reason),
        "grounds": one.grounds,
        "evidence": "; ".join(f"{name}={digest}" for name, digest in one.evidence.items()),
        "imagery": "; ".join(f"{name}={day}" for name, day in one.imagery.items()),
        "reviewer": clean(one.reviewer),
        "second_reviewer": "",
        "date": one.date,
        "evidence_digest": one.evidence_digest,
    }
