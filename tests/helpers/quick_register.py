"""A register of a test need not survive a power cut: waiting for the disk is most of what its writes take."""

import sqlite3
from pathlib import Path

import pytest

from eudr_check.register import store


def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let registers be written without waiting; what SQLite promises between processes stays."""
    connect = store._connect

    def quick(path: Path) -> sqlite3.Connection:
        database = connect(path)
        database.execute("PRAGMA synchronous = OFF")
        return database

    monkeypatch.setattr(store, "_connect", quick)
