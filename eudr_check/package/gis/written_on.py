"""The date that GDAL writes into GeoPackages: that of the package, never the clock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pyogrio

_ONE_AT_A_TIME = threading.Lock()
"""Options of GDAL are those of the process: who is done first would take the day from under who still writes."""


def moment_of(day: date) -> str:
    """The beginning of a day, as GeoPackages write moments."""
    return f"{day}T00:00:00.000Z"


@contextmanager
def written_on(day: date) -> Iterator[None]:
    """GDAL writes the day of the package, not that of this run, so that the same tables give the same bytes.

    Its page cache of 2 MB is too small for an index over two million patches: 96 MB save a tenth of the time, and no
    more saves more. Nothing waits for the disk: of a package that is not finished nothing is kept.
    """
    options = {"OGR_CURRENT_DATE": moment_of(day), "OGR_SQLITE_CACHE": "96", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    with _ONE_AT_A_TIME:
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys(options))
