"""Memory that nobody holds any more, given back to the machine between steps."""

import ctypes
import sys
from functools import cache

_M_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's `malloc.h`."""


def release_unused() -> None:
    """Give back what Arrow and the C library keep for later: of a nation's tables half a gigabyte.

    Neither does so by itself: the next step finds its memory in other sizes, and the process only grows.
    """
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def limit_malloc_arenas() -> None:
    """Let all threads share two heaps: glibc gives each its own, and what one has done with the others cannot use."""
    library = _glibc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, 2)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library of Linux, where it is glibc."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
