"""Outcomes once more: ASSESSMENTS and REASONS from EVIDENCE and policy, final outcomes from the reviews inside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest, Production
from eudr_check.errors import EudrCheckError
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference, some, unlike
from eudr_check.records import Json
from eudr_check.tables import SETTLED
from eudr_check.text import sentence, worded
from eudr_check.variables import Variable

Assess = Callable[
    [pd.DataFrame, pd.DataFrame, Sequence[Variable], Json, Production | None],
    tuple[pd.DataFrame, pd.DataFrame],
]
"""PLOTS, EVIDENCE, variables, policy (as written in `policy.json`) and production to ASSESSMENTS and REASONS."""
Lots = Callable[
    [pd.DataFrame, pd.DataFrame, gpd.GeoDataFrame, Harvest, pd.DataFrame | None], tuple[pd.DataFrame, pd.DataFrame]
]
"""DELIVERIES, ASSESSMENTS, PLOTS, settings and ANIMALS to DELIVERIES with recomputed masses, and LOTS."""
Animals = Callable[[pd.DataFrame, pd.DataFrame, gpd.GeoDataFrame, Harvest], pd.DataFrame]
"""STAYS, ASSESSMENTS, PLOTS and settings to ANIMALS."""
Uses = Callable[[pd.DataFrame, pd.DataFrame, Sequence[Variable], Json], pd.DataFrame | None]
"""PLOTS, EVIDENCE, variables and policy (as written in `policy.json`) to USES; None where it sorts no ground."""
TOLERANCE = 1e-9
"""Hectares; sums in another order may differ by less."""
ASSESSMENTS, REASONS = "tables/ASSESSMENTS.parquet", "tables/REASONS.parquet"


@dataclass(frozen=True)
class Recorded:
    """What the documents inside a package say of any of its plots and lots."""

    legality: Sequence[Json]
    """Evidence of legality of the whole harvest, as statements list it."""
    record: Callable[[Sequence[str], Sequence[str]], WrittenRecord]
    """Keys of plots and names of lots to their assessment record."""


def stated_name(policy: Json) -> str:
    """Name and version of a policy, as it gives them itself."""
    return f"{policy['name']}@{policy['version']}" if {"name", "version"} <= policy.keys() else str(policy["full_name"])


@dataclass(frozen=True)
class Stages:
    """What other rooms compute once more; the package knows none of them."""

    assess: Assess
    review: Callable[[pd.DataFrame, pd.DataFrame, gpd.GeoDataFrame, Path], pd.DataFrame]
    """ASSESSMENTS, EVIDENCE, PLOTS and the path of reviews.csv to ASSESSMENTS after reviews."""
    policy: Callable[[str], Json | None]
    """The shipped policy of a name, as `policy.json` writes it; None where none is shipped."""
    definition: Callable[[str], Json | None]
    """The shipped layer definition of an id, as `layers.json` writes it; None where none is shipped."""
    answers: Callable[[Path, Sequence[str]], Sequence[Json]]
    """The path of answers.csv and the cooperatives it may name to the operator's answers, as statements show them."""
    recorded: (
        Callable[
            [Path, Harvest, gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame | None],
            Recorded,
        ]
        | None
    ) = None
    """The package, its settings, PLOTS, ASSESSMENTS, SOURCES and LOTS to what its documents say; None leaves records
    and legality as the statements have them."""
    lots: Lots | None = None
    """None leaves DELIVERIES and LOTS as they stand."""
    animals: Animals | None = None
    """None leaves ANIMALS as it stands."""
    uses: Uses | None = None
    """None leaves USES as it stands."""
    variables: Callable[[Sequence[object], pd.DataFrame], Sequence[Variable]] | None = None
    """Definitions, as `layers.json` writes them, and SOURCES to the meaning of their columns; None leaves what the
    settings say."""
    policy_name: Callable[[Json], str] = stated_name
    """A policy, as `policy.json` writes it, to the name that tables and pages print."""


