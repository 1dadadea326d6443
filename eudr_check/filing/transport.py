"""Requests over HTTPS: five a second, no redirects, answers of bounded size, and an honest word on time-outs."""

import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import requests
import urllib3

from eudr_check.errors import FilingError
from eudr_check.filing import answers
from eudr_check.filing.answers import Answer
from eudr_check.filing.messages import SERVICES, Request
from eudr_check.filing.security import Credentials
from eudr_check.text import sentence

System = Literal["acceptance", "production"]
ADDRESSES: dict[System, str] = {
    "acceptance": "https://acceptance.eudr.webcloud.ec.europa.eu/tracesnt/ws/",
    "production": "https://eudr.webcloud.ec.europa.eu/tracesnt/ws/",
}
SECONDS_PER_CALL = 0.2
"""Five calls a second from one address; Operator API Reference v1.0."""
CONNECT_S, READ_S = 20.0, 120.0
MOST_BYTES = 64 * 2**20
"""Of an answer; a statement has up to 25 MB of geolocation."""


class NotSentError(FilingError):
    """The request was certainly not handled: no connection was made, or the system had no room for it."""


class NoAnswerError(FilingError):
    """The request may have been handled: it was sent, and no answer of the system came back."""


@dataclass
class Link:
    """The way to one system."""

    address: str
    """Ends with `/`; the name of a service follows."""
    credentials: Credentials
    seconds_per_call: float = SECONDS_PER_CALL
    read_s: float = READ_S
    _last: float = field(default=-1e9, repr=False)

    def __post_init__(self) -> None:
        """Raises FilingError for an address that would send credentials in the open."""
        parts = urlsplit(self.address)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise FilingError(sentence("filing", "open_to_read", endpoint=self.address))
        self.address = self.address.rstrip("/") + "/"

    def send(self, request: Request) -> tuple[Answer, tuple[int, bytes]]:
        """Send a request once.

        Returns:
            The answer as read, and as it came: HTTP status and body.

        Raises:
            NotSentError: it was certainly not handled.
            NoAnswerError: it may have been handled.
        """
        self._wait()
        where = f"{self.address}{SERVICES[request.service]}"
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{request.action}"'}
        content = request.envelope(self.credentials)
        try:
            with requests.post(
                where,
                data=content,
                headers=headers,
                timeout=(CONNECT_S, self.read_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                status, body = response.status_code, _bounded(response)
        except requests.RequestException as error:
            raise _unanswered(where, error) from error
        if status == requests.codes.too_many_requests:
            raise NotSentError(sentence("filing", "too_many_requests", endpoint=where))
        try:
            return answers.read(body), (status, body)
        except ValueError as error:
            raise NoAnswerError(
                sentence("filing", "answer_unreadable", endpoint=where, status=status, problem=error.args[0])
            ) from error

    def _wait(self) -> None:
        left = self._last + self.seconds_per_call - time.monotonic()
        if left > 0:
            time.sleep(left)
        self._last = time.monotonic()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bounded(response: requests.Response) -> bytes:
    found = bytearray()
    for piece in response.iter_content(2**16):
        found += piece
        if len(found) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError(f"more than {MOST_BYTES} bytes")
    return bytes(found)


def _unanswered(where: str, error: requests.RequestException) -> FilingError:
    """Only where no connection was made is it certain that nothing arrived."""
    cause: BaseException | None = error
    seen: list[BaseException] = []
    while cause is not None and cause not in seen:
        seen.append(cause)
        reason = getattr(cause, "reason", None)
        cause = reason if isinstance(reason, BaseException) else cause.__cause__ or cause.__context__
    # Of TLS only a certificate that was not trusted comes before anything is sent; other errors may cut the answer off.
    never = (
        requests.ConnectTimeout,
        ssl.SSLCertVerificationError,
        requests.exceptions.ProxyError,
        urllib3.exceptions.NewConnectionError,
        socket.gaierror,
        ConnectionRefusedError,
    )
    name = type(error).__name__
    if any(isinstance(one, never) for one in seen):
        return NotSentError(sentence("filing", "no_connection", endpoint=where, problem=name))
    return NoAnswerError(sentence("filing", "no_answer", endpoint=where, problem=name))
