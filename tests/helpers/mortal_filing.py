"""A process that files two statements and is killed by the system at a moment that is counted, not timed."""

import datetime as dt
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eudr_check.filing.client import Client
from eudr_check.filing.transport import Link
from eudr_check.register import outbox
from eudr_check.register.outbox import Sent
from tests.helpers.filing import PRACTICE, payload

REFERENCES = ("pe-coffee-2026.A", "pe-coffee-2026.B")
ABOUT = Sent("", "", "submit", "", "", "pe-coffee-2026", "d1", "EXP-014", "statement-EXP-014")
START = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
SECONDS = 120


def habit(address: str, register: Path, hours: int) -> None:
    """What a person does: ask, file what is not filed, ask again; `hours` after the first time."""
    link = Link(address, PRACTICE, seconds_per_call=0)
    client = Client(link, register, "acceptance", lambda: START + dt.timedelta(hours=hours))
    client.refresh()
    done = {one["internal_reference"] for one in outbox.sent(register) if one["state"] in ("accepted", "sending")}
    for reference in REFERENCES:
        if reference not in done:
            client.submit(payload(reference), ABOUT)
    client.refresh()


def lived(address: str, register: Path, moment: int | None) -> tuple[int | None, int]:
    """Let a process of its own do so, killed at its `moment`-th call of a function.

    Returns:
        Exit code, negative for a signal; and how many calls it made where it came to its end.
    """
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_live, args=(address, register, moment, sending))
    process.start()
    sending.close()
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
    calls = receiving.recv() if process.exitcode == 0 else 0
    return process.exitcode, calls


def _live(address: str, register: Path, moment: int | None, tell: Any) -> None:
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    habit(address, register, 0)
    sys.setprofile(None)
    tell.send(calls)


def numbers(register: Path) -> dict[str, Any]:
    """Number of every reference the outbox has one for."""
    rows: Sequence[dict[str, Any]] = outbox.sent(register)
    return {row["internal_reference"]: row["reference_number"] for row in rows if row["reference_number"]}