def outcomes(contents: Contents, stages: Stages) -> Iterator[Difference]:
    """Every column of ASSESSMENTS and REASONS."""
    production = contents.harvest.production
    try:
        fresh, reasons = stages.assess(
            contents.plots, contents.evidence, contents.variables, contents.policy, production
        )
        final = _final(contents, stages, fresh)
    except EudrCheckError as error:
        yield Difference(ASSESSMENTS, "not_recomputed", worded(error))
        return
    stored = contents.assessments
    for plot in map(str, fresh.index.difference(stored.index)[:20]):
        yield Difference(ASSESSMENTS, "missing_row", sentence("differences", "outcome_missing", plot=plot))
    for plot in map(str, stored.index.difference(fresh.index)[:20]):
        yield Difference(ASSESSMENTS, "added_row", sentence("differences", "outcome_added", plot=plot))
    common = stored.index.intersection(fresh.index)
    beyond = () if contents.alone is None else contents.alone.judged_with_others
    others = common[common.isin(beyond)]
    yield from some(_no_better(stored.loc[others], fresh.loc[others], final.loc[others]))
    common = common[~common.isin(beyond)]
    judged = [name for name in fresh.columns if name not in ("review", "final_outcome")]
    for name in judged:
        yield from some(_column(ASSESSMENTS, stored.loc[common, name], fresh.loc[common, name]))
    yield from some(_finals(stored.loc[common], final.loc[common], reviewed=_reviews(contents).is_file()))
    yield from _reasons(*(one[~one.index.isin(beyond)] for one in (contents.reasons, reasons)))


def _no_better(stored: pd.DataFrame, fresh: pd.DataFrame, final: pd.DataFrame) -> Iterator[Difference]:
    """Plots that were judged with others: with fewer plots an outcome can become better, and never worse."""
    for plot in map(str, stored.index):
        was, now = stored.loc[plot], fresh.loc[plot]
        said = {"row": plot, "column": "outcome", "was": str(was["outcome"]), "now": str(now["outcome"])}
        if was["outcome"] == "low" and now["outcome"] != "low":
            yield Difference(ASSESSMENTS, "outcome", sentence("differences", "evidence_gives", **said))
        if was["final_outcome"] in SETTLED and final.loc[plot, "final_outcome"] not in SETTLED:
            finals = {"plot": plot, "was": str(was["final_outcome"]), "now": str(final.loc[plot, "final_outcome"])}
            yield Difference(ASSESSMENTS, "final_outcome", sentence("differences", "final_reviewed", **finals))


def shipped(contents: Contents, stages: Stages) -> Iterator[Difference]:
    """Policy and layers that carry a shipped name hold what was shipped under it."""
    name = str(contents.settings["policy"])
    try:
        called = stages.policy_name(contents.policy)
    except EudrCheckError as error:
        yield Difference("policy.json", "unreadable", worded(error))
        return
    if called != name:
        yield Difference("policy.json", "policy", sentence("differences", "other_policy", called=called, name=name))
    known = stages.policy(name)
    for stated in () if known is None else unlike(known, contents.policy):
        yield Difference(
            "policy.json", "not_shipped", sentence("differences", "not_as_shipped", name=name, problem=stated)
        )
    for layer in contents.layers:
        name = str(layer.get("id")) if isinstance(layer, Mapping) else ""
        known = stages.definition(name)
        for stated in () if known is None else unlike(known, layer):
            yield Difference(
                "layers.json", "not_shipped", sentence("differences", "not_as_shipped", name=name, problem=stated)
            )


def meaning(contents: Contents, stages: Stages) -> Iterator[Difference]:
    """Columns of EVIDENCE mean what the definitions inside say: outcomes are made once more by that meaning."""
    if stages.variables is None:
        return
    try:
        defined = stages.variables(contents.layers, contents.sources)
    except EudrCheckError as error:
        yield Difference("layers.json", "unreadable", worded(error))
        return
    expected, found = ({one.column: asdict(one) for one in some_of} for some_of in (defined, contents.variables))
    for stated in unlike(expected, found, "variables", "layers_give"):
        yield Difference("settings.json", "variables", stated)


