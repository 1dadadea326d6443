"""Which offset makes reflectance of stored numbers, by metadata and pixels."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from eudr_check.imagery import offset
from eudr_check.imagery.offset import Claim, Offset

FOREST = np.full((20, 20), 4, np.uint8)


def band(reflectance: float, add: int = 0) -> np.ndarray:
    """Forest of one brightness with a little grain."""
    grain = np.arange(400).reshape(20, 20) % 9 * 10
    return (np.full((20, 20), round(reflectance * 10_000) + add) + grain).astype(np.uint16)


@pytest.mark.parametrize(
    ("item", "red", "expected"),
    [
        ("es1_S2B_33TWN_20220130_0_L2A", "red", Claim(0.0, True, True)),
        ("es1_S2B_33TWN_20220226_0_L2A", "red", Claim(-0.1, True, True)),
        ("es1_S2A_33TWN_20220122_0_L2A", "red", Claim(0.0, True, False)),
        ("es1_S2A_32TMT_20200302_0_L2A", "red", Claim(0.0, True, False)),
        ("es1_S2A_32TMT_20200302_1_L2A", "red", Claim(0.0, True, True)),
        ("es1c1_S2B_T24MVV_20250731T130245_L2A", "red", Claim(-0.1, True, True)),
        ("pc_S2B_MSIL2A_20200705T101559_R065_T32TMT", "B04", Claim(0.0, True, False)),
        ("pc_S2B_MSIL2A_20220612T182919_R027_T24XWR", "B04", Claim(-0.1, True, True)),
        ("cdse_S2B_MSIL2A_20200705T101559_N0500_R065_T32TMT", "B04_10m", Claim(-0.1, True, True)),
        ("EXCERPT_es1c1_S2A_T19TDJ_20260823T153829_L2A", "red", Claim(-0.1, True, True)),
    ],
)
def test_real_items(shared_data: Path, item: str, red: str, expected: Claim) -> None:
    """Every catalogue's way of stating the offset is read as its own documentation and pixels say."""
    content = json.loads((shared_data / "sentinel2" / "items" / f"{item}.json").read_text(encoding="utf-8"))

    claim = offset.stated(content["properties"], content["assets"][red])

    assert claim == expected


@pytest.mark.parametrize(
    ("claim", "add", "expected"),
    [
        (Claim(0.0, True, False), 0, Offset(0.0, "confirmed")),
        (Claim(-0.1, True, True), 1000, Offset(-0.1, "confirmed")),
        (Claim(0.0, True, True), 0, Offset(0.0, "confirmed")),
        (Claim(-0.1, True, True), 0, Offset(0.0, "contradicted")),
        (Claim(0.0, True, True), 1000, Offset(-0.1, "contradicted")),
        (Claim(-0.1, False, True), 1000, Offset(-0.1, "contradicted")),
        (Claim(None, False, True), 0, Offset(0.0, "contradicted")),
    ],
    ids=["old", "new", "corrected", "lie: twice", "lie: left in", "metadata disagree", "nothing stated"],
)
def test_pixels_decide(claim: Claim, add: int, expected: Offset) -> None:
    """Where pixels contradict the metadata, the offset of the pixels is used and the look is marked."""
    found = offset.decide(claim, band(0.03, add), band(0.025, add), FOREST)

    assert found == expected


def test_too_few_dark_cells() -> None:
    """On a window without vegetation nothing can be checked, and that is said."""
    found = offset.decide(Claim(-0.1, True, True), band(0.3, 1000), band(0.3, 1000), np.full((20, 20), 5, np.uint8))

    assert found == Offset(-0.1, "unchecked")


def test_haze_of_an_old_baseline_is_haze(shared_data: Path) -> None:
    """Bright vegetation before baseline 04.00 is haze: no offset explains it away."""
    folder = shared_data / "sentinel2" / "rasters" / "nrt_romania" / "2020-09-03"
    blue, red, classes = (rasterio.open(folder / f"{name}.tif").read(1) for name in ("B02", "B04", "SCL"))

    found = offset.decide(Claim(0.0, True, False), blue, red, classes)

    assert found.value == 0.0


def test_real_pixels_of_a_corrected_scene(shared_data: Path) -> None:
    """The pixels of an Earth Search scene of baseline 05.09 agree with its flag, and refute the offset beside it."""
    folder = shared_data / "sentinel2" / "rasters" / "mapchete_33TWL" / "S2A_33TWL_20230815_0_L2A"
    content = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))
    blue, red, classes = (rasterio.open(folder / f"{name}.tif").read(1) for name in ("B02", "B04", "SCL"))
    claim = offset.stated(content["properties"], content["assets"]["red"])

    assert offset.decide(claim, blue, red, classes) == Offset(0.0, "confirmed")
    assert offset.decide(Claim(-0.1, True, True), blue, red, classes) == Offset(0.0, "contradicted")


def test_reflectance_is_equal_across_baselines() -> None:
    """One forest stored before and after baseline 04.00 has one reflectance; no data stays unknown."""
    old, new = band(0.031), band(0.031, 1000)
    new[0, 0] = old[0, 0] = 0

    before, after = offset.reflectance(old, 0.0), offset.reflectance(new, -0.1)

    assert np.allclose(before, after, atol=1e-6, equal_nan=True)
    assert np.isnan(after[0, 0])
