"""A map that tests of polygons read."""

from pathlib import Path

import pytest

from tests.helpers.polygon_country import Country, drawn


@pytest.fixture
def country(tmp_path: Path) -> Country:
    """Forest that stands, and a cloud over ground lost in 2022."""
    made = Country(tmp_path)
    drawn().to_file(made.file)
    return made
