"""Land and sea of a kilometre, without unpacking the globe."""

import subprocess
import sys

import numpy as np
import pytest

from eudr_check.plots.checks.land_mask import is_land

ASK = """
import numpy as np
from global_land_mask import globe
chance = np.random.default_rng(2026)
x, y = chance.uniform(-180, 180, 5000), chance.uniform(-90, 90, 5000)
print("".join("1" if one else "0" for one in globe.is_land(y, x)))
"""


@pytest.mark.faults
def test_every_cell_is_what_the_package_says() -> None:
    """Five thousand places of the globe, land and sea, as the package's own functions answer."""
    chance = np.random.default_rng(2026)
    x, y = chance.uniform(-180, 180, 5000), chance.uniform(-90, 90, 5000)
    theirs = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout.strip()

    assert "".join("1" if one else "0" for one in is_land(x, y)) == theirs


def test_nothing_asked_reads_nothing() -> None:
    """No position, no answer; and the package that unpacks 1 GB is never imported."""
    assert is_land(np.zeros(0), np.zeros(0)).tolist() == []
    assert "global_land_mask" not in sys.modules
