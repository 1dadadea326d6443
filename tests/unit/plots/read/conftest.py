"""What tests of readers share."""

import multiprocessing

import pytest

from eudr_check.plots.read import process


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of a reader sees what the test has replaced, whatever threads earlier tests have left."""
    monkeypatch.setattr(process, "_context", lambda: multiprocessing.get_context("fork"))
