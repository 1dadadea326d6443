"""Every rule of convergence@1, told by hand-made evidence of a few rows."""

from typing import Any

import pandas as pd
import pytest

from eudr_check import risk, tables
from eudr_check.config import Production
from eudr_check.errors import PolicyError
from tests.helpers import risk_tables as cases
from tests.helpers.risk_tables import ALL, BASELINE, GFT, HANSEN, PRODUCTION, RADD, TMF, evidence, plots

FOREST, LOSS, TMF_LOSS, ALERT = "jrc_gfc2020.forest", "hansen.loss_year", "tmf.deforestation_year", "radd.alert_year"
CROP, DEGRADED, TMF_FOREST, GFT_FOREST = "cocoa_map.crop", "tmf.degradation_year", "tmf.forest", "gft2020.forest"
POLICY = risk.policy("convergence@1")


def assessed(*rows: dict[str, Any], area_ha: float = 10.0, **more: Any) -> tuple[pd.Series, pd.DataFrame]:
    """Assessment and reasons of one plot; ground not spoken of is no forest without loss, and was read."""
    variables = more.pop("variables", ALL)
    production = more.pop("production", PRODUCTION)
    rest = area_ha - sum(row["ha"] for row in rows)
    ground = [*rows, {"ha": rest}] if rest > 0 else rows
    assessments, reasons = risk.assess(
        plots({"coop/1": area_ha}, **more), evidence(ground, variables), variables, POLICY, production
    )
    tables.check(tables.ASSESSMENTS, assessments)
    tables.check(tables.REASONS, reasons)
    return assessments.iloc[0], reasons


def outcome(*rows: dict[str, Any], **more: Any) -> str:
    """Outcome of one plot."""
    return str(assessed(*rows, **more)[0]["outcome"])


UNKNOWN_EVENTS = {LOSS: -1, ALERT: -1, TMF_LOSS: -1}


class TestWrongLow:
    """A wrong `low` is the worst bug."""

    def test_unread_event_layers(self) -> None:
        """A plot whose event layers were not read is never low, forest or not."""
        for forest in (0, 1, -1):
            assert outcome({"ha": 10.0, FOREST: forest, **UNKNOWN_EVENTS}) == "undetermined"

    def test_unread_baseline(self) -> None:
        """Without the baseline nobody knows whether a clearing was deforestation."""
        assert outcome({"ha": 10.0, FOREST: -1}) == "undetermined"

    def test_silent_tmf_is_no_answer(self) -> None:
        """TMF sees nothing in dry forest, so its silence does not stand in for an event layer."""
        assert outcome({"ha": 10.0, FOREST: 1, LOSS: -1, ALERT: -1, TMF_LOSS: 0}) == "undetermined"

    def test_tmf_alone_is_not_enough(self) -> None:
        """A harvest with the baseline and TMF only has no event layer whose "no" counts."""
        row, reasons = assessed({"ha": 10.0}, variables=(BASELINE, TMF))

        assert (row["outcome"], row["reasons"]) == ("undetermined", "required_layer_absent")
        assert reasons["layers"].tolist() == ["event"]

    def test_no_baseline_layer(self) -> None:
        """The reason names the layer that is lacking."""
        row, reasons = assessed({"ha": 10.0}, variables=(HANSEN, TMF))

        assert (row["outcome"], reasons["layers"].iloc[0]) == ("undetermined", FOREST)

    def test_plot_without_evidence(self) -> None:
        """A plot the overlay never reached is undetermined."""
        assessments, _ = risk.assess(
            plots({"coop/1": 1.0, "coop/2": 1.0}), evidence([{"ha": 1.0}]), ALL, POLICY, PRODUCTION
        )

        assert assessments["outcome"].tolist() == ["low", "undetermined"]
        assert assessments["reasons"].iloc[1] == "no_evidence"

    def test_plot_read_in_part(self) -> None:
        """EvidenceArrays that is missing from the evidence counts as unknown, not as absent."""
        assessments, _ = risk.assess(plots({"coop/1": 2.0}), evidence([{"ha": 1.0}]), ALL, POLICY, PRODUCTION)

        assert assessments["outcome"].tolist() == ["undetermined"]
        assert assessments["unknown_ha"].tolist() == [pytest.approx(1.0)]

    def test_unusable_plot(self) -> None:
        """A plot stopped by a blocking finding says so."""
        row, _ = assessed({"ha": 10.0}, usable=[False])

        assert (row["outcome"], row["reasons"]) == ("undetermined", "geometry_blocked")

    @pytest.mark.parametrize("commodity", ["wood", "cattle"])
    def test_commodity_without_policy(self, commodity: str) -> None:
        """Wood and cattle have policies of their own."""
        row, _ = assessed({"ha": 10.0}, commodity=[commodity])

        assert (row["outcome"], row["reasons"]) == ("undetermined", "not_assessed")


