"""A worker does the work it was asked for, under the name it was asked for, or none."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from eudr_check.errors import RunError
from eudr_check.run.tile import Shared, Task, tile_versions, work
from eudr_check.tiles import Tile


def shared(folder: Path) -> Shared:
    """A run without layers in some folder."""
    return Shared(str(folder), "d" * 64, (), offline=True, made_by=tile_versions(), gps_error_m=5.0)


def test_a_worker_of_another_version_is_refused(tmp_path: Path):
    """Its artifact would carry the name of other code, and be found as such for ever."""
    other = {**tile_versions(), "code": "0" * 64, "numpy": "1.0"}

    with pytest.raises(RunError, match="another version of eudr-check, numpy than the machine that started the run"):
        work(replace(shared(tmp_path), made_by=other), Task(Tile(0, 0), 0, "e" * 64, pd.DataFrame()))
    assert not (tmp_path / "artifacts").exists()


def test_a_worker_that_does_not_see_the_run_folder_says_so(tmp_path: Path):
    """A path of another machine is told from a tile that fails: the run stops, no plot becomes unknown."""
    with pytest.raises(RunError, match=r"a worker does not find the ground of this run.*folder: s3://"):
        work(shared(tmp_path / "elsewhere"), Task(Tile(0, 0), 0, "e" * 64, pd.DataFrame()))
