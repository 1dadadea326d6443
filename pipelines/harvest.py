"""One harvest: `python -m pipelines.harvest configs/NAME.yaml`, the same as `eudr-check run`."""

import sys
from pathlib import Path

from eudr_check import object_store
from eudr_check.cli import show
from eudr_check.cli.app import known_errors
from eudr_check.cli.progress import progress
from eudr_check.run import inputs
from eudr_check.run.harvest import Finished, run


def harvest(path: Path, *, offline: bool = False) -> Finished:
    """Run one harvest to its package."""
    with progress() as report:
        return run(inputs.load(path), offline=offline, progress=report)


if __name__ == "__main__":
    with known_errors():
        finished = harvest(object_store.local(sys.argv[1]))
    show.result(finished, as_json=False, profile=False)
    sys.exit(finished.exit)