class TestHigh:
    """Known loss on forest, agreed or large."""

    @pytest.mark.parametrize(
        ("ha", "expected"), [(0.1, "high"), (0.0999, "more_info_needed"), (0.011, "more_info_needed")]
    )
    def test_two_methods(self, ha: float, expected: str) -> None:
        """Two methods on the same forest cells over 0.1 ha."""
        assert outcome({"ha": ha, FOREST: 1, LOSS: 2022, ALERT: 2023}) == expected

    def test_two_methods_on_different_cells_do_not_agree(self) -> None:
        """0.09 ha each, side by side, is not agreement."""
        row, _ = assessed({"ha": 0.09, FOREST: 1, LOSS: 2022}, {"ha": 0.09, FOREST: 1, ALERT: 2022})

        assert row["outcome"] == "more_info_needed"
        assert (row["deforestation_ha"], row["agreed_deforestation_ha"]) == (pytest.approx(0.18), 0.0)

    def test_first_year_agreed_by_two_is_high(self) -> None:
        """Two yearly layers that both say 2021 agree."""
        assert outcome({"ha": 0.1, FOREST: 1, LOSS: 2021, TMF_LOSS: 2021}) == "high"

    @pytest.mark.parametrize(("ha", "expected"), [(0.3, "high"), (0.2999, "more_info_needed")])
    def test_one_method(self, ha: float, expected: str) -> None:
        """One method over 0.3 ha."""
        assert outcome({"ha": ha, FOREST: 1, LOSS: 2022}) == expected

    @pytest.mark.parametrize(
        ("ha", "area", "expected"),
        [(0.1, 1.0, "high"), (0.0999, 0.5, "more_info_needed"), (0.2, 2.0, "high"), (0.2, 2.01, "more_info_needed")],
    )
    def test_one_method_on_a_small_plot(self, ha: float, area: float, expected: str) -> None:
        """One method over a tenth of the plot, from 0.1 ha."""
        assert outcome({"ha": ha, FOREST: 1, LOSS: 2022}, area_ha=area) == expected

    def test_first_year_of_one_yearly_layer_stops(self) -> None:
        """Hansen's 2021 alone may be late 2020."""
        row, _ = assessed({"ha": 5.0, FOREST: 1, LOSS: 2021})

        assert row["outcome"] == "more_info_needed"
        assert "possibly_before_cutoff" in row["reasons"]

    def test_first_year_of_a_dated_layer_does_not_stop(self) -> None:
        """An alert of 2021 has a day, and lies after the cut-off."""
        assert outcome({"ha": 5.0, FOREST: 1, ALERT: 2021}) == "high"

    def test_first_year_with_later_detections(self) -> None:
        """Detections that go on in 2022 are not dated 2021 only; a cell below the noise floor does not tell."""
        first = {"ha": 0.29, FOREST: 1, LOSS: 2021}

        assert outcome(first, {"ha": 0.02, FOREST: 1, LOSS: 2022}) == "high"
        assert outcome(first, {"ha": 0.01, FOREST: 1, LOSS: 2022}) == "more_info_needed"

    def test_loss_on_the_cutoff_year_is_no_event(self) -> None:
        """31 December 2020 is the cut-off: 2020 does not count."""
        row, _ = assessed({"ha": 0.4, FOREST: 1, LOSS: 2020, ALERT: 2020})

        assert row["deforestation_ha"] == 0

    def test_known_loss_is_not_hidden_by_a_gap(self) -> None:
        """High from known cells stays high whatever the rest holds."""
        rows = ({"ha": 0.3, FOREST: 1, LOSS: 2022}, {"ha": 9.7, FOREST: -1, **UNKNOWN_EVENTS})
        old = Production.model_validate({"from": "1980-01-01", "to": "2040-01-01"})

        assert outcome(*rows) == "high"
        assert outcome(*rows, production=old) == "high"

    def test_loss_outside_forest(self) -> None:
        """Clearing what was no forest in 2020 is not deforestation."""
        row, _ = assessed({"ha": 5.0, LOSS: 2022, ALERT: 2022})

        assert (row["outcome"], row["loss_after_2020_ha"], row["deforestation_ha"]) == ("low", 5.0, 0.0)

    def test_the_soya_case(self) -> None:
        """110 ha of soya in 1,000 ha do not switch off 400 ha cleared."""
        assert outcome({"ha": 400.0, FOREST: 1, LOSS: 2023}, area_ha=1000.0, commodity=["soya"]) == "high"


