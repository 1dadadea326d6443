"""Points, adjoining plots of one producer, and stability, by hand-made evidence."""

from typing import Any

import pandas as pd
import pytest
from shapely.geometry import box

from eudr_check import risk, tables
from eudr_check.risk.whisp import whisp
from tests.helpers.risk_tables import (
    ALL,
    BASELINE,
    HANSEN,
    PRODUCTION,
    RADD,
    TMF,
    changed,
    evidence,
    plots,
    point_plots,
)

FOREST, LOSS, TMF_LOSS, ALERT = "jrc_gfc2020.forest", "hansen.loss_year", "tmf.deforestation_year", "radd.alert_year"
POLICY = risk.policy("convergence@1")
UNKNOWN_EVENTS = {LOSS: -1, ALERT: -1, TMF_LOSS: -1}


def point(
    disc: list[dict[str, Any]], wide: list[dict[str, Any]] | None = None, cell: dict[str, Any] | None = None
) -> pd.Series:
    """Assessment of a point of 1 ha; the rest of each disc is clean."""
    rows: list[dict[str, Any]] = []
    for name, ground, area in (("disc", disc, 1.0), ("double_disc", wide or disc, 4.0)):
        clean = area - sum(row["ha"] for row in ground)
        rows += [{**row, "footprint": name} for row in [*ground, {"ha": clean}] if row["ha"] > 0]
    rows.append({"ha": 0.01, **(cell or {}), "footprint": "cell"})
    assessments, reasons = risk.assess(point_plots(["coop/1"]), evidence(rows), ALL, POLICY, PRODUCTION)
    tables.check(tables.ASSESSMENTS, assessments)
    tables.check(tables.REASONS, reasons)
    return assessments.iloc[0]


class TestPoints:
    """A place without an outline."""

    def test_clean_discs(self) -> None:
        """Low needs both discs clean."""
        assert point([])["outcome"] == "low"

    def test_loss_in_the_disc_asks_for_the_polygon(self) -> None:
        """Even a hectare agreed by all methods may be the neighbour's."""
        row = point([{"ha": 0.9, FOREST: 1, LOSS: 2023, ALERT: 2023}])

        assert row["outcome"] == "more_info_needed"
        assert row["reasons"].split()[0] == "send_polygon"

    def test_loss_in_the_wider_disc_only(self) -> None:
        """The wider disc keeps the point from low."""
        row = point([], [{"ha": 0.2, FOREST: 1, LOSS: 2023}])

        assert row["outcome"] == "more_info_needed"
        assert row["reasons"].split() == ["send_polygon", "wider_disc_not_clean"]

    def test_own_cell_agreed(self) -> None:
        """Only the point's own cell is certainly on the plot."""
        lost = {FOREST: 1, LOSS: 2023, ALERT: 2023}

        assert point([{"ha": 0.01, **lost}], cell=lost)["outcome"] == "high"
        assert point([{"ha": 0.4, **lost}], cell={FOREST: 1, LOSS: 2023})["outcome"] == "more_info_needed"

    @pytest.mark.parametrize("where", ["disc", "wide", "cell"])
    def test_unknown_anywhere(self, where: str) -> None:
        """Unread ground in any of the three keeps the point from low."""
        gap = {FOREST: -1, **UNKNOWN_EVENTS}
        row = point(
            [{"ha": 0.5, **gap}] if where == "disc" else [],
            [{"ha": 0.5, **gap}] if where == "wide" else [{"ha": 0.0}],
            gap if where == "cell" else {},
        )

        assert row["outcome"] == "undetermined"
        assert row["reasons"].split() == ["unknown_baseline", "unknown_events"]

    def test_point_without_the_wider_disc(self) -> None:
        """Evidence that lacks a footprint is no evidence."""
        rows = [{"ha": 1.0, "footprint": "disc"}, {"ha": 0.01, "footprint": "cell"}]
        assessments, _ = risk.assess(point_plots(["coop/1"]), evidence(rows), ALL, POLICY, PRODUCTION)

        assert assessments["reasons"].tolist() == ["no_evidence"]


