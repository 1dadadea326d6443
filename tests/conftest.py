"""What all tests share: where the real data lies, and how to do without it."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from eudr_check.cli import language

if TYPE_CHECKING:
    from eudr_check.postgresql import Place
    from tests.helpers.registers import Databases
    from tests.helpers.tiny_harvest import Tiny

REPOSITORY = Path(__file__).parent.parent

settings.register_profile("usual", settings.get_profile("ci"), max_examples=20)
settings.register_profile("fuzz", deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
# Commands speak the language of the system; tests read their English.
os.environ |= {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real plots and rasters beside the repository; absent on a user's machine, required in CI."""
    folder = Path(os.environ.get("EUDR_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        if os.environ.get("REQUIRE_SHARED") == "1":
            pytest.fail(f"real data required (REQUIRE_SHARED=1) but {folder} does not exist")
        pytest.skip(f"real data not here ({folder}); set EUDR_SHARED to its parent folder to run this test")
    return folder


@pytest.fixture(autouse=True)
def language_of_the_locale() -> None:
    """No test hears the language that a command of an earlier test was given: a process is one command elsewhere."""
    language.speak(None)


@pytest.fixture
def tiny(tmp_path: Path) -> "Tiny":
    """A fresh harvest of two tiles and twelve plots with known outcomes (see `tests/helpers/tiny_harvest.py`)."""
    from tests.helpers.tiny_harvest import write  # late: most tests need no rasters, and loading GDAL takes a second

    return write(tmp_path / "tiny")


@pytest.fixture(scope="session")
def databases() -> "Iterator[Databases]":
    """A private PostgreSQL with PostGIS; skips where there is none."""
    from tests.helpers.registers import databases as running

    with running() as found:
        yield found


@pytest.fixture(params=["geopackage", "postgis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> "Place":
    """Where a register goes, of either kind: what one does the other does."""
    return tmp_path / "register.gpkg" if request.param == "geopackage" else request.getfixturevalue("databases").new()


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: nothing is gained by looking through them for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests measured (`record_property("measured", ...)`) stand in the log, whichever process ran them."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(f"{report.nodeid}: {value}")
