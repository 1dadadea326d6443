"""Files in which people decide: saved from the report page (JSON), or a sheet in the columns of reviews.csv."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.review import COLUMNS, WRITTEN_BY_PEOPLE
from eudr_check.errors import ConfigError
from eudr_check.text import sentence
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
    place: str
    """Words that say where it stands."""
    file: Path


def read(path: Path, harvest: str) -> tuple[list[Decision], int]:
    """The decisions of a file, and how many of its rows hold none yet.

    Raises:
        ConfigError: it is no such file, or speaks of another harvest.
    """
    if path.suffix.lower() == ".json":
        return _saved(path, harvest), 0
    rows = [
        ({name: clean(row.get(name) or "") for name in COLUMNS}, place)
        for row, place in rows_of(path, "reviews", COLUMNS)
    ]
    decided = [(row, place) for row, place in rows if any(row[name] for name in WRITTEN_BY_PEOPLE)]
    return [Decision(row, place, path) for row, place in decided], len(rows) - len(decided)


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
