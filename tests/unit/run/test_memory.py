"""Giving memory back works wherever Python runs, and touches nothing that is held."""

import pyarrow as pa
import pytest

from eudr_check.run import memory


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_is_held_stays(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """Also where the C library has no way to do so."""
    monkeypatch.setattr(memory.sys, "platform", platform)
    memory._glibc.cache_clear()
    held = pa.array(range(1000))
    memory.limit_malloc_arenas()
    memory.release_unused()
    memory._glibc.cache_clear()

    assert held.to_pylist() == list(range(1000))
    assert pa.total_allocated_bytes() > 0
