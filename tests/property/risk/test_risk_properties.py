"""What must hold for any evidence: more loss never helps, less knowledge never clears, order does not matter."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from eudr_check import risk
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots

POLICY = risk.policy("convergence@1")
EVENTS = [variable.column for variable in ALL if variable.role == "event"]
WITNESSES = [name for name in EVENTS if not name.startswith("tmf")]
STATES = [variable.column for variable in ALL if variable.kind == "state"]
DEGRADATION = "tmf.degradation_year"
LEVEL = {"low": 0, "more_info_needed": 1, "high": 2}
COUNT = 3
AREAS = st.sampled_from([0.001, 0.005, 0.01, 0.011, 0.05, 0.09, 0.1, 0.2, 0.29, 0.3, 0.49, 0.5, 2.0])
YEARS = st.sampled_from([0, 0, 0, 2010, 2020, 2021, 2022, 2024])
KNOWN = st.fixed_dictionaries(
    {
        "plot": st.sampled_from([f"coop/{number}" for number in range(COUNT)]),
        "ha": AREAS,
        **dict.fromkeys(STATES, st.sampled_from([0, 1])),
        **dict.fromkeys([*EVENTS, DEGRADATION], YEARS),
    }
)
ANY = st.fixed_dictionaries(
    {
        "plot": st.sampled_from([f"coop/{number}" for number in range(COUNT)]),
        "ha": AREAS,
        **dict.fromkeys(STATES, st.sampled_from([-1, 0, 1])),
        **dict.fromkeys([*EVENTS, DEGRADATION], st.one_of(YEARS, st.just(-1))),
    }
)
ONE_FARM = st.booleans()
CASES = settings()
"""As many as the profile says."""


def outcomes(rows: list[dict[str, Any]], one_farm: bool) -> pd.Series:
    """Outcomes of three plots of 0.5 to 4 ha; of one farm side by side, or of strangers."""
    names = [f"coop/{number}" for number in range(COUNT)]
    # One clean row each, so that a row moved to unknown never leaves a plot without evidence.
    ground = [*rows, *({"plot": name, "ha": 0.2} for name in names)]
    table = evidence(ground)
    areas = table.groupby(level=0)["area_ha"].sum()
    plot_table = plots(
        {name: float(areas[name]) for name in names},
        geometry=[box(-76 + i * 0.001, -6, -76 + (i + 1) * 0.001, -5.999) for i in range(COUNT)],
        producer_name=["Ana"] * COUNT if one_farm else [None] * COUNT,
    )
    assessments = risk.assess(plot_table, table, ALL, POLICY, PRODUCTION)[0]
    assert (assessments["reasons"] != "").all(), "every outcome says why"
    return assessments["outcome"]


@CASES
@given(rows=st.lists(ANY, min_size=1, max_size=6), which=st.integers(0, 5), event=st.sampled_from(EVENTS),
       year=st.sampled_from([2021, 2022, 2025]), one_farm=ONE_FARM)  # fmt: skip
def test_more_loss_never_lowers_an_outcome(
    rows: list[dict[str, Any]], which: int, event: str, year: int, one_farm: bool
) -> None:
    """Where a layer saw no loss after the cut-off it now sees one: nothing gets better by it."""
    before = outcomes(rows, one_farm)
    row = rows[which % len(rows)]
    assume(0 <= row[event] <= 2020)
    after = outcomes([{**row, event: year} if other is row else other for other in rows], one_farm)

    for old, new in zip(before, after, strict=True):
        assert not (old != "low" and new == "low"), (old, new)
        if old in LEVEL and new in LEVEL:
            assert LEVEL[new] >= LEVEL[old]


@CASES
@given(rows=st.lists(KNOWN, min_size=1, max_size=6), which=st.sets(st.integers(0, 5), min_size=1),
       lost=st.sampled_from(["baseline", "events", "all"]), one_farm=ONE_FARM)  # fmt: skip
def test_making_cells_unknown_never_clears_a_plot(
    rows: list[dict[str, Any]], which: set[int], lost: str, one_farm: bool
) -> None:
    """Cells whose baseline, event layers or everything goes unread: no plot becomes low by it, none becomes high."""
    hidden = {"baseline": ["jrc_gfc2020.forest"], "events": WITNESSES, "all": [*STATES, *EVENTS, DEGRADATION]}[lost]
    chosen = {number % len(rows) for number in which}
    masked = [{**row, **dict.fromkeys(hidden, -1)} if i in chosen else row for i, row in enumerate(rows)]

    for old, new in zip(outcomes(rows, one_farm), outcomes(masked, one_farm), strict=True):
        assert not (old != "low" and new == "low"), (old, new)
        assert not (old != "high" and new == "high"), (old, new)


@CASES
@given(rows=st.lists(ANY, min_size=2, max_size=8), seed=st.integers(0, 1000))
def test_order_of_rows_and_plots_does_not_matter(rows: list[dict[str, Any]], seed: int) -> None:
    """Rows and plots in any order give the same outcome, figures and reasons."""
    names = sorted({row["plot"] for row in rows})
    table = evidence(rows)
    areas = table.groupby(level=0)["area_ha"].sum()
    plot_table = plots({name: float(areas[name]) for name in names})
    random = np.random.default_rng(seed)
    first, reasons = risk.assess(plot_table, table, ALL, POLICY, PRODUCTION)
    second, others = risk.assess(
        plot_table.iloc[random.permutation(len(names))],
        table.iloc[random.permutation(len(table))],
        ALL,
        POLICY,
        PRODUCTION,
    )

    pd.testing.assert_frame_equal(first, second.loc[first.index], rtol=1e-12)
    assert [list(part["code"]) for _, part in reasons.groupby(level=0)] == [
        list(part["code"]) for _, part in others.groupby(level=0)
    ]


@CASES
@given(rows=st.lists(KNOWN, min_size=1, max_size=6), share=st.floats(0.05, 0.95), one_farm=ONE_FARM)
def test_splitting_a_row_changes_nothing(rows: list[dict[str, Any]], share: float, one_farm: bool) -> None:
    """The same ground told in two rows, as across a tile seam, is the same ground."""
    row = rows[0]
    split = [{**row, "ha": row["ha"] * share}, {**row, "ha": row["ha"] * (1 - share)}, *rows[1:]]

    assert outcomes(rows, one_farm).tolist() == outcomes(split, one_farm).tolist()
