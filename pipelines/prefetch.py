"""Bring everything a harvest needs to this machine: `python -m pipelines.prefetch configs/*.yaml`.

For the evening in the office with a good connection; the harvests can then be run with `--offline` anywhere.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from eudr_check import object_store
from eudr_check.cli import show
from eudr_check.cli.app import known_errors
from eudr_check.cli.progress import progress
from eudr_check.run import inputs
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run


def prefetch(paths: Sequence[Path]) -> Exit:
    """Prefetch several harvests; the worst exit code of all."""
    codes = []
    for path in paths:
        with progress() as report:
            finished = run(inputs.load(path), until="layers", progress=report)
        show.result(finished, as_json=False, profile=False)
        codes.append(finished.exit)
    return max(codes, default=Exit.DONE)


if __name__ == "__main__":
    with known_errors():
        sys.exit(prefetch([object_store.local(argument) for argument in sys.argv[1:]]))
