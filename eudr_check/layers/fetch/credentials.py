"""What a server wants to see before it opens: signatures and tokens, kept out of everything that is written down."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from eudr_check import object_store
from eudr_check.errors import FetchError
from eudr_check.layers.fetch.addresses import (
    MAY_STAY,
    is_clear,
    is_loopback,
    is_secret,
    is_signature,
    without_path_secrets,
)
from eudr_check.layers.places import Place
from eudr_check.text import sentence

Signing = Literal["planetary_computer", "object_store"]


@dataclass(frozen=True)
class Access:
    """How the assets of one place are opened."""

    signing: Signing | None = None
    token_env: str | None = None
    token_hosts: tuple[str, ...] = ()
    token_header: str = "Authorization"
    ranges: bool = True
    s3_endpoint: str | None = None
    """Store of the place's s3:// addresses, where that is not Amazon's; it wants keys of its own."""
    replaced: bool = False
    """Files change in place: what is known here is compared with the server's before it is used."""
    home: frozenset[str] = frozenset()
    """Places inside this network (`addresses.place`) that may be asked: the catalogue's own, and those users name."""

    @classmethod
    def of(cls, place: Place | None, signing: Signing | None = None) -> "Access":
        """How a place of a definition is opened; the harvest's catalogue may name the signing itself."""
        if place is None:
            return cls(signing)
        ranges = place.tiles is None or place.tiles.ranges
        token = place.token_env, place.token_hosts, place.token_header
        replaced = place.tiles is not None and place.tiles.replaced
        return cls(signing or place.signing, *token, ranges, place.s3_endpoint, replaced)

    def signed(self, href: str, *, renew: bool = False) -> str:
        """The address to open now; `renew` asks for a fresh signature although the known one has not run out.

        Raises:
            FetchError: there are no credentials to sign with.
        """
        if self.s3_endpoint is not None and urlsplit(href).scheme == "s3":
            self._require_own_store(href, self.s3_endpoint)
        if self.signing is None:
            return href
        if self.signing == "object_store":
            return object_store.signed(href) if urlsplit(href).scheme in object_store.PACKAGES else href
        import planetary_computer  # late: one catalogue of many needs it

        if renew:
            # The package keeps a token until shortly before its end; after a 403 that token is no good.
            planetary_computer.sas.TOKEN_CACHE.clear()
        return str(planetary_computer.sign_url(href))

    def _require_own_store(self, href: str, endpoint: str) -> None:
        """Refuse to ask Amazon for a bucket of another store, or to sign for it with keys of another."""
        given = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        if self.signing != "object_store" or urlsplit(given).hostname != urlsplit(endpoint).hostname:
            raise FetchError(sentence("layers", "bucket_keys", href=unsigned(href), endpoint=endpoint))

    def headers(self, href: str) -> Mapping[str, str]:
        """Headers that carry a token, for the hosts it is meant for and no others.

        Raises:
            FetchError: the environment variable is not set.
        """
        if not is_clear(href):
            raise FetchError(sentence("layers", "address_malformed", href=unsigned(href)))
        parts = urlsplit(href)
        if self.token_env is None or parts.hostname not in self.token_hosts:
            return {}
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise FetchError(sentence("layers", "token_over_http", href=unsigned(href)))
        token = os.environ.get(self.token_env)
        if not token:
            raise FetchError(sentence("layers", "token_missing", href=unsigned(href), variable=self.token_env))
        return {self.token_header: f"Bearer {token}" if self.token_header == "Authorization" else token}


def unsigned(href: str) -> str:
    """An address as it may be written down: without signatures, tokens, user names and passwords.

    Of the query only parameters stay that are known to be harmless. Those that are neither known nor look like a
    secret may name the file: their place is taken by a digest, so that two files never share one address.

    >>> unsigned("https://x.blob.core.windows.net/c/a.tif?se=2026&sig=abc&type=tile")
    'https://x.blob.core.windows.net/c/a.tif?type=tile'
    """
    scheme, _, rest = href.partition("://")
    if scheme in object_store.PACKAGES:
        # In a key of an object store '?' and '#' are letters like others; cut off, two files would be one.
        bucket, slash, object_key = rest.partition("/")
        return f"{scheme}://{bucket.rpartition('@')[2]}{slash}{object_key}"
    try:
        parts = urlsplit(href)
    except ValueError:
        return f"{scheme}://(malformed address)"
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, _plain(value)) for name, value in query if name.lower() in MAY_STAY]
    others = [pair for pair in query if pair[0].lower() not in MAY_STAY and not is_secret(pair[0])]
    digest = hashlib.sha256(urlencode(others).encode()).hexdigest()[:16] if others else ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, without_path_secrets(parts.path)[0], urlencode(kept), digest))


def _plain(value: str) -> str:
    """A parameter as it may be shown: it may hold an address itself."""
    return unsigned(value) if "://" in value else value


def kept_back(href: str) -> str:
    """Digest of what `unsigned` leaves out though it may say which file is meant; signatures, which change, aside.

    It distinguishes two files on this machine, and is never written into a table.
    """
    try:
        parts = urlsplit(href)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    inner = [(name, kept_back(value)) for name, value in query if name.lower() in MAY_STAY and "://" in value]
    secrets = [pair for pair in query if is_secret(pair[0])] + [*without_path_secrets(parts.path)[1]]
    secrets = [pair for pair in secrets if not is_signature(pair[0])] + [pair for pair in inner if pair[1]]
    return hashlib.sha256(urlencode(secrets).encode()).hexdigest() if secrets else ""


def web_address(href: str) -> str:
    """The https form of `gs://` and `s3://` addresses of public buckets; others as they are."""
    parts = urlsplit(href)
    if parts.scheme == "gs":
        return f"https://storage.googleapis.com/{parts.netloc}{parts.path}"
    if parts.scheme == "s3":
        return f"https://{parts.netloc}.s3.amazonaws.com{parts.path}"
    return href
