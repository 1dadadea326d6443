"""What must hold for wood and cattle: more loss never helps, less knowledge never clears; context decides nothing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
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


def outcome(rows: list[dict[str, Any]], layers: tuple[Variable, ...] = LAYERS, policy: str = "wood@1") -> str:
    """Outcome of one plot of these rows."""
    table = evidence(rows, layers)
    chosen = risk.policy(policy)
    plot = plots({"coop/1": float(table["area_ha"].sum())}, commodity=[chosen.commodities[0]])
    return str(risk.assess(plot, table, layers, chosen, PRODUCTION)[0]["outcome"].iloc[0])


@pytest.mark.parametrize("policy", ["wood@1", "cattle@1"])
@given(rows=ROWS, event=st.sampled_from(EVENTS), which=st.integers(0, 3))
def test_more_loss_never_lowers_an_outcome(policy: str, rows: list[dict[str, Any]], event: str, which: int) -> None:
    """Where a layer saw nothing after the cut-off it now sees loss or disturbance."""
    at = which % len(rows)
    assume(0 <= rows[at][event] <= 2020)
    before = outcome(rows, policy=policy)
    after = outcome([{**row, event: 2023} if i == at else row for i, row in enumerate(rows)], policy=policy)

    assert after != "low" or before == "low"
    if before in LEVEL and after in LEVEL:
        assert LEVEL[after] >= LEVEL[before]


@pytest.mark.parametrize("policy", ["wood@1", "cattle@1"])
@given(rows=ROWS, hidden=st.sets(st.sampled_from([one.column for one in LAYERS]), min_size=1), which=st.integers(0, 3))
def test_unknown_never_makes_low(policy: str, rows: list[dict[str, Any]], hidden: set[str], which: int) -> None:
    """Any layers go unread on a row: the plot does not become low by it."""
    at = which % len(rows)
    masked = [{**row, **dict.fromkeys(hidden, -1)} if i == at else row for i, row in enumerate(rows)]

    assert outcome(masked, policy=policy) != "low" or outcome(rows, policy=policy) == "low"


@given(rows=ROWS, gone=st.sets(st.sampled_from(["map2020@1", "mapnow@1"]), min_size=1))
def test_harvest_without_a_map_is_not_better(rows: list[dict[str, Any]], gone: set[str]) -> None:
    """A map that the harvest lacks clears nothing."""
    fewer = tuple(one for one in LAYERS if one.layer not in gone)

    assert outcome(rows, fewer) != "low" or outcome(rows) == "low"


@pytest.mark.parametrize("policy", shipped())
@given(rows=ROWS, seen=st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4))
def test_context_layer_changes_no_outcome(policy: str, rows: list[dict[str, Any]], seen: list[int]) -> None:
    """Whatever a context layer holds on each row, unknown included, the outcome is the one without it."""
    with_context = [{**row, CONTEXT.column: value} for row, value in zip(rows, seen, strict=False)]

    assert outcome(with_context, (*LAYERS, CONTEXT), policy) == outcome(rows, LAYERS, policy)
