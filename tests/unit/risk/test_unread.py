"""What of each figure was read: a page and `explain` claim no more and no less than that."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from eudr_check import risk
from eudr_check.risk.explain import explain
from eudr_check.text import topic
from eudr_check.unread import UNREAD, unread
from eudr_check.variables import Variable
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots, point_plots
from tests.unit.risk.test_wood import ALL_USES_UNREAD, FOREST, LOSS, UNREAD_EVENTS, WOOD, forest


def explained(
    table: gpd.GeoDataFrame, rows: list[dict[str, Any]], policy: str, variables: tuple[Variable, ...]
) -> tuple[dict[str, float], str]:
    """Hectares left unread of each figure of one plot, and what `explain` says of it."""
    ground, rules = evidence(rows, variables), risk.policy(policy)
    found, reasons = risk.assess(table, ground, variables, rules, PRODUCTION)
    found = found.assign(final_outcome=found["outcome"], review=None)
    text = explain("coop/1", table.assign(usable=True), found, reasons, ground, variables, rules, "en")
    return unread(found, reasons).iloc[0].to_dict(), text


def wood(**row: Any) -> tuple[dict[str, float], str]:
    """Two hectares of primary forest."""
    return explained(plots({"coop/1": 2.0}, commodity=["wood"]), [forest("primary", **row)], "wood@1", WOOD)


def test_use_of_today_alone_leaves_forest_and_loss_as_read() -> None:
    """What it is today is unread, and said so; what it was and that nothing was lost was read."""
    found, text = wood(**ALL_USES_UNREAD)

    assert found == {**dict.fromkeys(UNREAD, 0.0), "use_today_ha": 2.0}
    assert "Forest at the end of 2020: 2.000 ha.\n" in text
    assert "Loss after 2020 on any ground: 0.000 ha.\n" in text
    assert "Use of the land today not read: 2.000 ha.\n" in text


def test_loss_unread_leaves_the_forest_as_read() -> None:
    """The map of forest was read whole."""
    found, text = wood(**UNREAD_EVENTS)

    assert (found["forest_2020_ha"], found["loss_after_2020_ha"], found["deforestation_ha"]) == (0.0, 2.0, 2.0)
    assert "Forest at the end of 2020: 2.000 ha.\n" in text
    assert "Loss after 2020 on any ground: – ha. 2.000 ha were not read." in text


def test_ground_nobody_knows_is_no_nought() -> None:
    """The disc of a point without area is not the establishment: what it does not show was not looked at."""
    table = point_plots(["coop/1"], float("nan")).assign(commodity="cattle")
    rows = [{"footprint": name, "ha": ha} for name, ha in (("disc", 4.0), ("double_disc", 16.0), ("cell", 0.01))]
    found, text = explained(table, rows, "cattle@1", ALL)

    assert all(np.isnan(found[name]) for name in UNREAD)
    assert "Forest at the end of 2020: – ha.\n" in text
    assert "Not read by the required layers: – ha.\n" in text
    assert "0.000 ha.\n" not in text
    assert "disc of 4 ha" in text
    assert "Stable" not in text


def test_loss_found_on_the_disc_is_said() -> None:
    """Unknown ground hides nothing that was seen."""
    table = point_plots(["coop/1"], float("nan")).assign(commodity="cattle")
    lost = {FOREST: 1, LOSS: 2023}
    rows = [
        {"footprint": name, "ha": ha, **lost} for name, ha in (("disc", 4.0), ("double_disc", 16.0), ("cell", 0.01))
    ]
    _, text = explained(table, rows, "cattle@1", ALL)

    assert "Loss after 2020 on any ground: ≥ 4.000 ha.\n" in text


@pytest.mark.parametrize("code", ["geometry_blocked", "not_assessed", "no_evidence", "required_layer_absent"])
def test_nothing_is_measured_where_nobody_looked(code: str) -> None:
    """Blocked, without a rule or without a layer."""
    figures = pd.DataFrame(0.0, index=["coop/1"], columns=list(UNREAD[:5]))
    reasons = pd.DataFrame({"code": [code], "area_ha": [np.nan]}, index=["coop/1"])

    assert unread(figures, reasons).iloc[0][list(UNREAD)].isna().all()


def test_whisp_tells_no_loss_on_forest() -> None:
    """Its columns hold forest and loss one by one: the nought of the table is a figure nobody computed."""
    figures = pd.DataFrame(0.0, index=["coop/1"], columns=list(UNREAD[:4])).assign(unknown_ha=0.5)
    reasons = pd.DataFrame({"code": ["whisp_ind_01_yes"], "area_ha": [1.0]}, index=["coop/1"])
    found = unread(figures, reasons).iloc[0]

    assert found[["forest_2020_ha", "loss_after_2020_ha"]].tolist() == [0.5, 0.5]
    assert found[["deforestation_ha", "agreed_deforestation_ha"]].isna().all()


def test_planted_forest_is_left_out_of_loss_on_forest_by_name() -> None:
    """Forest 2 ha, loss 2 ha, on that forest nought: each line must say which forest it counts."""
    row = forest("planted_then", **{LOSS: 2023})
    _, text = explained(plots({"coop/1": 2.0}, commodity=["wood"]), [row], "wood@1", WOOD)

    assert "Forest at the end of 2020: 2.000 ha.\n" in text
    assert (
        "Loss after 2020 on that forest, leaving out what a map of 2020 shows as planted or tree crop: 0.000 ha."
        in text
    )


def test_the_same_figure_has_one_name_on_the_page_and_in_qgis() -> None:
    """Both leave planted forest out, and say so."""
    assert "forest not planted" in topic("report")["deforestation"]["en"]
    assert "forest not planted" in topic("gis")["field_deforestation_ha"]["en"]