class TestUndetermined:
    """Best and worst filling of the unknown cells differ, or the dates do not fit."""

    @pytest.mark.parametrize("unread_ha", [1e-5, 0.0007, 0.0095, 0.01, 0.011])
    def test_no_gap_is_small(self, unread_ha: float) -> None:
        """A noise floor is for what was seen: any unread ground keeps a clean plot from low."""
        assert outcome({"ha": unread_ha, FOREST: 1, **UNKNOWN_EVENTS}) == "undetermined"
        assert outcome({"ha": unread_ha, FOREST: -1}) == "undetermined"

    @pytest.mark.parametrize("area_ha", [1e-6, 0.0008, 0.0077, 0.02, 0.05])
    def test_small_plot_lost_or_unread(self, area_ha: float) -> None:
        """The noise floor hides no more than a tenth of a plot, and nothing unread."""
        assert outcome({"ha": area_ha / 2, FOREST: 1, LOSS: 2023}, area_ha=area_ha) == "more_info_needed"
        assert outcome({"ha": area_ha, FOREST: -1, **UNKNOWN_EVENTS}, area_ha=area_ha) == "undetermined"

    def test_gap_beside_standing_forest(self) -> None:
        """A plot that needs a person anyway says so, unless the gap could hide deforestation."""
        standing = {"ha": 1.0, FOREST: 1}

        assert outcome(standing, {"ha": 0.09, FOREST: 1, **UNKNOWN_EVENTS}) == "more_info_needed"
        assert outcome(standing, {"ha": 0.1, FOREST: 1, **UNKNOWN_EVENTS}) == "undetermined"

    def test_one_method_can_be_lost_to_one_method_only(self) -> None:
        """With a single event method the worst a gap can hide is loss of one method."""
        variables = (BASELINE, HANSEN)
        standing = {"ha": 1.0, FOREST: 1}

        assert outcome(standing, {"ha": 0.2, LOSS: -1}, variables=variables) == "more_info_needed"
        assert outcome(standing, {"ha": 0.3, LOSS: -1}, variables=variables) == "undetermined"

    def test_one_event_layer_read_is_enough(self) -> None:
        """Either event layer will do; the other may be silent."""
        assert outcome({"ha": 10.0, LOSS: -1}) == "low"
        assert outcome({"ha": 10.0, ALERT: -1}) == "low"

    def test_known_tree_crop_in_a_gap(self) -> None:
        """A gap on known cocoa can hide loss on a tree crop, which a person must look at."""
        assert outcome({"ha": 1.0, FOREST: 1, CROP: 1, **UNKNOWN_EVENTS}) == "undetermined"

    @pytest.mark.parametrize(
        ("to", "expected", "unobserved"),
        [
            ("2026-06-30", "low", None),
            ("2026-07-01", "low", "2026-06-30"),
            ("2027-06-30", "low", "2026-06-30"),
            ("2027-07-01", "undetermined", "2026-06-30"),
        ],
    )
    def test_production_after_the_last_image(self, to: str, expected: str, unobserved: str | None) -> None:
        """RADD ends on 30 June 2026: a year may go unseen, and is printed; more is not evidence."""
        production = Production.model_validate({"from": "2026-03-01", "to": to})
        row, _ = assessed({"ha": 10.0}, production=production)

        assert row["outcome"] == expected
        assert (None if pd.isna(row["unobserved_since"]) else row["unobserved_since"]) == unobserved

    def test_layer_that_holds_nothing_does_not_watch(self) -> None:
        """Where RADD was not read, only Hansen's cover to 2025 counts."""
        row, _ = assessed({"ha": 10.0, ALERT: -1})

        assert row["unobserved_since"] == "2025-12-31"

    def test_production_before_the_first_image(self) -> None:
        """With RADD alone, from 2020, coffee of 2019 was not watched."""
        production = Production.model_validate({"from": "2019-12-31", "to": "2026-01-31"})
        row, _ = assessed({"ha": 10.0, LOSS: -1}, production=production)

        assert (row["outcome"], row["reasons"]) == ("undetermined", "production_before_cover")

    def test_screening_without_production_dates(self) -> None:
        """Where nobody said when production ends, the last day watched is said, and decides nothing."""
        row, _ = assessed({"ha": 10.0}, production=None)

        assert (row["outcome"], row["unobserved_since"]) == ("low", "2026-06-30")

    def test_layer_that_begins_after_the_cutoff(self) -> None:
        """An alert system of 2022 cannot say that nothing was cleared in 2021."""
        late = cases.changed(RADD, covers_from="2022-01-01")

        assert outcome({"ha": 10.0}, variables=(BASELINE, late)) == "undetermined"


