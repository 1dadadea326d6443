"""What the looks share: a season written to disk, and a browser on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eudr_check.package.report import page
from eudr_check.package.report.inputs import ReportInput
from eudr_check.package.report.thumbnail import Picture
from tests.helpers import package_pictures, season_tables
from tests.helpers.made_once import made_once


def pictures_of(season: season_tables.Season, most: int = 200) -> dict[str, Picture]:
    """Invented ground for the plots that are not low."""
    rng = np.random.default_rng(3)
    made = {}
    open_ones = season.plots[(season.assessments["final_outcome"] != "low") & season.plots["usable"]].head(most)
    for plot, (west, south, east, north) in zip(open_ones.index, open_ones.bounds.to_numpy(), strict=True):
        forest = (rng.random((6, 6)) < 0.5).astype(np.uint8).repeat(4, 0).repeat(4, 1)
        loss = np.where(rng.random((6, 6)) < 0.2, rng.integers(18, 26, (6, 6)), 0).astype(np.uint8)
        bounds = (west - 0.0005, south - 0.0005, east + 0.0005, north + 0.0005)
        made[plot] = Picture(bounds, forest, loss.repeat(4, 0).repeat(4, 1))
    return made


def written(
    folder: Path, season: season_tables.Season, *, given: Mapping[str, Any] | None = None, **changes: object
) -> Path:
    """The report of a season; `given` goes to the writer, `changes` into the settings."""
    made_of = ReportInput(
        harvest=season_tables.harvest(**changes),
        variables=season_tables.VARIABLES,
        pictures=pictures_of(season),
        **season.tables(),
        **(given or {}),
    )
    (path,) = page.write(folder, made_of)
    return path


@pytest.fixture(scope="session")
def small_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty plots with hostile names; `coop-jaen/JAE-00009` has dated pictures."""
    looks = package_pictures.looks("coop-jaen/JAE-00009")
    return written(tmp_path_factory.mktemp("small"), season_tables.season(60, hostile=True), given={"looks": looks})


@pytest.fixture(scope="session")
def large_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty thousand plots of 24 vertices."""

    def make(folder: Path) -> Path:
        return written(folder, season_tables.season(20_000, vertices=24))

    return made_once(tmp_path_factory, "large-report", make)
