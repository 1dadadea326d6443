"""The command `eudr-check`: results on stdout, log and progress on stderr, exit codes as in `run.exit.Exit`.

`app` holds what the commands share, `commands` has them all; `runs` are those that do work, `looks` those that only
read, `files` those about single files, `layers` and `catalogue` those about rasters, `register` the register; `show`
is what the terminal shows. A command imports what it works with when it is called: pandas and GDAL take seconds.
"""

import gc


def main() -> None:
    """Run the command; a known error is one line on stderr and exit code 1."""
    # What importing makes stays: looked through for garbage again and again, it takes a fifth of the start, and a tenth
    # of a nation's plots, while all threads wait.
    gc.disable()
    from eudr_check.cli.commands import app, known_errors  # late: Dask workers import who calls us, and need no command

    gc.freeze()
    gc.enable()
    with known_errors():
        app()
