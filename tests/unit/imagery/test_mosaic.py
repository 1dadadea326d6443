"""Pictures of one date as one file: every plot's own colours on the scene's cells, and nothing between them."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from eudr_check.imagery import looks, mosaic, picture
from eudr_check.imagery.looks import Subject, View
from eudr_check.imagery.scenes import join
from tests.helpers.scenes import CRS, LATITUDE, LONGITUDE, bring, scene
from tests.unit.imagery.test_looks import LAST


def views(tmp_path: Path) -> list[View]:
    """Two neighbours whose windows overlap by half, seen on one day that has no data in the west."""
    classes = np.full((40, 40), 4, np.uint8)
    classes[:, :14] = 0
    plots = [Subject(f"c/{n}", shapely.box(x, LATITUDE, x + 2e-4, LATITUDE + 2e-4)) for n, x in enumerate(
        (LONGITUDE, LONGITUDE + 0.0018))]  # fmt: skip
    found = looks.look(plots, join([scene(tmp_path, "2020-10-11", classes=classes)], []), bring, LAST)
    return [look.view for look in found if look.view is not None]


@pytest.mark.parametrize("kind", ["true", "nir"])
def test_every_picture_lies_where_it_belongs(tmp_path: Path, kind: picture.Kind) -> None:
    """Read at a plot's window the file gives that plot's colours, opaque where there are data and clear elsewhere."""
    seen = views(tmp_path)
    mosaic.write(tmp_path / "a.tif", seen, kind)

    with rasterio.open(tmp_path / "a.tif") as made:
        assert (made.crs.to_string(), made.tags()["date"], made.tags()["item"]) == (
            CRS,
            "2020-10-11",
            "S2_one_2020-10-11",
        )
        for view in seen:
            rows, columns = view.chip.shape
            x, y = view.chip.transform.c, view.chip.transform.f
            pixels = made.read(window=made.window(x, y - 10 * rows, x + 10 * columns, y))
            known = ~np.isnan(view.bands["red"])

            assert np.array_equal(pixels[3] == 255, known)
            assert np.array_equal(np.moveaxis(pixels[:3], 0, 2)[known], picture.colours(view, kind)[known])
    assert [bool(np.isnan(view.bands["red"]).any()) for view in seen] == [True, False]


def test_days_and_tiles_are_kept_apart(tmp_path: Path) -> None:
    """A file holds one date of one tile, however many plots were looked at."""
    assert {name: len(found) for name, found in mosaic.by_day(views(tmp_path)).items()} == {"2020-10-11_18MTU": 2}
