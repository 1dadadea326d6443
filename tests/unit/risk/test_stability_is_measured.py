"""`stable` is said of outcomes that were tried with other figures, never of ground that nobody knows."""

from typing import Any

import pytest

from eudr_check import risk
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots, point_plots

FOREST, LOSS, ALERT = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year"
READ_NOWHERE = {variable.column: -1 for variable in ALL}


def judged(policy: str, table: Any, rows: list[dict[str, Any]], variables: Any = ALL) -> tuple[str, str]:
    """Outcome and stability of one plot."""
    found, _ = risk.assess(table, evidence(rows, variables), variables, risk.policy(policy), PRODUCTION)
    return str(found["outcome"].iloc[0]), str(found["stability"].iloc[0])


def point(commodity: str, declared_ha: float, **row: Any) -> tuple[Any, list[dict[str, Any]]]:
    """A point that is alike on all its ground."""
    shapes = (("disc", 4.0), ("double_disc", 16.0), ("cell", 0.01))
    table = point_plots(["coop/1"], declared_ha).assign(commodity=commodity)
    return table, [{"footprint": name, "ha": ha, **row} for name, ha in shapes]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, ("undetermined", "unknown")),
        ({FOREST: 1, LOSS: 2023}, ("undetermined", "unknown")),
        ({FOREST: 1, LOSS: 2023, ALERT: 2023}, ("high", "fragile")),
    ],
)
def test_an_establishment_of_unknown_ground(row: dict[str, int], expected: tuple[str, str]) -> None:
    """Moving a disc of four hectares moves nothing of a ranch; what the point's own cell shows was tried."""
    assert judged("cattle@1", *point("cattle", float("nan"), **row)) == expected


def test_ground_that_is_declared_or_bounded_was_tried() -> None:
    """An establishment says its hectares; a point of coffee stands for four at most, and its disc was moved."""
    assert judged("cattle@1", *point("cattle", 4.0)) == ("low", "stable")
    assert judged("convergence@1", *point("coffee", float("nan"))) == ("low", "stable")


@pytest.mark.parametrize(("policy", "commodity"), [("convergence@1", "coffee"), ("whisp_pcrop@2026-10", "coffee")])
@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ({"usable": False}, [{"ha": 2.0}]),
        ({"commodity": "wood"}, [{"ha": 2.0}]),
        ({}, []),
    ],
)
def test_nobody_looked(policy: str, commodity: str, change: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """A plot that is blocked, one of another commodity, one without evidence."""
    table = plots({"coop/1": 2.0, "coop/2": 2.0}, commodity=[commodity] * 2).assign(**change)
    other = [{"plot": "coop/2", "ha": 2.0}]

    assert judged(policy, table, [*({"plot": "coop/1", **row} for row in rows), *other]) == ("undetermined", "unknown")


@pytest.mark.parametrize("policy", ["convergence@1", "whisp_pcrop@2026-10"])
def test_no_layers(policy: str) -> None:
    """Without a layer of events nothing was tried either."""
    variables = tuple(one for one in ALL if one.kind == "state")

    assert judged(policy, plots({"coop/1": 2.0}), [{"ha": 2.0}], variables) == ("undetermined", "unknown")


def test_layers_that_read_nothing() -> None:
    """A plot no cell of which was read; where a part of it was, other figures were tried on that."""
    nowhere = {"ha": 2.0, **READ_NOWHERE}
    partly = [{"ha": 1.0, **READ_NOWHERE}, {"ha": 1.0, FOREST: 1}]

    assert judged("convergence@1", plots({"coop/1": 2.0}), [nowhere]) == ("undetermined", "unknown")
    assert judged("convergence@1", plots({"coop/1": 2.0}), partly) == ("undetermined", "stable")
