"""The command `eudr-check`: results on stdout, log and progress on stderr, exit codes as in `run.harvest.Exit`.

`app` holds what the commands share; `runs` are those that do work, `looks` those that only read, `files` those about
single files, `layers` and `catalogue` those about rasters, `register` the register; `show` is what the terminal shows.
"""

from eudr_check.cli import catalogue, files, layers, looks, register, runs  # noqa: F401  (each adds its commands)
from eudr_check.cli.app import app, known_errors


def main() -> None:
    """Run the command; a known error is one line on stderr and exit code 1."""
    with known_errors():
        app()
