"""What a server wants to see before it opens: signatures and tokens, kept out of everything that is written down."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from eudr_check import mirror
from eudr_check.errors import FetchError
from eudr_check.layers.definition import Place

_AZURE = {"st", "se", "sp", "sv", "sr", "sig", "ske", "sks", "skt", "skv", "skoid", "sktid", "spr", "sip"}
_OTHERS = {"signature", "expires", "awsaccesskeyid", "googleaccessid", "token", "access_token", "apikey", "api_key"}
_SECRET_PARAMETERS = frozenset(_AZURE | _OTHERS | {"x-api-key", "key-pair-id", "policy", "subscription-key"})

Signing = Literal["planetary_computer", "object_store"]


@dataclass(frozen=True)
class Access:
    """How the assets of one place are opened."""

    signing: Signing | None = None
    token_env: str | None = None
    token_hosts: tuple[str, ...] = ()
    token_header: str = "Authorization"
    ranges: bool = True

    @classmethod
    def of(cls, place: Place | None, signing: Signing | None = None) -> "Access":
        """How a place of a definition is opened; the harvest's catalogue may name the signing itself."""
        if place is None:
            return cls(signing)
        ranges = place.tiles is None or place.tiles.ranges
        return cls(signing or place.signing, place.token_env, place.token_hosts, place.token_header, ranges)

    def signed(self, href: str, *, anew: bool = False) -> str:
        """The address to open now; `anew` asks for a fresh signature although the known one has not run out.

        Raises:
            FetchError: there are no credentials to sign with.
        """
        if self.signing is None:
            return href
        if self.signing == "object_store":
            return mirror.signed(href) if urlsplit(href).scheme in mirror.PACKAGES else href
        import planetary_computer  # late: one catalogue of many needs it

        if anew:
            # The package keeps a token until shortly before its end; after a 403 that token is no good.
            planetary_computer.sas.TOKEN_CACHE.clear()
        return str(planetary_computer.sign_url(href))

    def headers(self, href: str) -> Mapping[str, str]:
        """Headers that carry a token, for the hosts it is meant for and no others.

        Raises:
            FetchError: the environment variable is not set.
        """
        if self.token_env is None or urlsplit(href).hostname not in self.token_hosts:
            return {}
        token = os.environ.get(self.token_env)
        if not token:
            raise FetchError(f"{unsigned(href)}: this server wants a token; set {self.token_env} in the environment")
        return {self.token_header: f"Bearer {token}" if self.token_header == "Authorization" else token}


def unsigned(href: str) -> str:
    """An address without signatures, tokens, user names and passwords.

    >>> unsigned("https://x.blob.core.windows.net/c/a.tif?se=2026&sig=abc&type=tile")
    'https://x.blob.core.windows.net/c/a.tif?type=tile'
    """
    scheme, _, rest = href.partition("://")
    if scheme in mirror.PACKAGES:
        # In a key of an object store '?' and '#' are letters like others; cut off, two files would be one.
        bucket, slash, object_key = rest.partition("/")
        return f"{scheme}://{bucket.rpartition('@')[2]}{slash}{object_key}"
    parts = urlsplit(href)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _SECRET_PARAMETERS and not name.lower().startswith(("x-amz-", "x-goog-"))
    ]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(kept), ""))


def web_address(href: str) -> str:
    """The https form of `gs://` and `s3://` addresses of public buckets; others as they are."""
    parts = urlsplit(href)
    if parts.scheme == "gs":
        return f"https://storage.googleapis.com/{parts.netloc}{parts.path}"
    if parts.scheme == "s3":
        return f"https://{parts.netloc}.s3.amazonaws.com{parts.path}"
    return href
