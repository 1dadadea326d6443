"""The command `eudr-check`: results on stdout, log and progress on stderr, exit codes as in `run.exit.Exit`.

`app` holds what the commands share, `commands` has them all; `runs` are those that do work, `looks` those that only
read, `files` those about single files, `layers` and `catalogue` those about rasters, `register` the register; `show`
is what the terminal shows. A command imports what it works with when it is called: pandas and GDAL take seconds.
"""

import sys


def main() -> None:
    """Run the command; a known error is one line on stderr and exit code 1."""
    from eudr_check.run.graph import importing  # late, as all that follows

    with importing():
        from eudr_check.cli import help as spoken_help
        from eudr_check.cli.commands import app, known_errors  # late: Dask workers import this, and need no command

    with known_errors():
        spoken_help.run(app, sys.argv[1:])
