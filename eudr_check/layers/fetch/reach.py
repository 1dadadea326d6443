"""Whether a server answers at all: for `doctor`, which says what this machine can reach before a harvest needs it."""

import requests

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.session import GuardedSession


def answers(host: str, *, seconds: float = 8.0, home: frozenset[str] = frozenset()) -> bool:
    """Whether a server answers an empty question; what it answers does not count.

    Args:
        host: scheme and host, e.g. `https://example.org`.
        seconds: how long to wait for it.
        home: places inside this network that may be asked.
    """
    with GuardedSession(home) as session:
        try:
            session.head(f"{host}/", timeout=seconds, allow_redirects=False).close()
        except (requests.RequestException, FetchError):
            return False
    return True
