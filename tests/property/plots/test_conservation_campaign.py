"""The law of conservation over every format, layout and damage (the long run is `make fuzz`)."""

from collections.abc import Callable

import pytest

from tests.fuzz import conservation
from tests.fuzz.layouts import Layout
from tests.fuzz.odd_layouts import LAYOUTS, written


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_undamaged_file_delivers_every_plot(layout: Layout, tmp_path) -> None:
    """What nobody damaged comes out whole: fifty plots, each where it is."""
    from eudr_check import plots

    made, findings = plots.load([written(layout, tmp_path)], commodity="coffee")

    assert conservation.losses(layout, made, findings) == []
    assert made["usable"].sum() == 50


def test_three_hundred_damaged_files_lose_no_plot(record_property: Callable[[str, object], None]) -> None:
    """Each plot is there right, or a blocking finding names it; the count is printed."""
    total = conservation.campaign(300, seed=1)

    assert total["files"] == 300
    assert total["plots right"] > 0.85 * 50 * 300, "a reader that refuses everything loses nothing either"
    assert total["plots right"] + total["rows blocked"] >= 50 * (300 - total["files blocked"])
    record_property("measured", f"{total['files']} damaged files: {dict(total)}")