def side_by_side(pieces: int, gap_deg: float = 0.0) -> list[Any]:
    """Boxes in a row, touching or with a gap."""
    return [box(-76 + i * (0.001 + gap_deg), -6, -76 + i * (0.001 + gap_deg) + 0.001, -5.999) for i in range(pieces)]


def cleared_pieces(ha: float, pieces: int, **columns: Any) -> pd.DataFrame:
    """Plots of 2 ha in a row, each with the same hectares of loss on forest by two methods."""
    names = [f"coop/{number}" for number in range(pieces)]
    columns = {"geometry": side_by_side(pieces), "producer_name": ["Rosa Inventada"] * pieces} | columns
    rows: list[dict[str, Any]] = []
    for name in names:
        rows += [{"plot": name, "ha": ha, FOREST: 1, LOSS: 2022, ALERT: 2023}, {"plot": name, "ha": 2.0 - ha}]
    table = plots(dict.fromkeys(names, 2.0), **columns)
    return risk.assess(table, evidence(rows), ALL, POLICY, PRODUCTION)[0]


class TestAdjoining:
    """A cleared field cut into pieces does not pass."""

    def test_pieces_of_a_cleared_field(self) -> None:
        """0.05 ha each, agreed, are 0.2 ha together."""
        found = cleared_pieces(0.05, 4)

        assert found["outcome"].tolist() == ["high"] * 4
        assert "adjoining_plots" in found["reasons"].iloc[0]

    def test_pieces_below_the_noise_floor(self) -> None:
        """0.008 ha each is no event alone; 0.032 ha together is a question."""
        assert cleared_pieces(0.008, 4)["outcome"].tolist() == ["more_info_needed"] * 4

    @pytest.mark.parametrize(
        "columns",
        [
            {"producer_name": ["Rosa", "Rosa María", "Juan", "Ana"]},
            {"producer_name": [None] * 4},
            {"geometry": side_by_side(4, 0.0005)},
        ],
    )
    def test_other_producers_and_distant_plots_stay_apart(self, columns: dict[str, Any]) -> None:
        """Grouping needs one producer and ground that adjoins."""
        assert cleared_pieces(0.05, 4, **columns)["outcome"].tolist() == ["more_info_needed"] * 4

    def test_names_are_compared_without_case_and_spaces(self) -> None:
        """`ROSA  inventada` is Rosa Inventada; a gap of 5 m between drawings adjoins."""
        names = ["Rosa Inventada", "ROSA  inventada", " rosa inventada", "Rosa Inventada"]
        found = cleared_pieces(0.05, 4, producer_name=names, geometry=side_by_side(4, 0.00005))

        assert found["outcome"].tolist() == ["high"] * 4

    def test_neighbour_that_was_not_read(self) -> None:
        """What may lie on the unread neighbour keeps this piece of the field undetermined, and says so."""
        table = plots({"coop/1": 2.0, "coop/2": 2.0}, geometry=side_by_side(2), producer_name=["Rosa", "Rosa"])
        rows = [
            {"plot": "coop/1", "ha": 0.05, FOREST: 1, LOSS: 2022, ALERT: 2022},
            {"plot": "coop/1", "ha": 1.95},
            {"plot": "coop/2", "ha": 2.0, FOREST: 1, **UNKNOWN_EVENTS},
        ]
        found, _ = risk.assess(table, evidence(rows), ALL, POLICY, PRODUCTION)

        assert found["outcome"].tolist() == ["undetermined", "undetermined"]
        assert found["reasons"].iloc[0].split()[0] == "unknown_adjoining"

    def test_clean_neighbour_stays_low(self) -> None:
        """A plot without loss or forest is not tainted by its neighbour."""
        table = plots({"coop/1": 2.0, "coop/2": 2.0}, geometry=side_by_side(2), producer_name=["Rosa", "Rosa"])
        rows = [{"plot": "coop/1", "ha": 2.0, FOREST: 1, LOSS: 2022}, {"plot": "coop/2", "ha": 2.0}]
        found, _ = risk.assess(table, evidence(rows), ALL, POLICY, PRODUCTION)

        assert found["outcome"].tolist() == ["high", "low"]


