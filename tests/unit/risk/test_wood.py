"""Every pathway of wood@1 by a truth table: kind of forest in 2020, change since, use of the land today."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from eudr_check import risk, tables
from eudr_check.variables import Role, Variable
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots, point_plots

POLICY = risk.policy("wood@1")
FOREST, LOSS, DEGRADED = "jrc_gfc2020.forest", "hansen.loss_year", "tmf.degradation_year"
UNREAD_EVENTS = {LOSS: -1, "radd.alert_year": -1}


def map_of(name: str, role: Role, day: date, method: str) -> Variable:
    """A map of one role."""
    return Variable(f"map.{name}", f"{method}@1", "state", role, method, "landsat", day, day)


TYPES = tuple(
    map_of(name, role, date(2020, 12, 31), "types")
    for name, role in (
        ("primary", "primary_2020"),
        ("regenerating", "regenerating_2020"),
        ("planted_then", "planted_2020"),
    )
)
USES = tuple(
    map_of(name, role, date(2025, 12, 31), "uses")
    for name, role in (
        ("plantation", "plantation_now"),
        ("planted", "planted_now"),
        ("other_wooded", "other_wooded_now"),
        ("agriculture", "agriculture_now"),
    )
)
WOOD = (*ALL, *TYPES, *USES)
ALL_TYPES_UNREAD = {one.column: -1 for one in TYPES}
ALL_USES_UNREAD = {one.column: -1 for one in USES}


def assessed(*rows: dict[str, Any], variables: tuple[Variable, ...] = WOOD) -> tuple[str, list[str]]:
    """Outcome and codes of one plot of 10 ha; the rest of it is no forest, and was read."""
    rest = 10.0 - sum(row["ha"] for row in rows)
    ground = [*rows, {"ha": rest}] if rest > 0 else list(rows)
    plot = plots({"coop/1": 10.0}, commodity=["wood"])
    found, reasons = risk.assess(plot, evidence(ground, variables), variables, POLICY, PRODUCTION)
    tables.check(tables.ASSESSMENTS, found)
    tables.check(tables.REASONS, reasons)
    return str(found["outcome"].iloc[0]), list(reasons["code"])


def forest(kind: str | None, **more: Any) -> dict[str, Any]:
    """Two hectares of forest of a kind; None for a kind no map tells."""
    types = ALL_TYPES_UNREAD if kind is None else {f"map.{kind}": 1}
    return {"ha": 2.0, FOREST: 1, **types, **more}


PATHWAYS = {
    ("primary", "plantation"): "primary_to_plantation",
    ("regenerating", "plantation"): "regenerating_to_plantation",
    ("primary", "other_wooded"): "natural_to_other_wooded",
    ("regenerating", "other_wooded"): "natural_to_other_wooded",
    ("primary", "planted"): "primary_to_planted",
}
KINDS_AND_USES = tuple(product(("primary", "regenerating", "planted_then"), ("plantation", "planted", "other_wooded")))


@pytest.mark.parametrize(("kind", "use"), KINDS_AND_USES)
def test_each_pathway_of_article_2_7(kind: str, use: str) -> None:
    """Disturbed canopy between two maps: degradation by the law's pathways, by no other pair."""
    outcome, codes = assessed(forest(kind, **{DEGRADED: 2023, f"map.{use}": 1}))
    pathway = PATHWAYS.get((kind, use))

    if pathway is None:
        assert not {"primary_to_plantation", *PATHWAYS.values()} & set(codes)
        assert outcome != "high"
    else:
        assert (outcome, pathway in codes) == ("high", True)


@pytest.mark.parametrize(("kind", "use"), tuple(PATHWAYS))
def test_maps_that_differ_without_a_change_are_asked_about(kind: str, use: str) -> None:
    """Nobody saw the change: one of the maps may err, so a person must look."""
    outcome, codes = assessed(forest(kind, **{f"map.{use}": 1}))

    assert (outcome, "use_changed_without_event" in codes) == ("more_info_needed", True)


