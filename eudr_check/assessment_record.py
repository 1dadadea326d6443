"""What statements show of the documents of a harvest: the assessment record, and which document concerns whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict


class AreaLayer(TypedDict):
    """A vector layer of areas that plots were laid on, as `areas.json` holds it."""

    area: str
    """Its name in the harvest."""
    layer: str
    """Id of its definition."""
    title: str
    provider: str
    licence: str
    citation: str
    topic: str
    complete: bool


@dataclass(frozen=True)
class WrittenRecord:
    """A record in the words of some languages, as statements show it."""

    rows: Mapping[str, Sequence[Mapping[str, object]]]
    """By language, the rows of `table`."""
    basis: str = "article_10"
    concern: str | None = None
    draft_because: Sequence[str] = ()
    """What keeps a statement a draft besides open questions, `code: topic`."""

    @property
    def is_open(self) -> bool:
        """Whether a criterion is neither answered by the data nor by the operator."""
        return any(
            row.get("question") or not (row.get("answer") or row.get("operator"))
            for rows in self.rows.values()
            for row in rows
        )


def speaks_of(scope: str, cooperatives: Sequence[str]) -> bool:
    """Whether a document of some scope concerns one of some cooperatives; without any named, all documents do."""
    return not scope or not cooperatives or not set(names_in(scope)).isdisjoint(cooperatives)


def names_in(scope: str) -> list[str]:
    """The cooperatives that a scope names, separated by semicolons."""
    return [name.strip() for name in scope.split(";") if name.strip()]
