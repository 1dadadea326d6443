"""A process that the system kills while it files: nothing is filed twice, and no number is lost."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from eudr_check.filing import practice
from tests.helpers.filing import serving
from tests.helpers.mortal_filing import REFERENCES, habit, lived, numbers
from tests.helpers.quick_register import no_waiting_for_the_disk

FIRST = (2, 11, 20)
SEEDS = [seed if seed in FIRST else pytest.param(seed, marks=pytest.mark.faults) for seed in range(25)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed waits for the disk as always; the process of the test need not."""
    no_waiting_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def practising() -> Iterator[tuple[practice.System, str]]:
    """One server for all of them."""
    system = practice.System(polls=1)
    with serving(system) as address:
        yield system, address


@pytest.fixture(scope="module")
def calls(practising: tuple[practice.System, str], tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls of functions a whole life has."""
    ended, made = lived(practising[1], tmp_path_factory.mktemp("whole") / "r.gpkg", None)
    assert ended == 0
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_process_files_once(
    seed: int, tmp_path: Path, practising: tuple[practice.System, str], calls: int
) -> None:
    """SIGKILL at a seeded call of a life, then the same habit an hour later: one statement each, every number."""
    system, address = practising
    system.records.clear()
    register = tmp_path / "r.gpkg"
    # A 25th of a life for each seed, so that all of them together leave no stretch of it out.
    moment = int((seed + random.Random(seed).random()) * 0.99 * calls / len(SEEDS)) + 1
    ended, _ = lived(address, register, moment)
    habit(address, register, 1)

    assert ended == -signal.SIGKILL
    assert sorted(one.reference for one in system.records) == sorted(REFERENCES)
    assert numbers(register) == {one.reference: one.reference_number for one in system.records}
    assert all(numbers(register).values())