@pytest.mark.parametrize(
    ("kind", "unread", "change", "expected", "code"),
    [
        ("primary", {}, {}, "low", "no_event_on_forest"),
        ("regenerating", {}, {}, "low", "no_event_on_forest"),
        ("planted_then", {}, {}, "low", "no_event_on_forest"),
        ("primary", ALL_USES_UNREAD, {}, "undetermined", "unknown_use_today"),
        ("regenerating", ALL_USES_UNREAD, {}, "undetermined", "unknown_use_today"),
        ("planted_then", ALL_USES_UNREAD, {}, "low", "no_event_on_forest"),
        (None, {}, {}, "low", "no_event_on_forest"),
        (None, ALL_USES_UNREAD, {}, "undetermined", "unknown_forest_type"),
        (None, {"map.plantation": 1}, {}, "undetermined", "unknown_forest_type"),
        ("primary", {"map.other_wooded": -1}, {}, "undetermined", "unknown_use_today"),
        ("primary", ALL_USES_UNREAD, {DEGRADED: 2023}, "undetermined", "unknown_use_today"),
        ("primary", {}, {DEGRADED: 2023}, "more_info_needed", "canopy_disturbance"),
        ("primary", {}, UNREAD_EVENTS, "undetermined", "unknown_events"),
        ("primary", ALL_USES_UNREAD, {LOSS: 2023}, "high", "deforestation_one_method"),
        (None, {}, {LOSS: 2023}, "high", "deforestation_one_method"),
        ("planted_then", {}, {LOSS: 2023}, "more_info_needed", "event_on_planted_forest"),
        ("planted_then", {"map.agriculture": 1}, {LOSS: 2023}, "high", "forest_to_agriculture"),
        ("planted_then", {"map.agriculture": -1}, {LOSS: 2023}, "undetermined", "event_on_planted_forest"),
    ],
)
def test_truth_table(
    kind: str | None, unread: dict[str, int], change: dict[str, int], expected: str, code: str
) -> None:
    """Yes, no and unknown of kind, use and change; the reason names what would settle an open one."""
    outcome, codes = assessed(forest(kind, **unread, **change))

    assert (outcome, code in codes) == (expected, True)


def test_map_that_says_natural_outweighs_one_that_says_planted() -> None:
    """Two maps of 2020 differ: the felling counts as that of natural forest."""
    both = forest("primary", **{"map.planted_then": 1, LOSS: 2023})

    assert assessed(both)[0] == "high"


def test_harvest_without_such_maps_is_never_low_on_forest() -> None:
    """A layer that the harvest does not have is unread; ground without forest stays low."""
    row = {"ha": 2.0, FOREST: 1}

    assert assessed(row, variables=ALL)[0] == "undetermined"
    assert assessed(variables=ALL)[0] == "low"


def test_map_of_the_wrong_day_tells_nothing() -> None:
    """A use recorded before the cut-off is not the use of today."""
    old = tuple(map_of(one.column[4:], one.role, date(2020, 12, 31), "uses") for one in USES)

    assert assessed(forest("primary"), variables=(*ALL, *TYPES, *old))[0] == "undetermined"


def test_silent_method_never_says_no() -> None:
    """TMF shows plantations of the moist tropics only: its "no" does not settle what the land is today."""
    silent = tuple(map_of(one.column[4:], one.role, date(2025, 12, 31), "tmf") for one in USES)
    variables = (*ALL, *TYPES, *silent)

    assert assessed(forest("primary"), variables=variables)[0] == "undetermined"
    shown = forest("primary", **{LOSS: 2023, "map.plantation": 1})
    assert "primary_to_plantation" in assessed(shown, variables=variables)[1]


def test_forest_that_was_read_keeps_its_figures() -> None:
    """What it became is open, not whether it was forest: `unknown_ha` is of ground nobody read."""
    row = forest("primary", **ALL_USES_UNREAD)
    found, _ = risk.assess(plots({"coop/1": 2.0}, commodity=["wood"]), evidence([row], WOOD), WOOD, POLICY, PRODUCTION)

    assert found[["outcome", "forest_2020_ha", "unknown_ha"]].iloc[0].tolist() == ["undetermined", 2.0, 0.0]


def test_point_names_what_lacks_around_it() -> None:
    """Natural forest of unknown use in the wider disc alone: undetermined for that, not for a neighbour."""
    row = {key: value for key, value in forest("primary", **ALL_USES_UNREAD).items() if key != "ha"}
    rows = [
        {"ha": 1.0, "footprint": "disc"},
        {"ha": 3.0, "footprint": "double_disc"},
        {"ha": 1.0, "footprint": "double_disc", **row},
        {"ha": 0.01, "footprint": "cell"},
    ]
    point = point_plots(["coop/1"]).assign(commodity="wood")
    found, reasons = risk.assess(point, evidence(rows, WOOD), WOOD, POLICY, PRODUCTION)

    assert (found["outcome"].iloc[0], found["reasons"].iloc[0]) == ("undetermined", "unknown_use_today")
    assert reasons["area_ha"].tolist() == [1.0]
