"""Every column and key of a finished package, changed by one value with every hash made anew: found, or stated."""

import random
from pathlib import Path

import pytest

from eudr_check.package.verify import only_a_signature, verify
from eudr_check.run import recompute
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.package_fields import Field, edit, fields
from tests.helpers.tampering import rehashed

STATED = {
    ("settings.json", "gps_error_m"): "gps_error_m",
    ("settings.json", "package.outputs[]"): "outputs",
    ("tables/PLOTS.parquet", "producer_name"): "producer_name",
}
"""Fields of the tiny package that nothing else is made of, and the word that `verify` tells them by."""
LEAST_FIELDS = 500
SAMPLE = 1
"""Verifying takes seconds, and `make faults` tries them all."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the tiny harvest, which nobody may change."""
    made = finished_tiny(tmp_path_factory).package
    assert made is not None
    return made


def unseen(package: Path, folder: Path, chosen: list[Field]) -> list[Field]:
    """Fields whose edit `verify` does not find."""
    copies = ((field, folder / str(number)) for number, field in enumerate(chosen))
    return [
        field for field, copy in copies if not verify(rehashed(package, copy, edit(field)), stages=recompute.STAGES)
    ]


def test_stated_fields_are_told() -> None:
    """What is not found stands by its name in the list that `verify` prints."""
    told = "\n".join(map(str, only_a_signature()))

    assert all(word in told for word in STATED.values())


def test_a_sample_of_fields_is_found(package: Path, tmp_path: Path) -> None:
    """Fields of tables drawn by chance, with the seed that is printed for the order of the tests."""
    known = [field for field in fields(package) if field not in STATED and field[0].startswith("tables/")]

    assert unseen(package, tmp_path, random.sample(known, SAMPLE)) == []


@pytest.mark.faults
@pytest.mark.filterwarnings("ignore:A geometry of type")  # an edit says of a boundary that it is a point
def test_every_field_is_found_or_stated(package: Path, tmp_path: Path) -> None:
    """All columns of all tables, Parquet and CSV, and all keys of all JSON files."""
    known = fields(package)

    assert len(known) > LEAST_FIELDS
    assert set(unseen(package, tmp_path, known)) == set(STATED)
