"""Memory that nobody holds any more, given back to the machine between steps."""

import ctypes
import sys
from functools import cache


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


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library of Linux, where it is glibc."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
