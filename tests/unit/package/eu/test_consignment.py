"""Only settled plots from whole lots go in; everything else is named with its reason."""

import pandas as pd

from eudr_check.package.eu import consignment
from tests.helpers import package_tables as six


def settled(
    lots: pd.DataFrame | None = None, traceability: str = "full", *, draft: bool = False, **unsendable: str
) -> consignment.Consignment:
    """The six plots of `package_tables`, sorted."""
    named = {key.replace("_", "/"): value for key, value in unsendable.items()}
    return consignment.settle(six.plots(), six.assessments(), lots, traceability, draft=draft, unsendable=named)


def because(result: consignment.Consignment) -> dict[str, str]:
    return dict(zip(result.excluded["plot"], result.excluded["excluded_because"], strict=True))


def test_high_plot_never_goes_in() -> None:
    """Low plots and those a review settled go in; the high one stays out, named."""
    result = settled()

    assert list(result.plots.index) == ["norte/001", "norte/002", "sur/A 1", "sur/A 2", "sur/A 3"]
    assert because(result) == {"norte/003": "not_settled"}


def test_plot_without_assessment_and_unusable_plot_stay_out() -> None:
    """Nothing unread helps a plot: no assessment is no low."""
    plots = six.plots(usable=[True, False, True, True, True, True])
    result = consignment.settle(plots, six.assessments().drop("sur/A 1"), None, "full", draft=False)

    assert because(result) == {"norte/002": "not_usable", "norte/003": "not_settled", "sur/A 1": "not_assessed"}


def test_one_open_plot_blocks_its_group_under_excess() -> None:
    """Declared in excess, the high plot of norte keeps all of norte out."""
    result = settled(traceability="declared_in_excess")

    assert set(result.plots["cooperative"]) == {"sur"}
    assert because(result)["norte/001"] == "group_not_settled"


def test_only_plots_of_accepted_lots_are_declared() -> None:
    """A plot that delivered into a refused lot, or into none, stays out."""
    lots = six.lots(
        ("L1", 500, "accepted", ["norte/001", "sur/A 2"]), ("L2", 900, "refused", ["norte/002", "norte/003"])
    )
    result = settled(lots)

    assert list(result.plots.index) == ["norte/001", "sur/A 2"]
    assert because(result)["norte/002"] == "lot_refused"
    assert because(result)["sur/A 1"] == "no_delivery"
    assert list(result.refused_lots["lot"]) == ["L2"]


def test_lot_is_refused_whole_when_one_plot_of_it_is_not_declared() -> None:
    """Whoever called the lot accepted: with a high plot, a stranger or an unsendable plot in it, it is not."""
    for intruder in ("norte/003", "norte/999", "sur/A 1"):
        lots = six.lots(("L1", 500, "accepted", ["norte/001", intruder]), ("L2", 500, "accepted", ["sur/A 2"]))
        result = settled(lots, **({"sur_A 1": "collapses"}))

        assert list(result.plots.index) == ["sur/A 2"]
        assert list(result.refused_lots["lot"]) == ["L1"]
        assert result.refused_lots["reasons"].item() == f"not_declared: {intruder}"


def test_lot_under_excess_declares_the_whole_group() -> None:
    """The lot of sur declares all plots of sur, delivered or not."""
    lots = six.lots(("L1", 500, "accepted", ["sur/A 2"]))
    result = settled(lots, "declared_in_excess")

    assert list(result.plots.index) == ["sur/A 1", "sur/A 2", "sur/A 3"]


def test_draft_declares_every_usable_plot_and_still_names_the_open_ones() -> None:
    """A draft shows what a finished statement would leave out."""
    result = settled(draft=True)

    assert len(result.plots) == 6
    assert because(result) == {"norte/003": "not_settled"}


def test_cattle_are_declared_with_whole_chains_only() -> None:
    """A low establishment goes in with a group whose whole chain is low; alone, or without any group, it stays out."""
    plots = six.plots(commodity="cattle")
    animals = six.animals(
        ("G1", "low", ["norte/001", "norte/002"]), ("G2", "high", ["norte/002", "norte/003", "sur/A 1"])
    )
    result = consignment.settle(plots, six.assessments(), None, "full", draft=False, animals=animals)

    assert list(result.plots.index) == ["norte/001", "norte/002"]
    assert because(result) == {
        "norte/003": "not_settled",
        "sur/A 1": "chain_not_settled",
        "sur/A 2": "no_animals",
        "sur/A 3": "no_animals",
    }


def test_cattle_of_which_nobody_knows_the_animals_are_not_declared() -> None:
    """Without ANIMALS no establishment of cattle goes in, however low it is."""
    result = consignment.settle(six.plots(commodity="cattle"), six.assessments(), None, "full", draft=False)

    assert result.plots.empty
    assert set(because(result).values()) == {"not_settled", "no_animals"}