class TestMoreInfo:
    """A person must say."""

    @pytest.mark.parametrize(("ha", "expected"), [(0.01, "low"), (0.0101, "more_info_needed")])
    def test_event_above_the_noise_floor(self, ha: float, expected: str) -> None:
        """At 0.01 ha there is no event yet."""
        assert outcome({"ha": ha, FOREST: 1, LOSS: 2022}) == expected

    @pytest.mark.parametrize(
        ("ha", "area", "expected"),
        [(0.5, 10, "more_info_needed"), (0.499, 10, "low"), (0.1, 1, "more_info_needed"), (0.099, 0.5, "low")],
    )
    def test_standing_forest(self, ha: float, area: float, expected: str) -> None:
        """Half a hectare, or a tenth of a small plot from 0.1 ha."""
        row, _ = assessed({"ha": ha, FOREST: 1}, area_ha=area)

        assert row["outcome"] == expected
        assert ("standing_forest" in row["reasons"]) == (expected == "more_info_needed")

    def test_event_below_the_floor_does_not_hide_forest(self) -> None:
        """0.495 ha standing and 0.006 ha below the floor are half a hectare of forest."""
        assert outcome({"ha": 0.495, FOREST: 1}, {"ha": 0.006, FOREST: 1, LOSS: 2022}) == "more_info_needed"

    def test_tree_crop_takes_forest_away(self) -> None:
        """Cocoa of 2020 is no forest, so nothing stands there to ask about."""
        row, reasons = assessed({"ha": 5.0, FOREST: 1, CROP: 1})

        assert row["outcome"] == "low"
        assert reasons.set_index("code").loc["tree_crop_2020", "area_ha"] == 5.0

    def test_tree_crop_makes_high_a_question_never_low(self) -> None:
        """Loss on mapped cocoa is a question, however small the part on other forest."""
        assert outcome({"ha": 5.0, FOREST: 1, CROP: 1, LOSS: 2022, ALERT: 2022}) == "more_info_needed"
        crop = {"ha": 0.006, FOREST: 1, CROP: 1, LOSS: 2022}
        assert outcome(crop, {"ha": 0.006, FOREST: 1, LOSS: 2022}) == "more_info_needed"

    def test_tree_crop_takes_only_its_own_cells(self) -> None:
        """0.3 ha lost beside the cocoa stays high."""
        assert outcome({"ha": 5.0, FOREST: 1, CROP: 1}, {"ha": 0.3, FOREST: 1, LOSS: 2022}) == "high"

    def test_later_commodity_map_does_not_count(self) -> None:
        """A cocoa map of 2021 may show cocoa planted where the forest was."""
        later = cases.changed(cases.COCOA, covers_from="2021-12-31", covers_through="2021-12-31")
        variables = tuple(later if item.column == CROP else item for item in ALL)

        assert outcome({"ha": 0.3, FOREST: 1, CROP: 1, LOSS: 2022}, variables=variables) == "high"

    @pytest.mark.parametrize(("ha", "expected"), [(0.1, True), (0.099, False)])
    def test_canopy_disturbance(self, ha: float, expected: bool) -> None:
        """TMF degradation on forest."""
        row, _ = assessed({"ha": ha, FOREST: 1, DEGRADED: 2023})

        assert ("canopy_disturbance" in row["reasons"]) == expected
        assert row["outcome"] == ("more_info_needed" if expected else "low")

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({TMF_FOREST: 1, GFT_FOREST: 1, LOSS: 2022}, "more_info_needed"),
            ({TMF_FOREST: 1, GFT_FOREST: 0, LOSS: 2022}, "low"),
            ({TMF_FOREST: 1, GFT_FOREST: -1, LOSS: 2022}, "low"),
            ({TMF_FOREST: 1, GFT_FOREST: 1}, "low"),
        ],
    )
    def test_baseline_disputed(self, values: dict[str, int], expected: str) -> None:
        """Two maps of 2020 call forest what the baseline does not, and it was lost."""
        assert outcome({"ha": 0.1, **values}) == expected

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({LOSS: 2010, ALERT: -1}, True),
            ({LOSS: 2010, ALERT: 0}, False),
            ({LOSS: 2010, ALERT: 2020}, True),
            ({LOSS: 0, ALERT: -1}, False),
            ({LOSS: 2010, ALERT: -1, TMF_LOSS: 0}, True),
        ],
    )
    def test_repeat_loss_unseen(self, values: dict[str, int], expected: bool) -> None:
        """A cell that lost its forest in 2010 cannot show a second clearing in the same layer."""
        row, _ = assessed({"ha": 0.5, FOREST: 1, **values})

        assert ("repeat_loss_unseen" in row["reasons"]) == expected
        assert row["outcome"] == "more_info_needed"

    def test_tree_cover_is_context(self) -> None:
        """A layer of role tree_cover_2020 neither disputes nor makes forest."""
        cover = cases.changed(GFT, role="tree_cover_2020", column="worldcover.tree")
        variables = (*ALL, cover)

        assert outcome({"ha": 5.0, "worldcover.tree": 1, TMF_FOREST: 1, LOSS: 2022}, variables=variables) == "low"


