"""Which offset turns stored numbers of a Sentinel-2 band into reflectance: by metadata, then checked on the pixels.

Reflectance is number x 0.0001 + offset. Since processing baseline 04.00 numbers carry 1000 more, so the offset is -0.1;
some catalogues have taken the 1000 off again, and not all of their Items say so rightly.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eudr_check.typing import Numbers

SCALE = 0.0001
SHIFTED = -0.1
_SHIFTED_SINCE = 4.0
"""Processing baseline that first added 1000."""
VEGETATION, DARK = 4, 2
"""Classes of the scene classification on which blue and red are always dark."""
MOST_BLUE = 0.1
"""No vegetation reflects a tenth of blue light: where all of it does, 1000 were left in, or haze lies over it."""
LEAST = -0.02
"""Correction of the air leaves a few values below 0; a first percentile below this means 1000 were taken twice."""
LEAST_PIXELS = 20

State = Literal["confirmed", "unchecked", "contradicted"]


class Offset(NamedTuple):
    """The offset used, and what the pixels say of it."""

    value: float
    state: State
    """confirmed: metadata agree and pixels do not object; unchecked: too few dark pixels to tell; contradicted."""


class Claim(NamedTuple):
    """What the metadata of an Item say of its offset."""

    value: float | None
    """None where nothing says it."""
    agrees: bool
    """Whether all that is stated agrees."""
    may_be_shifted: bool
    """False for baselines that never added 1000: there bright vegetation is haze."""


def stated(properties: Mapping[str, object], asset: Mapping[str, object]) -> Claim:
    """What the metadata of an Item say.

    Args:
        properties: of the Item.
        asset: fields of one band of it.
    """
    baseline = baseline_of(properties)
    shifted = baseline is None or baseline >= _SHIFTED_SINCE
    by_baseline = None if baseline is None else SHIFTED if shifted else 0.0
    if properties.get("earthsearch:boa_offset_applied") is True:
        # The pixels are corrected; the offset that still stands at the asset is that of the original.
        return Claim(0.0, True, shifted)
    given = _given(asset)
    if given is None:
        return Claim(by_baseline, by_baseline is not None, shifted)
    return Claim(given, by_baseline is None or abs(given - by_baseline) < 1e-6, shifted)


def baseline_of(properties: Mapping[str, object]) -> float | None:
    """Processing baseline, as `s2:processing_baseline` or `processing:version` write it."""
    for name in ("s2:processing_baseline", "processing:version"):
        try:
            return float(str(properties[name]))
        except (KeyError, TypeError, ValueError):
            continue
    return None


def _given(asset: Mapping[str, Any]) -> float | None:
    bands = asset.get("raster:bands")
    first = bands[0] if isinstance(bands, list) and bands and isinstance(bands[0], Mapping) else {}
    for value in (asset.get("raster:offset"), first.get("offset")):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def decide(claim: "Claim", blue: Numbers, red: Numbers, classes: Numbers) -> Offset:
    """The offset to use for a look.

    Args:
        claim: what the metadata say.
        blue: stored numbers of B02, 0 where there is no data.
        red: of B04, same shape.
        classes: scene classification on the same cells.

    Returns:
        Where pixels contradict the metadata, the offset the pixels show, marked as contradicted.
    """
    value, agrees = 0.0 if claim.value is None else claim.value, claim.agrees
    here = (blue > 0) & (red > 0) & np.isin(classes, (VEGETATION, DARK))
    if here.sum() < LEAST_PIXELS:
        return Offset(value, "unchecked" if agrees else "contradicted")
    low = min(float(np.percentile(band[here], 1)) for band in (blue, red)) * SCALE
    if value < 0 and low + value < LEAST:
        return Offset(0.0, "contradicted")
    if value == 0 and claim.may_be_shifted and _carries_shift(blue[here & (classes == VEGETATION)]):
        return Offset(SHIFTED, "contradicted")
    return Offset(value, "confirmed" if agrees else "contradicted")


def _carries_shift(blue: NDArray[np.uint16]) -> bool:
    """Whether vegetation is dark and even once 1000 are taken off, and too bright before: haze is bright but uneven."""
    if len(blue) < LEAST_PIXELS:
        return False
    low, middle, high = np.percentile(blue, [1, 50, 99]) * SCALE + SHIFTED
    return bool(low > 0 and middle < MOST_BLUE / 2 and high - low < MOST_BLUE / 2)


def reflectance(numbers: Numbers, offset: float) -> NDArray[np.float32]:
    """Surface reflectance, float32; NaN where there is no data (0)."""
    values = numbers.astype(np.float32) * np.float32(SCALE) + np.float32(offset)
    return np.where(numbers == 0, np.float32(np.nan), values)
