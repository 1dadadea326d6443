"""The day in GeoPackages, whoever else writes one in the same process."""

import datetime as dt
import threading

import pyogrio

from eudr_check.package.gis.written_on import moment_of, written_on


def test_who_is_done_first_takes_no_day_from_who_still_writes() -> None:
    """The action plan is written beside the GIS files: its end turned the day of theirs into that of the clock."""
    ours, others = dt.date(2026, 11, 12), dt.date(2026, 10, 1)

    def write() -> None:
        with written_on(others):
            pass

    beside = threading.Thread(target=write)
    with written_on(ours):
        beside.start()
        beside.join(timeout=0.2)
        day = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    beside.join(timeout=10)

    assert day == moment_of(ours)
    assert not beside.is_alive() and pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
