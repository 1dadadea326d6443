"""What must hold for wood and cattle: more loss never helps, less knowledge never clears; context decides nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eudr_check import risk
from eudr_check.risk.policy import shipped
from eudr_check.variables import Variable
from tests.helpers.risk_tables import BASELINE, HANSEN, PRODUCTION, RADD, TMF_DEGRADATION, evidence, plots

CONTEXT = Variable(
    "protected.area", "protected@1", "state", "context", "protected", "none", date(2020, 12, 31), date(2026, 1, 1)
)
NAMES = {
    "2020": ("primary", "regenerating", "planted"),
    "now": ("plantation", "planted", "other_wooded", "agriculture"),
}
MAPS = tuple(
    Variable(f"map.{name}_{when}", f"map{when}@1", "state", f"{name}_{when}", f"map{when}", "landsat", day, day)  # type: ignore[arg-type]
    for when, day in (("2020", date(2020, 12, 31)), ("now", date(2025, 12, 31)))
    for name in NAMES[when]
)
LAYERS = (BASELINE, HANSEN, RADD, TMF_DEGRADATION, *MAPS)
EVENTS = (HANSEN.column, RADD.column, TMF_DEGRADATION.column)
LEVEL = {"low": 0, "more_info_needed": 1, "high": 2}
ROW = st.fixed_dictionaries(
    {
        "ha": st.sampled_from([0.001, 0.011, 0.09, 0.1, 0.3, 2.0]),
        **dict.fromkeys([one.column for one in LAYERS if one.kind == "state"], st.sampled_from([-1, 0, 1])),
        **dict.fromkeys(EVENTS, st.sampled_from([-1, 0, 0, 2019, 2021, 2023])),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=4)
FEWER = settings(max_examples=settings.default.max_examples // 4)
"""A fourth of the examples, of at least four plots each."""


def outcomes(
    grounds: Sequence[list[dict[str, Any]]], layers: tuple[Variable, ...] = LAYERS, policy: str = "wood@1"
) -> list[str]:
    """Outcomes of plots that lie far apart, each of its rows: of many at once, as of one, an outcome takes 50 ms."""
    names = [f"coop/{number}" for number in range(len(grounds))]
    table = evidence([{**row, "plot": name} for name, rows in zip(names, grounds, strict=True) for row in rows], layers)
    chosen = risk.policy(policy)
    areas = {name: float(sum(row["ha"] for row in rows)) for name, rows in zip(names, grounds, strict=True)}
    made = plots(areas, commodity=[chosen.commodities[0]] * len(names))
    assessed = risk.assess(made, table, layers, chosen, PRODUCTION)[0]
    return [str(one) for one in assessed["outcome"].loc[names]]


@pytest.mark.parametrize("policy", ["wood@1", "cattle@1"])
@given(rows=ROWS, event=st.sampled_from(EVENTS), which=st.integers(0, 3))
def test_more_loss_never_lowers_an_outcome(policy: str, rows: list[dict[str, Any]], event: str, which: int) -> None:
    """Where a layer saw nothing after the cut-off it now sees loss or disturbance."""
    at = which % len(rows)
    assume(0 <= rows[at][event] <= 2020)
    more = [{**row, event: 2023} if i == at else row for i, row in enumerate(rows)]
    before, after = outcomes([rows, more], policy=policy)

    assert after != "low" or before == "low"
    if before in LEVEL and after in LEVEL:
        assert LEVEL[after] >= LEVEL[before]


@pytest.mark.parametrize("policy", ["wood@1", "cattle@1"])
@given(rows=ROWS, hidden=st.sets(st.sampled_from([one.column for one in LAYERS]), min_size=1), which=st.integers(0, 3))
def test_unknown_never_makes_low(policy: str, rows: list[dict[str, Any]], hidden: set[str], which: int) -> None:
    """Any layers go unread on a row: the plot does not become low by it."""
    at = which % len(rows)
    masked = [{**row, **dict.fromkeys(hidden, -1)} if i == at else row for i, row in enumerate(rows)]

    before, after = outcomes([rows, masked], policy=policy)

    assert after != "low" or before == "low"


@given(rows=ROWS, gone=st.sets(st.sampled_from(["map2020@1", "mapnow@1"]), min_size=1))
def test_harvest_without_a_map_is_not_better(rows: list[dict[str, Any]], gone: set[str]) -> None:
    """A map that the harvest lacks clears nothing."""
    fewer = tuple(one for one in LAYERS if one.layer not in gone)

    assert outcomes([rows], fewer) != ["low"] or outcomes([rows]) == ["low"]


@pytest.mark.parametrize("policy", shipped())
@FEWER
@given(
    grounds=st.lists(ROWS, min_size=4, max_size=8), seen=st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4)
)
def test_context_layer_changes_no_outcome(policy: str, grounds: list[list[dict[str, Any]]], seen: list[int]) -> None:
    """Whatever a context layer holds on each row, unknown included, outcomes are those without it."""
    with_context = [
        [{**row, CONTEXT.column: value} for row, value in zip(rows, seen, strict=False)] for rows in grounds
    ]

    assert outcomes(with_context, (*LAYERS, CONTEXT), policy) == outcomes(grounds, LAYERS, policy)
