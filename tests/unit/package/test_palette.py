"""Colours that also people with few colours can distinguish."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from eudr_check.package import palette

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


def linear(colour: str) -> NDArray[np.float64]:
    """sRGB to linear light, 0 to 1."""
    value = np.array(palette.rgb(colour)) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB (D65) of linear RGB."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = matrix @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_outcomes_stay_apart_for_every_eye(deficiency: str) -> None:
    """Any two of the four outcomes differ by far more than a just visible step (2.3), whatever colours an eye sees."""
    matrix = np.array(DEFICIENCIES[deficiency])
    seen = {
        name: lab(matrix @ linear(palette.OUTCOMES[name].colour)) for name in palette.OUTCOMES if "review" not in name
    }

    closest = min(np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(seen, 2))

    assert closest > 20


def test_outcomes_differ_in_shape_too() -> None:
    """On a black and white print the marks tell the outcomes apart."""
    marks = [accent.mark for name, accent in palette.OUTCOMES.items() if name != "cleared_by_review"]

    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("accent", [*palette.OUTCOMES.values(), *palette.SEVERITIES.values()])
def test_ink_can_be_read_on_white(accent: palette.Accent) -> None:
    """Text in an accent's ink keeps the contrast of WCAG AA, 4.5 to 1."""
    luminance = float(np.array([0.2126, 0.7152, 0.0722]) @ linear(accent.ink))

    assert 1.05 / (luminance + 0.05) >= 4.5


def test_years_grow_darker() -> None:
    """Later loss is darker, so that order is seen without a legend."""
    lightness = [lab(linear(palette.year_colour(year)))[0] for year in range(2021, 2027)]

    assert lightness == sorted(lightness, reverse=True)
    assert palette.year_colour(2040) == palette.year_colour(2026)
    assert palette.year_colour(2020) == palette.LOSS_BEFORE
