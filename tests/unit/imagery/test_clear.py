"""How much of a plot a scene shows."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from eudr_check.imagery import clear

GRID = Affine(10, 0, 0, 0, -10, 200)


def test_a_cloud_cell_takes_its_neighbours_along() -> None:
    """One cloud cell hides nine: of 20 x 20 cells 391 stay clear, counted by hand."""
    classes = np.full((20, 20), 4, np.uint8)
    classes[10, 10] = 9

    found = clear.share(clear.hidden(classes), np.ones((20, 20), bool))

    assert found == pytest.approx(391 / 400)


@pytest.mark.parametrize("value", [0, 1, 3, 7, 8, 9, 10, 11, 12, 255])
def test_classes_that_hide(value: int) -> None:
    """No data, defects, shadow, unclassified, clouds, cirrus, snow and unknown classes are never clear ground."""
    assert clear.hidden(np.full((3, 3), value, np.uint8)).all()


@pytest.mark.parametrize("value", [2, 4, 5, 6])
def test_classes_that_show(value: int) -> None:
    """Dark ground, vegetation, bare ground and water are seen."""
    assert not clear.hidden(np.full((3, 3), value, np.uint8)).any()


def test_ground_reaches_60_m_around() -> None:
    """A plot of 20 m x 20 m is judged with 60 m around it: round corners, 14 x 14 cells at most."""
    found = clear.ground_mask(shapely.box(90, 90, 110, 110), GRID, (20, 20))

    assert found[3:17, 3:17].sum() == found.sum()
    assert found[10, 3] and found[3, 10] and not found[3, 3]


def test_clouds_the_classification_missed() -> None:
    """What is called vegetation and is bright in blue is a cloud; what has no data is not seen either."""
    classes = np.full((7, 7), 4, np.uint8)
    blue = np.full((7, 7), 0.03, np.float32)
    blue[0, 0], blue[6, 6] = 0.2, np.nan

    assert clear.missed(classes, blue).sum() == 8


def test_nothing_to_look_at() -> None:
    """No ground is never clear."""
    assert clear.share(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 0.0


@pytest.mark.parametrize(
    ("day", "hiding"),
    [("2020-08-29", 0), ("2020-06-20", 478 + 798 + 6501), ("2020-09-03", 4010 + 9), ("2020-12-22", 3444 + 2816 + 313)],
)
def test_real_dates_by_hand(shared_data: Path, day: str, hiding: int) -> None:
    """Without the margin of one cell the hidden share is the count of classes in SOURCES, to the cell."""
    path = shared_data / "sentinel2" / "rasters" / "nrt_romania" / day / "SCL.tif"
    classes = rasterio.open(path).read(1)

    assert int((~np.isin(classes, clear.SEEN)).sum()) == hiding
    assert clear.hidden(classes).sum() >= hiding
