"""Hectares of uses: conserved; unknown never adds to what is known; more loss never lowers what was cleared."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check import risk
from eudr_check.risk.convergence.uses import uses
from tests.helpers.risk_tables import ALL, BASELINE, HANSEN, RADD, evidence, plots

POLICIES = st.sampled_from([risk.policy(name) for name in ("convergence@1", "wood@1", "cattle@1")])
STATES, YEARS = [-1, 0, 1], [-1, 0, 2015, 2021, 2024]
KNOWN = ["cleared_ha", "disputed_ha", "forest_ha", "crop_ha", "other_ha"]
ROW = st.fixed_dictionaries(
    {"ha": st.sampled_from([0.05, 0.3, 0.7])}
    | {one.column: st.sampled_from(STATES if one.kind == "state" else YEARS) for one in ALL}
)
ROWS = st.lists(ROW, min_size=1, max_size=6)


def found(policy: Any, *grounds: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Hectares of plots, each of its rows."""
    names = [f"coop/{number}" for number in range(len(grounds))]
    table = evidence([{**row, "plot": name} for name, rows in zip(names, grounds, strict=True) for row in rows])
    made = plots({name: sum(row["ha"] for row in rows) for name, rows in zip(names, grounds, strict=True)})
    hectares = uses(made, table, ALL, policy).loc[names]
    return [{str(name): float(value) for name, value in row.items()} for _, row in hectares.iterrows()]


@settings(max_examples=150, deadline=None)
@given(ROWS, POLICIES)
def test_uses_add_up_to_the_plot(rows: list[dict[str, Any]], policy: Any) -> None:
    """Every hectare is one thing."""
    (parts,) = found(policy, rows)

    assert np.isclose(sum(parts.values()), sum(row["ha"] for row in rows), rtol=0, atol=1e-12)


@settings(max_examples=150, deadline=None)
@given(ROWS, POLICIES, st.data())
def test_unread_ground_never_adds_to_a_known_use(rows: list[dict[str, Any]], policy: Any, data: st.DataObject) -> None:
    """A baseline, or every witness of loss, that was not read takes from what is known, and gives to nothing."""
    at = data.draw(st.integers(0, len(rows) - 1))
    columns = data.draw(
        st.sampled_from([(BASELINE.column,), (HANSEN.column, RADD.column), tuple(v.column for v in ALL)])
    )
    less = [row if number != at else row | dict.fromkeys(columns, -1) for number, row in enumerate(rows)]
    before, after = found(policy, rows, less)

    # Where a silent method sees a loss, an event it shares with a witness stays: nothing grows.
    assert all(after[name] <= before[name] + 1e-12 for name in KNOWN)


@settings(max_examples=150, deadline=None)
@given(ROWS, POLICIES, st.data())
def test_more_loss_never_lowers_what_was_cleared(rows: list[dict[str, Any]], policy: Any, data: st.DataObject) -> None:
    """An event after the cut-off, whoever saw it, only ever adds to the cleared ground."""
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([one.column for one in ALL if one.role == "event"]))
    more = [row if number != at else row | {column: 2023} for number, row in enumerate(rows)]
    before, after = found(policy, rows, more)

    assert after["cleared_ha"] >= before["cleared_ha"] - 1e-12
    assert after["cleared_ha"] + after["disputed_ha"] >= before["cleared_ha"] + before["disputed_ha"] - 1e-12
    assert after["forest_ha"] <= before["forest_ha"] + 1e-12
