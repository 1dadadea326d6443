"""The day up to which files that are replaced in place have seen, as the text file beside them says."""

import datetime as dt
import re

import requests
from urllib3.exceptions import HTTPError

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.session import GuardedSession

_TIMEOUT_S = 30.0
_DAY = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) [\d:]{5,8}(?: [A-Z]{3,4})? (\d{4})\b")


def updated(address: str, store: Store, home: frozenset[str], *, offline: bool) -> dt.date | None:
    """Day of the last update; None where nobody says it, and then the definition's own end stays.

    It is asked for before the files are: what is replaced in between has seen more than is claimed, never less.

    Args:
        address: of the text file.
        store: content store; an offline run takes the day that came with the files it holds.
        home: places inside this network that may be asked.
        offline: make no connection.
    """
    if offline:
        kept = store.read("update_days", key(address))
        return None if kept is None else dt.date.fromisoformat(kept["day"])
    try:
        with GuardedSession(home) as session:
            response = session.get(address, timeout=_TIMEOUT_S)
            day = read(response.text) if response.status_code == 200 else None
    except (requests.RequestException, HTTPError, FetchError):
        day = None
    store.write("update_days", key(address), None if day is None else {"day": day.isoformat()})
    return day


def read(text: str) -> dt.date | None:
    """The day in such a file; none where it has not come yet.

    >>> read("Updated Fri Apr 15 14:27:01 2022 UTC"), read("soon")
    (datetime.date(2022, 4, 15), None)
    """
    found = _DAY.search(text[:200])
    if found is None:
        return None
    try:
        day = dt.datetime.strptime(" ".join(found.groups()), "%b %d %Y").date()
    except ValueError:
        return None
    return day if day <= dt.date.today() + dt.timedelta(days=1) else None
