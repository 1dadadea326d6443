"""The tiny harvest, run to its package on a disk: what other ways of running it are compared with."""

import shutil
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


def begun_tiny(factory: pytest.TempPathFactory, folder: Path) -> tiny_harvest.Tiny:
    """A tiny harvest of one's own that was run: its next run makes only what is changed, as a user's second run does.

    Args:
        factory: knows where this process keeps its folders.
        folder: where it is written; not there yet.
    """
    shutil.copytree(finished_tiny(factory).folder.path.parent, folder)
    return tiny_harvest.Tiny(folder / "tiny.yaml", tiny_harvest.OUTCOMES, tiny_harvest.BLOCKED, folder / "catalogue")