def _reviews(contents: Contents) -> Path:
    book = contents.root / "reviews" / "reviews.xlsx"
    return book if book.is_file() else book.with_suffix(".csv")


def _final(contents: Contents, stages: Stages, fresh: pd.DataFrame) -> pd.DataFrame:
    """ASSESSMENTS after the reviews inside; the edition without names has none, so what it says stands."""
    if _reviews(contents).is_file():
        return stages.review(fresh, contents.evidence, contents.plots, _reviews(contents))
    if contents.redacted:
        return fresh.assign(final_outcome=contents.assessments["final_outcome"].reindex(fresh.index))
    return fresh.assign(final_outcome=fresh["outcome"])


def _finals(stored: pd.DataFrame, final: pd.DataFrame, *, reviewed: bool) -> Iterator[Difference]:
    why = "final_reviewed" if reviewed else "final_stays"
    for plot, was, now in zip(map(str, stored.index), stored["final_outcome"], final["final_outcome"], strict=True):
        if was != now:
            yield Difference(ASSESSMENTS, "final_outcome", sentence("differences", why, plot=plot, was=was, now=now))
    unexplained = (stored["final_outcome"] != stored["outcome"]) & stored["review"].isna()
    for plot in map(str, stored.index[unexplained]):
        yield Difference(ASSESSMENTS, "final_outcome", sentence("differences", "unexplained", plot=plot))
    if reviewed:
        # Files that did not hold were left out of the package, so here they are missing, there perhaps changed.
        stated, now = (
            table["review"].astype("object").str.replace("evidence_changed:", "evidence_missing:", regex=False)
            for table in (stored, final)
        )
        for plot in map(str, stored.index[(stated != now) & ~(stated.isna() & now.isna())]):
            yield Difference(
                ASSESSMENTS,
                "review",
                sentence("differences", "reviews_give", plot=plot, was=stated[plot], now=now[plot]),
            )


def _column(file: str, stored: pd.Series, fresh: pd.Series) -> Iterator[Difference]:
    """Rows in which a column differs."""
    if pd.api.types.is_numeric_dtype(fresh.dtype):
        was, now = stored.to_numpy(np.float64), fresh.to_numpy(np.float64)
        changed = ~np.isclose(was, now, rtol=0, atol=TOLERANCE, equal_nan=True)
        code = "hectares"
    else:
        was, now = stored.to_numpy(dtype=object), fresh.to_numpy(dtype=object)
        changed = (was != now) & ~(pd.isna(was) & pd.isna(now))
        code = "outcome" if stored.name == "outcome" else "assessment"
    for row in np.flatnonzero(changed).tolist():
        stated = {"row": stored.index[row], "column": stored.name, "was": str(was[row]), "now": str(now[row])}
        yield Difference(file, code, sentence("differences", "evidence_gives", **stated))


def _reasons(stored: pd.DataFrame, fresh: pd.DataFrame) -> Iterator[Difference]:
    was, now = (table.reset_index().sort_values(["plot", "code"], ignore_index=True) for table in (stored, fresh))
    keys = ["plot", "code", "layers"]
    if not was[keys].astype(object).equals(now[keys].astype(object)):
        gone = sorted(set(map(tuple, now[keys].to_numpy().tolist())) ^ set(map(tuple, was[keys].to_numpy().tolist())))
        key = "other_reasons_such_as" if gone else "other_reasons"
        named = {"reason": " ".join(map(str, gone[0]))} if gone else {}
        yield Difference(REASONS, "reasons", sentence("differences", key, **named))
        return
    for name in ("area_ha", "threshold_ha", "margin_ha"):
        changed = ~np.isclose(was[name], now[name], rtol=0, atol=TOLERANCE, equal_nan=True)
        for row in np.flatnonzero(changed)[:20]:
            stated = {"plot": was["plot"][row], "code": was["code"][row], "column": name}
            figures = {"was": str(was[name][row]), "now": str(now[name][row])}
            yield Difference(REASONS, "hectares", sentence("differences", "recomputed", **stated, **figures))