class TestStability:
    """What flips an outcome is said."""

    def flips(self, *rows: dict[str, Any], variables: Any = ALL) -> tuple[str, str]:
        rest = {"ha": 10.0 - sum(row["ha"] for row in rows)}
        found, _ = risk.assess(
            plots({"coop/1": 10.0}), evidence([*rows, rest], variables), variables, POLICY, PRODUCTION
        )
        row = found.iloc[0]
        return row["stability"], "" if pd.isna(row["flips"]) else row["flips"]

    def test_clean_plot_is_stable(self) -> None:
        """Nothing flips a plot far from forest."""
        assert self.flips() == ("stable", "")

    def test_close_to_a_threshold(self) -> None:
        """0.109 ha agreed is high by 0.009 ha: fragile."""
        stability, flips = self.flips({"ha": 0.109, FOREST: 1, LOSS: 2022, TMF_LOSS: 2022})

        assert stability == "fragile"
        assert "thresholds_doubled=more_info_needed" in flips
        assert "without:jrc_tmf@v1.2025=more_info_needed" in flips

    def test_boundary_moved_by_the_gps_error(self) -> None:
        """Loss at the edge that a shrunk plot would not hold."""
        _, flips = self.flips({"ha": 0.7, "inner": 0.05, "outer": 0.9, FOREST: 1, LOSS: 2022, ALERT: 2022})

        assert "gps_inner=more_info_needed" in flips

    def test_required_layers_are_not_taken_away(self) -> None:
        """With one event layer there is nothing to take away."""
        _, flips = self.flips({"ha": 0.7, FOREST: 1, LOSS: 2022}, variables=(BASELINE, HANSEN))

        assert "without" not in flips

    def test_sampled_layer(self) -> None:
        """0.29 ha of a sampled layer may be 0.3045 ha in its own grid."""
        sampled = changed(RADD)
        sampled = type(sampled)(**{**vars(sampled), "sampled": True})
        variables = (BASELINE, HANSEN, TMF, sampled)
        _, flips = self.flips({"ha": 0.29, FOREST: 1, ALERT: 2022}, variables=variables)

        assert "sampled_larger=high" in flips


def test_whisp_and_ours_side_by_side() -> None:
    """The soya case, 400 of 1,000 ha cleared, 110 ha soya: high here and by October's tree of Whisp, low by July's."""
    soya = changed(HANSEN, column="soya_map.crop", role="commodity", kind="state", commodity="soya")
    cover = changed(BASELINE, column="hansen.tree10", role="tree_cover_2020", layer="hansen_gfc@v1.13")
    variables = (*ALL, soya, cover)
    table = plots({"coop/1": 1000.0}, commodity=["soya"])
    rows = [{"ha": 400.0, FOREST: 1, LOSS: 2023, cover.column: 1}, {"ha": 110.0, soya.column: 1}, {"ha": 490.0}]
    ours, _ = risk.assess(table, evidence(rows, variables), variables, POLICY, PRODUCTION)
    theirs, _ = risk.assess(table, evidence(rows, variables), variables, risk.policy("whisp_acrop@2026-07"), PRODUCTION)
    both = whisp.side_by_side(ours, theirs).iloc[0]
    october = risk.policy("whisp_acrop@2026-10")
    later, _ = risk.assess(table, evidence(rows, variables), variables, october, PRODUCTION)

    assert (both["outcome"], both["whisp"], both["differs"]) == ("high", "low", True)
    assert later["outcome"].tolist() == ["high"]
    assert "whisp_acrop_row_2 whisp_ind_01_yes whisp_ind_02_yes whisp_ind_04_yes" in both["whisp_why"]