class TestReasons:
    """Codes carry layers, hectares and margins."""

    def test_margin_and_layers(self) -> None:
        """The agreed 0.12 ha lie 0.02 ha above the threshold, by Hansen and RADD."""
        row, reasons = assessed(
            {"ha": 0.12, FOREST: 1, LOSS: 2022, ALERT: 2023}, {"ha": 0.05, FOREST: 1, TMF_LOSS: 2023}
        )
        first = reasons.iloc[0]

        assert row["margin_ha"] == pytest.approx(0.02)
        assert first["code"] == "agreed_deforestation"
        assert first["layers"] == f"{FOREST} {LOSS} {ALERT}"
        assert (first["area_ha"], first["threshold_ha"]) == (pytest.approx(0.12), 0.1)
        assert first["margin_ha"] == pytest.approx(0.02)

    def test_threshold_of_a_small_plot(self) -> None:
        """On 2 ha a tenth is 0.2 ha, less than 0.3."""
        _, reasons = assessed({"ha": 0.25, FOREST: 1, LOSS: 2022}, area_ha=2.0)

        assert reasons.iloc[0]["threshold_ha"] == pytest.approx(0.2)

    def test_low_says_why(self) -> None:
        """A low plot says what was looked at."""
        assert assessed({"ha": 10.0})[0]["reasons"] == "no_forest_2020"
        row, reasons = assessed({"ha": 0.2, FOREST: 1}, {"ha": 0.004, FOREST: 1, LOSS: 2022})
        assert row["reasons"] == "no_event_on_forest"
        assert reasons.iloc[0]["margin_ha"] == pytest.approx(-0.006)

    def test_order_of_rows_does_not_matter(self) -> None:
        """The same evidence in another order gives the same tables."""
        rows = [{"ha": 0.3, FOREST: 1, LOSS: 2022}, {"ha": 1.0, FOREST: 1}, {"ha": 8.7}]
        table = evidence(rows)
        one = risk.assess(plots({"coop/1": 10.0}), table, ALL, POLICY, PRODUCTION)
        two = risk.assess(plots({"coop/1": 10.0}), table.iloc[::-1], ALL, POLICY, PRODUCTION)

        for first, second in zip(one, two, strict=True):
            pd.testing.assert_frame_equal(first, second)

    def test_evidence_of_an_unknown_plot(self) -> None:
        """Evidence that belongs to no plot is an error that names it."""
        with pytest.raises(PolicyError, match="coop/9"):
            risk.assess(plots({"coop/1": 1.0}), evidence([{"ha": 1.0, "plot": "coop/9"}]), ALL, POLICY, PRODUCTION)

    def test_evidence_without_a_column(self) -> None:
        """Evidence made with other layers is an error that names the column."""
        with pytest.raises(PolicyError, match=r"radd\.alert_year"):
            risk.assess(plots({"coop/1": 1.0}), evidence([{"ha": 1.0}], (BASELINE, HANSEN)), ALL, POLICY, PRODUCTION)
