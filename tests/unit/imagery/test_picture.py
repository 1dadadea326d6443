"""Pictures of looks: one stretch for all dates, native cells, and what must stand in the frame."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image

from eudr_check.choices import LANGUAGES
from eudr_check.imagery import captions, looks, picture
from eudr_check.imagery.looks import Look
from eudr_check.imagery.picture import Outlines
from eudr_check.imagery.scenes import join
from tests.helpers.scenes import bring, scene
from tests.unit.imagery.test_looks import LAST, PLOT


@pytest.fixture
def pair(tmp_path: Path) -> list[Look]:
    """A look before and one after, of two baselines."""
    made = [scene(tmp_path, "2020-10-11"), scene(tmp_path, "2026-09-14", add=1000, baseline="05.10")]
    return looks.look([PLOT], join(made, []), bring, LAST)


def test_one_stretch(pair: list[Look]) -> None:
    """The same forest has the same colours at both dates, whatever was stored."""
    before, after = (picture.colours(one.view, "true").astype(int) for one in pair if one.view)

    assert np.abs(before - after).max() <= 1
    assert before.shape == (*pair[0].view.chip.shape, 3)  # type: ignore[union-attr]


def test_no_data_is_grey(tmp_path: Path) -> None:
    """Cells outside of the swath are grey, not black ground."""
    classes = np.full((40, 40), 4, np.uint8)
    classes[:, :12] = 0
    view = looks.look([PLOT], join([scene(tmp_path, "2020-10-11", classes=classes)], []), bring, LAST)[0].view
    assert view is not None

    assert picture.colours(view, "nir")[5, 0].tolist() == list(picture.NO_DATA)


def test_webp_is_lossless_and_small(pair: list[Look]) -> None:
    """The chip of a report gives back every cell, in few bytes."""
    view = pair[0].view
    assert view is not None
    pixels = picture.colours(view, "true")

    written = picture.webp(pixels)

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(written)).convert("RGB")), pixels)
    assert len(written) < 6000


def test_framed_is_reproducible(pair: list[Look]) -> None:
    """The same look gives the same bytes, with cells enlarged by whole numbers."""
    view = pair[0].view
    assert view is not None
    words = captions.lines(pair[0], "es", None)

    first, second = (
        picture.framed(picture.colours(view, "true"), view.chip, Outlines(PLOT.geometry), "c/1", words)
        for _ in range(2)
    )

    assert first == second
    assert Image.open(io.BytesIO(first)).width == 640


def test_outline_lies_on_the_plot(pair: list[Look]) -> None:
    """A boundary in degrees is drawn on the cells it surrounds: about 11 x 11 of them in the middle."""
    view = pair[0].view
    assert view is not None

    (ring,) = picture.rings(PLOT.geometry, view.chip)

    drawn = shapely.bounds(shapely.LineString(ring))
    assert drawn[2] - drawn[0] == pytest.approx(11.1, abs=0.3)
    assert (drawn[0] + drawn[2]) / 2 == pytest.approx(view.chip.shape[1] / 2, abs=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_frame_says_what_a_reviewer_needs(pair: list[Look], language: str) -> None:
    """Date, gap, clear share, sun and Item stand under every picture, in every language."""
    said = " ".join(captions.lines(pair[0], language, None))

    for part in ("2020-10-11", "81", "2020-12-31", "100", "55", "S2_one_2020-10-11", "10 m"):
        assert part in said


def test_another_season_is_said(tmp_path: Path) -> None:
    """A pair of two seasons warns of it."""
    made = [scene(tmp_path, "2020-07-01"), scene(tmp_path, "2026-09-14")]
    found = looks.look([PLOT], join(made, []), bring, LAST)

    assert "OTHER SEASON" in " ".join(captions.lines(found[1], "en", dt.date(2020, 7, 1)))
    assert "OTHER SEASON" not in " ".join(captions.lines(found[0], "en", dt.date(2020, 7, 1)))
