"""Work in another process: in order, all of it, and told in one sentence when it fails."""

import os
from pathlib import Path

import pytest

from eudr_check.errors import PackageError
from eudr_check.package import worker_process


def add(file: Path, text: str) -> None:
    """Append a text and the process that did it."""
    with file.open("a") as stream:
        stream.write(f"{text[:5]} {len(text)} {os.getpid()}\n")


def refuse(words: str) -> None:
    """Fail."""
    raise ValueError(words)


def test_one_thing_after_another(tmp_path: Path):
    """Orders larger than a pipe holds are done in the order given, by one process that is not this one."""
    with worker_process.working("gpkg") as send:
        for text in ("first" * 100_000, "later"):
            send(add, file=tmp_path / "done", text=text)
    first, later = (line.split() for line in (tmp_path / "done").read_text().splitlines())

    assert (first[:2], later[:2]) == (["first", "500000"], ["later", "5"])
    assert first[2] == later[2] != str(os.getpid())


def test_failure_is_told_and_ends_the_work(tmp_path: Path):
    """The error of the other process is the message; what was told after it is not done."""
    with (
        pytest.raises(PackageError, match="written: ValueError: no room for patches"),
        worker_process.working("gpkg") as send,
    ):
        send(refuse, words="no room for patches")
        send(add, file=tmp_path / "done", text="later" * 100_000)

    assert not (tmp_path / "done").exists()


def test_failure_here_stops_the_other(tmp_path: Path):
    """An error of ours is not hidden behind one of the process that is stopped for it."""
    with pytest.raises(KeyError, match="ours"), worker_process.working("gpkg") as send:
        for _ in range(50):
            send(add, file=tmp_path / "done", text="later" * 100_000)
        raise KeyError("ours")


def test_nothing_to_do():
    """A process that is told nothing ends."""
    with worker_process.working("gpkg"):
        pass
