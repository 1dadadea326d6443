"""What a log says of a run, also when the clock jumped while it was written."""

import json
from pathlib import Path

import pytest

from eudr_check.run.folder import RunFolder
from eudr_check.run.status import Status, status

OF = 10


def logged(folder: Path, *tiles_at: float) -> Status:
    """Status of a run that finished tiles at these times, of ten."""
    lines = [{"time": 1000.0, "event": "start"}]
    lines += [{"time": at, "event": "tile", "failed": None, "of": OF} for at in tiles_at]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return status(RunFolder(folder))


def test_the_rest_takes_as_long_per_tile(tmp_path: Path):
    """Three tiles, five seconds apart: seven more take thirty-five."""
    seen = logged(tmp_path, 1010.0, 1015.0, 1020.0)

    assert (seen.tiles_done, seen.tiles_left, seen.seconds_left) == (3, 7, 35.0)


@pytest.mark.parametrize(
    "tiles_at",
    [
        (1010.0, 1015.0, 15.0),
        (1010.0, 1010.0),
        (1010.0, 500.0, 501.0, 502.0),
        (1010.0,),
        (),
    ],
    ids=["set back an hour", "stood still", "set back early", "one tile", "no tile"],
)
def test_a_clock_that_jumps_back_gives_no_estimate(tmp_path: Path, tiles_at: tuple[float, ...]):
    """Better none than a negative one; what is done and left is still told."""
    seen = logged(tmp_path, *tiles_at)

    assert seen.seconds_left is None
    assert seen.tiles_done == len(tiles_at)
    assert seen.tiles_left == (OF - len(tiles_at) if tiles_at else 0)


def test_a_later_run_at_an_earlier_time_is_the_last(tmp_path: Path):
    """The order of the lines counts, not their times."""
    folder = RunFolder(tmp_path)
    for at, event in ((5000.0, "start"), (5001.0, "end"), (100.0, "start")):
        with (tmp_path / "log.jsonl").open("a") as stream:
            stream.write(json.dumps({"time": at, "event": event}) + "\n")

    assert not status(folder).complete


@pytest.mark.parametrize(("unread", "complete"), [((), True), (("no connection, 6 times",), False)])
def test_a_run_that_ended_with_reads_that_failed_is_not_complete(
    tmp_path: Path, unread: tuple[str, ...], complete: bool
):
    """Finding 12: a run without internet comes to its end, and what it could not read is still to be done."""
    with (tmp_path / "log.jsonl").open("a") as stream:
        for event in ("start", "end"):
            stream.write(json.dumps({"time": 5000.0, "event": event}) + "\n")
    seen = status(RunFolder(tmp_path), unread)

    assert (seen.complete, seen.unread) == (complete, unread)
