"""What is known of a request that got no answer: only what certainly came before it was sent counts as not sent."""

import socket
import ssl

import pytest
import requests
import urllib3

from eudr_check.filing.transport import NoAnswerError, NotSentError, _unanswered


def wrapped(error: requests.RequestException, cause: BaseException) -> requests.RequestException:
    """An error of requests as urllib3 gives it on."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (wrapped(requests.exceptions.SSLError(), ssl.SSLCertVerificationError("self-signed")), NotSentError),
        (
            wrapped(requests.exceptions.SSLError(), ssl.SSLEOFError("EOF occurred in violation of protocol")),
            NoAnswerError,
        ),
        (wrapped(requests.exceptions.SSLError(), ssl.SSLError("bad record mac")), NoAnswerError),
        (requests.ConnectTimeout(), NotSentError),
        (wrapped(requests.ConnectionError(), ConnectionRefusedError()), NotSentError),
        (wrapped(requests.ConnectionError(), socket.gaierror("no name")), NotSentError),
        (requests.ReadTimeout(), NoAnswerError),
        (wrapped(requests.ConnectionError(), ConnectionResetError()), NoAnswerError),
        (wrapped(requests.ConnectionError(), BrokenPipeError()), NoAnswerError),
        (wrapped(requests.ConnectionError(), urllib3.exceptions.ProtocolError("Connection aborted.")), NoAnswerError),
        (requests.exceptions.ChunkedEncodingError(), NoAnswerError),
        (requests.exceptions.ContentDecodingError("too many bytes"), NoAnswerError),
    ],
)
def test_only_what_came_before_sending_is_not_sent(
    error: requests.RequestException, kind: type[NotSentError | NoAnswerError]
) -> None:
    """An answer cut off, also inside TLS, may follow a request that was filed: it is looked up, never sent again."""
    assert type(_unanswered("https://example.org/", error)) is kind
