"""The tiny harvest, run to its package on a disk: what other ways of running it are compared with."""

from pathlib import Path

import pytest

from eudr_check import config
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.made_once import made_once


def finished_tiny(factory: pytest.TempPathFactory) -> Finished:
    """The finished run that all processes of the test run share; nobody may change its folder."""

    def make(folder: Path) -> Finished:
        return run(config.load(tiny_harvest.write(folder / "harvest").config), offline=True)

    return made_once(factory, "tiny", make)
