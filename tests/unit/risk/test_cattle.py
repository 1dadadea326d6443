"""cattle@1: each establishment by the rules of deforestation, on ground that somebody declared."""

from typing import Any

import numpy as np
import pytest

from eudr_check import risk
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots, point_plots

POLICY = risk.policy("cattle@1")
FOREST, LOSS, ALERT, CANOPY = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year", "tmf.degradation_year"
UNREAD = {LOSS: -1, ALERT: -1}


def ranch(*rows: dict[str, Any]) -> tuple[str, list[str]]:
    """Outcome and codes of an establishment of 10 ha with an outline."""
    rest = 10.0 - sum(row["ha"] for row in rows)
    table, reasons = risk.assess(
        plots({"coop/1": 10.0}, commodity=["cattle"]), evidence([*rows, {"ha": rest}]), ALL, POLICY, PRODUCTION
    )
    return str(table["outcome"].iloc[0]), list(reasons["code"])


def point(declared_ha: float, **row: Any) -> tuple[str, list[str]]:
    """Outcome and codes of an establishment given as a point, alike on all its discs."""
    area = 4.0 if np.isnan(declared_ha) else declared_ha
    ground = [
        {"footprint": "disc", "ha": area, **row},
        {"footprint": "double_disc", "ha": 4 * area, **row},
        {"footprint": "cell", "ha": 0.01, **row},
    ]
    table = point_plots(["coop/1"], declared_ha).assign(commodity="cattle")
    found, reasons = risk.assess(table, evidence(ground), ALL, POLICY, PRODUCTION)
    return str(found["outcome"].iloc[0]), list(reasons["code"])


@pytest.mark.parametrize(
    ("row", "expected", "code"),
    [
        ({}, "low", "no_forest_2020"),
        ({FOREST: 1}, "low", "no_event_on_forest"),
        ({LOSS: 2023}, "low", "no_forest_2020"),
        ({FOREST: 1, LOSS: 2019}, "low", "no_event_on_forest"),
        ({FOREST: 1, LOSS: 2023}, "high", "deforestation_one_method"),
        ({FOREST: 1, LOSS: 2023, ALERT: 2023}, "high", "agreed_deforestation"),
        ({FOREST: 1, CANOPY: 2023}, "more_info_needed", "canopy_disturbance"),
        ({FOREST: -1, LOSS: 2023}, "undetermined", "unknown_baseline"),
        ({FOREST: 1, **UNREAD}, "undetermined", "unknown_events"),
        ({FOREST: -1, **UNREAD}, "undetermined", "unknown_baseline"),
        (UNREAD, "undetermined", "unknown_events"),
    ],
)
def test_truth_table(row: dict[str, int], expected: str, code: str) -> None:
    """Forest of 2020 yes, no or unknown; lost, disturbed or not since, or unread: on 0.45 ha of the establishment."""
    outcome, codes = ranch({"ha": 0.45, **row})

    assert (outcome, code in codes) == (expected, True)


def test_forest_that_stands_is_no_question() -> None:
    """Under coffee standing forest is asked about; cattle may live beside it."""
    assert ranch({"ha": 6.0, FOREST: 1}) == ("low", ["no_event_on_forest"])


@pytest.mark.parametrize(
    ("declared", "row", "expected", "code"),
    [
        (400.0, {}, "low", "no_forest_2020"),
        (float("nan"), {}, "undetermined", "establishment_area_unknown"),
        (float("nan"), {FOREST: 1, LOSS: 2023}, "undetermined", "establishment_area_unknown"),
        (float("nan"), {FOREST: 1, LOSS: 2023, ALERT: 2023}, "high", "point_cell_agreed"),
        (400.0, {FOREST: 1, LOSS: 2023}, "more_info_needed", "send_polygon"),
    ],
)
def test_a_point_stands_for_the_ground_it_declares(
    declared: float, row: dict[str, int], expected: str, code: str
) -> None:
    """A ranch is no four hectares: where a point declares no area, nobody knows which ground was to be looked at."""
    outcome, codes = point(declared, **row)

    assert (outcome, code in codes) == (expected, True)


def test_a_point_of_coffee_is_four_hectares_at_most() -> None:
    """For other commodities the law itself bounds the ground of a point."""
    table = point_plots(["coop/1"], float("nan"))
    ground = [{"footprint": name, "ha": ha} for name, ha in (("disc", 4.0), ("double_disc", 16.0), ("cell", 0.01))]
    found, _ = risk.assess(table, evidence(ground), ALL, risk.policy("convergence@1"), PRODUCTION)

    assert found["outcome"].tolist() == ["low"]


def test_a_point_without_area_names_no_neighbour_for_it() -> None:
    """The ground is what nobody knows; no neighbour is to blame."""
    assert point(float("nan"))[1] == ["establishment_area_unknown"]
