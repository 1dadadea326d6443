"""The command as a user calls it, in this process: to start one takes seconds."""

import gc
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from eudr_check.cli import main


class Ended(NamedTuple):
    """How the command ended, and what it said."""

    returncode: int
    stderr: str
    stdout: str


def ended(*arguments: str | Path) -> Ended:
    """What `eudr-check ARGUMENTS` does, with its exit code and all it says."""
    words, result = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(words), redirect_stdout(result):
        patch.setattr(sys, "argv", ["eudr-check", *map(str, arguments)])
        # What is there at its start a command keeps for good; here that is what earlier tests left.
        patch.setattr(gc, "freeze", lambda: None)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    gc.collect()
    return Ended(code, words.getvalue(), result.getvalue())
