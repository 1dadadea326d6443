"""How far work is, on stderr: bars on a terminal, and a line every ten seconds where somebody keeps the output."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from eudr_check.cli import language
from eudr_check.run.stages import Progress as Report

SECONDS = 10.0


@contextmanager
def progress() -> Iterator[Report]:
    """A bar per stage with time left, or lines where stderr is no terminal."""
    console = Console(stderr=True, markup=False, emoji=False)
    if not console.is_terminal:
        yield lines(time.monotonic, sys.stderr.write)
        return
    bars = Bars(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    ids: dict[str, Any] = {}

    def report(stage: str, done: int, of: int) -> None:
        if stage not in ids:
            ids[stage] = bars.add_task(language.say(f"stage_{stage}"), total=of)
        bars.update(ids[stage], completed=done, total=of)

    with bars:
        yield report


def lines(clock: Callable[[], float], write: Callable[[str], object]) -> Report:
    """A report of work that writes at most a line every ten seconds, and none of work that is quickly done."""
    last = clock()

    def report(stage: str, done: int, of: int) -> None:
        nonlocal last
        if clock() - last >= SECONDS:
            last = clock()
            write(f"{language.say(f'stage_{stage}')} {done}/{of}\n")

    return report
