"""How often and how long a server is asked again, and what to say when that did not help."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from pystac import STACError
from urllib3.exceptions import HTTPError

from eudr_check.text import sentence

AGAIN = frozenset({429, 500, 502, 503, 504})
"""HTTP statuses after which asking again may help."""


@dataclass(frozen=True)
class Patience:
    """How long to try."""

    attempts: int = 6
    first_delay_s: float = 0.5
    longest_delay_s: float = 30.0
    timeout_s: tuple[float, float] = (10.0, 60.0)
    """To connect, and between two pieces of an answer."""
    slowest_bytes_per_s: float = 2_000.0
    """An answer slower than this (over its whole length, plus 30 s) is given up and asked for again."""
    most_items: int = 20_000
    """A search with more Items than this is a mistake or an endless link."""


@dataclass(frozen=True)
class FetchFailure:
    """Why an asset or a search did not arrive."""

    reason: str
    absent: bool = False
    """True where the server says that there is no such file."""


def why(error: Exception) -> str:
    """What went wrong, without the address, which may carry a signature."""
    if isinstance(error, requests.Timeout):
        return sentence("layers", "no_answer_in_time")
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, HTTPError)):
        return sentence("layers", "connection_cut")
    if isinstance(error, requests.ConnectionError):
        return sentence("layers", "no_connection")
    if isinstance(error, (STACError, ValueError, KeyError, TypeError)):
        return sentence("layers", "answer_no_stac")
    return type(error).__name__


def pause(patience: Patience, attempt: int, retry_after: str | None) -> None:
    """Wait before the next attempt: as long as the server asks for, else twice as long each time."""
    if attempt + 1 < patience.attempts:
        delay = _asked_delay_s(retry_after) or patience.first_delay_s * 2**attempt
        time.sleep(min(delay, patience.longest_delay_s))


def _asked_delay_s(retry_after: str | None) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
