"""Items of a STAC API, page by page."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import requests
from pystac import Link, STACError
from pystac_client import Client
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from eudr_check.errors import FetchError, LayersError
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.retries import AGAIN, FetchFailure, Patience, pause, why
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.text import sentence, worded

Answer = TypeVar("Answer")

ATTEMPTS = 3
PAGE_ITEMS = 100
IDLE_PAGES = 3
_NO_STAC = (STACError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
_NO_ANSWER = (APIError, requests.RequestException, HTTPError, *_NO_STAC)


def search(
    endpoint: str,
    collection: str,
    boxes: Sequence[tuple[float, float, float, float]],
    patience: Patience,
    home: frozenset[str],
    period: str | None = None,
) -> list[list[dict[str, object]] | FetchFailure]:
    """All Items of a collection, as JSON, for each of some boxes; a search that fails says why.

    Args:
        endpoint: landing page of the STAC API.
        collection: id there.
        boxes: west, south, east, north in degrees.
        patience: how long to try.
        home: places inside this network that may be asked (`addresses.place`).
        period: `FIRST/LAST`, RFC 3339; None: of any date.

    Raises:
        LayersError: the server has no such collection.
    """
    with GuardedSession(home, _retry(patience)) as session:
        return _search(_Reader(session, patience), endpoint, collection, boxes, period)


def _search(
    reader: "_Reader",
    endpoint: str,
    collection: str,
    boxes: Sequence[tuple[float, float, float, float]],
    period: str | None,
) -> list[list[dict[str, Any]] | FetchFailure]:
    try:
        client = _patiently(lambda: _open(reader, endpoint, collection), endpoint, reader.patience)
    except FetchError as error:
        return [FetchFailure(worded(error))] * len(boxes)
    answers: list[list[dict[str, Any]] | FetchFailure] = []
    for box in boxes:
        try:
            answers.append(
                _patiently(
                    partial(_all_pages, client, collection, box, period, reader.patience), endpoint, reader.patience
                )
            )
        except FetchError as error:
            answers.append(FetchFailure(worded(error)))
    return answers


def _patiently(ask: Callable[[], Answer], endpoint: str, patience: Patience) -> Answer:
    """Ask again what went wrong behind the status line; pystac-client itself repeats what the server asks it to."""
    reason: str = sentence("layers", "no_attempt")
    for attempt in range(ATTEMPTS):
        try:
            return ask()
        except (
            APIError,
            requests.RequestException,
            HTTPError,
            STACError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            # A web page or half an answer instead of STAC comes through as any of `_NO_STAC`; what the session
            # refuses, as what pystac-client makes of it.
            if isinstance(error.__context__, FetchError):
                raise error.__context__ from error
            status = getattr(error, "status_code", None)
            reason = f"HTTP {status}" if status else why(error)
        pause(patience, attempt, None)
    raise FetchError(sentence("layers", "not_searched", url=unsigned(endpoint), problem=reason))


def _retry(patience: Patience) -> Retry:
    return Retry(
        total=patience.attempts,
        backoff_factor=patience.first_delay_s,
        backoff_max=patience.longest_delay_s,
        status_forcelist=sorted(AGAIN),
        redirect=0,
        raise_on_redirect=False,
        allowed_methods=None,  # searching is a POST
        respect_retry_after_header=True,
    )


class _Reader(StacApiIO):
    """What pystac-client reads with: a guarded session, and no files of this machine."""

    def __init__(self, session: GuardedSession, patience: Patience) -> None:
        super().__init__(max_retries=None, timeout=patience.timeout_s)
        self.session = session
        self.patience = patience

    def read_text(self, source: Any, *args: Any, **kwargs: Any) -> str:
        """Text at an address; a link to a path of this machine is refused."""
        href = source.href if isinstance(source, Link) else str(source)
        if not str(href).startswith(("http://", "https://")):
            raise FetchError(sentence("layers", "link_no_address"))
        return super().read_text(source, *args, **kwargs)


def _open(reader: _Reader, endpoint: str, collection: str) -> Client:
    client = Client.open(endpoint, stac_io=reader)
    if client.get_collection(collection) is None:
        raise LayersError(sentence("layers", "no_collection_there", url=unsigned(endpoint), collection=collection))
    return client


def _all_pages(
    client: Client,
    collection: str,
    box: tuple[float, float, float, float],
    period: str | None,
    patience: Patience,
) -> list[dict[str, Any]]:
    """Items of all pages, each once, ordered by id; pages that repeat without end are refused."""
    found: dict[str, dict[str, Any]] = {}
    idle = 0
    asked = client.search(collections=[collection], bbox=box, datetime=period, limit=PAGE_ITEMS, max_items=None)
    for page in asked.pages_as_dicts():
        before = len(found)
        for item in page["features"]:
            found.setdefault(item["id"], item)
        idle = 0 if len(found) > before else idle + 1
        if idle > IDLE_PAGES or len(found) > patience.most_items:
            raise FetchError(sentence("layers", "pages_endless", collection=collection, count=len(found)))
    return [found[name] for name in sorted(found)]
