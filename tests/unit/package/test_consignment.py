"""Only settled plots from whole lots go in; everything else is named with its reason."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check.package import consignment, eu_geojson
from tests import package_tables as six


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


def features(count: int, *, producers: int = 1, parts: int = 1) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    shape = {f"c{i % producers:04}/{i:05}": shapely.box(0, 0, 0.001, 0.001) for i in range(count)}
    plots = six.plots(shape)
    frame = eu_geojson.export(plots).features
    return frame.loc[np.repeat(frame.index, parts)].reset_index(drop=True), plots


def split(
    frame: pd.DataFrame, plots: gpd.GeoDataFrame, size: int, lots: pd.DataFrame | None = None
) -> list[consignment.Part]:
    empty = six.lots() if lots is None else lots
    whole = consignment.Consignment(plots, pd.DataFrame(), empty, pd.DataFrame())
    return consignment.parts(whole, frame, [size] * len(frame), 1000.0)


def test_statements_keep_the_byte_limit_and_lose_nothing() -> None:
    """Ten features of 5 MB make four statements; every row once, parts of a plot together, kilograms to the gram."""
    parts = split(*features(5, parts=2), size=5_000_000)

    assert [len(part.rows) for part in parts] == [2, 2, 2, 2, 2]
    assert sorted(row for part in parts for row in part.rows) == list(range(10))
    assert sum(part.net_mass_kg for part in parts) == pytest.approx(1000, abs=1e-9)


def test_statements_hold_at_most_a_thousand_producers() -> None:
    """2,100 producers need three statements."""
    frame, plots = features(2100, producers=2100)
    parts = split(frame, plots, size=100)

    assert [frame["name"].iloc[part.rows].nunique() for part in parts] == [1000, 1000, 100]


def test_each_lot_is_a_statement_with_its_share_of_the_mass() -> None:
    """Lots of 600 and 200 kg share 1,000 kg as 750 and 250; a plot that fed both is in both."""
    frame, plots = features(3)
    lots = six.lots(("A", 600, "accepted", ["c0000/00000", "c0000/00001"]), ("B", 200, "accepted", ["c0000/00001"]))
    parts = split(frame, plots, 100, lots)

    assert [(part.lot, part.rows, part.net_mass_kg) for part in parts] == [("A", [0, 1], 750.0), ("B", [1], 250.0)]
