"""What the ground of a plot is, in hectares that add up; and which plots may be split."""

import pandas as pd
import pytest

from eudr_check import risk, tables
from eudr_check.risk.convergence.uses import mixed, uses
from eudr_check.variables import Variable
from tests.helpers.risk_tables import ALL, BASELINE, HANSEN, PRODUCTION, TMF, evidence, plots, point_plots

POLICY = risk.policy("convergence@1")
F, H, R, T = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year", "tmf.deforestation_year"
GFT, TMF_FOREST, COCOA = "gft2020.forest", "tmf.forest", "cocoa_map.crop"


def of(*rows: dict[str, object], variables: tuple[Variable, ...] = ALL) -> dict[str, float]:
    """Hectares above 0 of one plot."""
    table = evidence(rows, variables)
    made = plots({"coop/1": float(table["area_ha"].sum())})
    found = tables.check(tables.USES, uses(made, table, variables, POLICY)).iloc[0]
    return {str(name): float(value) for name, value in found.items() if value > 0}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({F: 1}, "forest_ha"),
        ({F: 1, H: 2019}, "forest_ha"),
        ({F: 1, H: 2021}, "cleared_ha"),
        ({F: 1, T: 2023, H: -1, R: -1}, "cleared_ha"),
        ({F: 1, H: -1, R: -1}, "unknown_ha"),
        ({F: 0, H: -1, R: -1}, "unknown_ha"),
        ({F: -1, H: 2023, T: 2023}, "unknown_ha"),
        ({F: -1, COCOA: 1}, "unknown_ha"),
        ({F: 1, H: -1}, "forest_ha"),
        ({F: 1, COCOA: 1}, "crop_ha"),
        ({F: 0, COCOA: 1}, "crop_ha"),
        ({F: 1, COCOA: 1, H: 2024}, "disputed_ha"),
        ({F: 0, GFT: 1, TMF_FOREST: 1, H: 2024}, "disputed_ha"),
        ({F: 0, GFT: 1, H: 2024}, "other_ha"),
        ({F: 0}, "other_ha"),
    ],
)
def test_each_piece_of_ground_is_one_thing(row: dict[str, object], name: str) -> None:
    """A row of EVIDENCE goes whole to the first use that holds; what was not read is no other use."""
    assert of({"ha": 0.7, **row}) == {name: pytest.approx(0.7)}


def test_ground_that_evidence_lacks_is_unknown_and_without_layers_all_is() -> None:
    """A tile that failed does not make a plot smaller; a harvest without a witness of loss knows nothing."""
    made, table = plots({"coop/1": 2.0}), evidence([{"ha": 1.5, F: 1}])
    found = uses(made, table, ALL, POLICY).iloc[0]

    assert (found["forest_ha"], found["unknown_ha"]) == (pytest.approx(1.5), pytest.approx(0.5))
    for few in ((BASELINE,), (HANSEN,), (BASELINE, TMF)):
        assert of({"ha": 1.0}, variables=few) == {"unknown_ha": pytest.approx(1.0)}


def test_cleared_hectares_are_those_of_the_assessment() -> None:
    """`cleared_ha` and `deforestation_ha` are one figure."""
    table = evidence([{"ha": 0.4, F: 1, H: 2022}, {"ha": 0.3, F: 1, COCOA: 1, H: 2022}, {"ha": 1.3}])
    made = plots({"coop/1": 2.0})
    assessed = risk.assess(made, table, ALL, POLICY, PRODUCTION)[0]

    assert uses(made, table, ALL, POLICY)["cleared_ha"].iloc[0] == assessed["deforestation_ha"].iloc[0] == 0.4


@pytest.mark.parametrize(
    ("rows", "outcome", "expected"),
    [
        ([{"ha": 0.6, F: 1, H: 2022}, {"ha": 0.6}], "high", True),
        ([{"ha": 0.6, F: 1, H: 2022}, {"ha": 0.3}, {"ha": 0.3, COCOA: 1}], "high", True),
        ([{"ha": 0.5, F: 1, H: 2022}, {"ha": 0.6}], "high", False),
        ([{"ha": 0.6, F: 1, H: 2022}, {"ha": 0.6, F: -1}], "high", False),
        ([{"ha": 0.6, F: 1}, {"ha": 0.6}], "more_info_needed", True),
        ([{"ha": 0.6, F: 1}, {"ha": 0.6}], "cleared_by_review", False),
        ([{"ha": 0.6, F: 1}, {"ha": 0.6}], "undetermined", False),
        ([{"ha": 0.6, F: 1}, {"ha": 0.6}], "low", False),
    ],
)
def test_plot_is_mixed_with_two_known_kinds_of_ground(
    rows: list[dict[str, object]], outcome: str, expected: bool
) -> None:
    """More than half a hectare of two known kinds each, and an outcome that a split could touch."""
    table = evidence(rows)
    made = plots({"coop/1": float(table["area_ha"].sum())})
    assessed = risk.assess(made, table, ALL, POLICY, PRODUCTION)[0].assign(final_outcome=outcome)

    assert (list(mixed(made, uses(made, table, ALL, POLICY), assessed)) == ["coop/1"]) is expected


def test_point_tells_its_disc_and_is_never_split() -> None:
    """The disc of a point is looked at, and has no outline to divide."""
    made = point_plots(["coop/1"], 2.0)
    table = evidence(
        [{"ha": ha, "footprint": foot, F: 1} for foot, ha in (("disc", 2), ("double_disc", 8), ("cell", 1))]
    )
    table = pd.concat([table, evidence([{"ha": 1.0, "footprint": "disc", F: 1, H: 2023}])])
    found = uses(made, table, ALL, POLICY)
    assessed = risk.assess(made, table, ALL, POLICY, PRODUCTION)[0].assign(final_outcome="high")

    assert found.iloc[0].to_dict()["forest_ha"] == 2.0
    assert mixed(made, found, assessed).empty
