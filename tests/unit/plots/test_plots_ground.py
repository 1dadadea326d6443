"""Where plots lie and what their outlines hold: repairs, axes, parts, neighbours, borders."""

import json

import numpy as np
import pytest
import shapely

from eudr_check.plots.checks.country import countries
from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import (
    SQUARE,
    assert_conserved,
    codes,
    feature,
    geojson,
    loaded,
    point,
    polygon,
    ring,
)
from tests.unit.plots.test_plots_checks import CASES


def test_safe_repair_is_logged_with_areas(tmp_path):
    """An out-and-back side is taken away; the geometry as delivered is kept."""
    made, findings = loaded(*CASES["self_crossing_repaired"](tmp_path))
    finding = findings[findings["code"] == "self_crossing_repaired"].iloc[0]

    assert made["usable"].all()
    assert finding["fix"] == "made_valid"
    assert finding["area_before_ha"] == pytest.approx(finding["area_after_ha"], rel=threshold("repair_area_share"))
    assert shapely.get_num_coordinates(shapely.from_wkb(made["original_wkb"].iloc[0])) == 7


def test_unsafe_repair_is_not_made(tmp_path):
    """A bow-tie stays as delivered, is blocked, and the message says where and why."""
    made, findings = loaded(*CASES["self_crossing"](tmp_path))
    finding = findings[findings["code"] == "self_crossing"].iloc[0]

    assert not made["usable"].any()
    assert not made.geometry.is_valid.any()
    assert finding["longitude"] == pytest.approx(-76.0991, abs=0.0002)


def test_swapped_axes_are_never_swapped(tmp_path):
    """The proposal names the country; the coordinates stay, and the plot is not usable."""
    made, findings = loaded(*CASES["axes_swapped"](tmp_path))

    assert not made["usable"].any()
    assert made.geometry.iloc[0].x == pytest.approx(-6.040003)
    assert "PE" in findings.loc[findings["code"] == "axes_swapped", "message"].item()


def test_multipart_plot_with_a_hole_stays_one_plot(tmp_path):
    """Parts are not split, holes are taken off the area but not off the EU figure."""
    hole = ring(corners=(np.array(SQUARE) * 0.2 + [-60.879, -4.831]))
    parts = [[ring(), hole], [ring(dx=0.01)]]
    made, _ = loaded(geojson(tmp_path, feature("A", {"type": "MultiPolygon", "coordinates": parts})))

    assert len(made) == 1
    assert made["area_ha"].iloc[0] == pytest.approx(4.28 * (2 - 0.04), abs=0.1)
    assert made["eu_area_ha"].iloc[0] > made["area_ha"].iloc[0]


def test_same_id_at_two_cooperatives_is_two_plots(tmp_path):
    """Ids belong to a cooperative; overlaps are found across cooperatives."""
    one = geojson(tmp_path, polygon("A"), name="one.geojson")
    two = geojson(tmp_path, polygon("A", ring(dx=0.0015)), name="two.geojson", cooperative="coop-02")
    made, findings = loaded(one, two)

    assert list(made.index) == ["coop-01/A", "coop-02/A"]
    overlaps = findings[findings["code"] == "overlap"]
    assert list(overlaps["plot"]) == ["coop-01/A", "coop-02/A"]
    assert "coop-02/A" in overlaps["message"].iloc[0]
    figures = json.loads(overlaps["details"].iloc[0])
    common = shapely.intersection(made.geometry.iloc[0], made.geometry.iloc[1])
    assert figures["overlap_ha"] == pytest.approx(
        common.area / made.geometry.iloc[0].area * made["area_ha"].iloc[0], 1e-3
    )


def test_neighbours_that_share_a_boundary_do_not_overlap(tmp_path):
    """Touching is no overlap."""
    shared = [SQUARE[1], SQUARE[2]]
    right = [shared[0], [-76.096, -6.04], [-76.096, -6.038], shared[1]]
    _, findings = loaded(geojson(tmp_path, polygon("A"), polygon("B", ring(corners=right))))

    assert not codes(findings) & {"overlap", "inside_another", "duplicate_near"}


def test_exactly_four_hectares_may_be_a_point(tmp_path):
    """The law says more than four."""
    made, _ = loaded(geojson(tmp_path, point("A", area_ha=4)))

    assert made["usable"].all()


def test_repeated_id_blocks_all_its_plots(tmp_path):
    """Nobody can say which delivery belongs to which of them: a low for one would be a low for the other."""
    file = geojson(tmp_path, polygon("A"), polygon("A", ring(dx=0.01)), polygon("B", ring(dx=0.02)))
    made, findings = loaded(file)

    assert list(made["usable"]) == [False, True]
    assert_conserved(made, findings, {"plots.geojson": {1, 2, 3}})


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ((-69.9406, -4.2153), "CO"),  # Leticia
        ((-69.936, -4.2520), "BR"),  # Tabatinga
        ((1.2255, 6.1319), "TG"),  # Lome
        ((1.1919, 6.1200), "GH"),  # Aflao
        ((29.2285, -1.6585), "CD"),  # Goma
        ((29.2569, -1.7028), "RW"),  # Gisenyi
        ((-54.6110, -25.5097), "PY"),  # Ciudad del Este
        ((-54.5854, -25.5163), "BR"),  # Foz do Iguacu
        ((-52.3300, 4.9220), "FR"),  # Cayenne, French soil
        ((105.85, 21.03), "VN"),  # Hanoi, which shares the zone of Bangkok
        ((108.05, 12.67), "VN"),  # Buon Ma Thuot
    ],
)
def test_border_towns(place, country):
    """Known towns at borders lie in their country, and are near a border where they are."""
    found = countries(np.array([place[0]]), np.array([place[1]]))

    assert found.here[0] == country
    assert country in found.nearby[0]
