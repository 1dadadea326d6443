"""Taking layers out of a harvest, or cutting a farm into slivers, never makes an outcome better."""

from itertools import combinations
from typing import Any

import pytest
from shapely.geometry import box

from eudr_check import risk
from eudr_check.risk.policy import shipped
from eudr_check.variables import Variable
from tests.helpers.risk_tables import ALL, BASELINE, HANSEN, PRODUCTION, RADD, TMF, TMF_FOREST, evidence, plots

LAYERS = (BASELINE, HANSEN, TMF, TMF_FOREST, RADD)


def outcome(rows: list[dict[str, Any]], layers: tuple[Variable, ...], policy: str) -> str:
    """Outcome of one plot by some layers only."""
    table = evidence([{key: row[key] for key in ("ha", *(one.column for one in layers))} for row in rows], layers)
    made = plots({"coop/1": float(table["area_ha"].sum())})
    return str(risk.assess(made, table, layers, risk.policy(policy), PRODUCTION)[0]["outcome"].iloc[0])


@pytest.mark.parametrize("policy", shipped())
@pytest.mark.parametrize("count", range(len(LAYERS)))
def test_high_plot_is_low_by_no_subset_of_the_layers(policy: str, count: int) -> None:
    """Forest lost to every layer: whatever is taken out, the plot is never low by what is left."""
    lost = {one.column: 1 if one.kind == "state" and one.role == "forest_2020" else 0 for one in LAYERS}
    lost |= {one.column: 2023 for one in LAYERS if one.kind == "event"}
    found = {kept: outcome([{"ha": 1.0, **lost}], kept, policy) for kept in combinations(LAYERS, count)}

    assert [[one.column for one in kept] for kept, what in found.items() if what == "low"] == []


@pytest.mark.parametrize("names", [False, True])
def test_farm_cut_into_slivers_is_not_low(names: bool) -> None:
    """A farm of 2.76 ha with 0.459 ha lost, cut into 360 plots of as many names: no sliver of the loss is low."""
    count, side = 360, 0.00001
    lost = 60
    keys = [f"coop/{number:03}" for number in range(count)]
    rows = [
        {"plot": key, "ha": 2.76 / count, "jrc_gfc2020.forest": int(at < lost), "hansen.loss_year": 2023 * (at < lost)}
        for at, key in enumerate(keys)
    ]
    made = plots(
        dict.fromkeys(keys, 2.76 / count),
        geometry=[box(-76 + at * side, -6, -76 + (at + 1) * side, -5.9995) for at in range(count)],
        producer_name=[f"Socia Ejemplo {at}" if names else None for at in range(count)],
    )
    outcomes = risk.assess(made, evidence(rows), ALL, risk.policy("convergence@1"), PRODUCTION)[0]["outcome"]

    assert "low" not in set(outcomes.iloc[:lost])
