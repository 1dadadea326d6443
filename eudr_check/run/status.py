"""How far a harvest is: what is done, failed and left, and how long the rest will take."""

import datetime as dt
from dataclasses import dataclass

from eudr_check.run.folder import RunFolder


@dataclass(frozen=True)
class Status:
    """The state of the last run of a folder, read from its log and lock."""

    running: bool
    stages: tuple[str, ...]
    """Stages finished in the last run, in order."""
    tiles_done: int
    tiles_failed: int
    tiles_left: int
    seconds_left: float | None
    """Estimate from the tiles of this run; None before the first tile, or when nothing is left."""
    complete: bool
    """The last run came to its end, read everything, and what it read is still so."""
    unread: tuple[str, ...] = ()
    """Why layers could not be read."""
    replaced: tuple[str, ...] = ()
    """Rasters that were replaced since they were read, as in SOURCES."""


def status(folder: RunFolder, unread: tuple[str, ...] = (), replaced: tuple[str, ...] = ()) -> Status:
    """Read the log of the last run; a folder never worked in gives an empty state.

    Args:
        folder: where the harvest was run.
        unread: see `results.gaps`.
        replaced: see `results.gaps`.
    """
    history = folder.history()
    starts = [number for number, entry in enumerate(history) if entry["event"] == "start"]
    last = history[starts[-1] :] if starts else []
    tiles = [entry for entry in last if entry["event"] == "tile"]
    stages = tuple(str(entry["stage"]) for entry in last if entry["event"] == "stage")
    left = int(str(tiles[-1]["of"])) - len(tiles) if tiles and "overlay" not in stages else 0
    seconds = None
    if left and len(tiles) > 1:
        elapsed = _seconds(tiles[-1]["time"]) - _seconds(tiles[0]["time"])
        # A clock set back while the run went on gives no estimate rather than a negative one.
        seconds = elapsed / (len(tiles) - 1) * left if elapsed > 0 else None
    return Status(
        running=folder.busy(),
        stages=stages,
        tiles_done=sum(entry["failed"] is None for entry in tiles),
        tiles_failed=sum(entry["failed"] is not None for entry in tiles),
        tiles_left=left,
        seconds_left=seconds,
        complete=any(entry["event"] == "end" for entry in last) and not unread and not replaced,
        unread=unread,
        replaced=replaced,
    )


def _seconds(time: object) -> float:
    """Seconds since 1970; logs of earlier versions count them."""
    return time if isinstance(time, float | int) else dt.datetime.fromisoformat(str(time)).timestamp()
