"""Where requests may go: never into this network because a catalogue says so, and what of an address may be shown."""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

PORTS = {"http": 80, "https": 443}
MAY_STAY = frozenset(
    [
        "asset",
        "band",
        "bbox",
        "collection",
        "date",
        "dataset",
        "datetime",
        "download",
        "file",
        "filename",
        "format",
        "grid",
        "height",
        "id",
        "item",
        "lat",
        "latitude",
        "layer",
        "layers",
        "level",
        "lon",
        "longitude",
        "lng",
        "name",
        "path",
        "product",
        "request",
        "resolution",
        "row",
        "column",
        "service",
        "srs",
        "crs",
        "tile",
        "time",
        "type",
        "typenames",
        "version",
        "width",
        "x",
        "y",
        "year",
        "z",
        "zoom",
    ]
)
"""Query parameters that say which file is meant, and are no secret."""
_SIGNATURE = frozenset(
    [
        "st",
        "se",
        "sp",
        "sv",
        "sr",
        "sig",
        "ske",
        "sks",
        "skt",
        "skv",
        "skoid",
        "sktid",
        "spr",
        "sip",
        "signature",
        "expires",
        "awsaccesskeyid",
        "googleaccessid",
        "token",
        "access_token",
        "key-pair-id",
        "policy",
        "hdnea",
    ]
)
"""Parameters of signed addresses, which change from one hour to the next."""
_SECRET = re.compile(
    "key|sig|token|auth|secret|pass|pwd|jwt|hmac|sas|cred|hdnea|session|cookie|code|access|expire|policy|nonce|otp"
)
_SECRET_IN_PATH = re.compile("api.?key|token|secret|passw|signature|session|credential|jwt|hmac")
"""Fewer than in a query: folders called `country_code=PE` or `policy=1` say which file is meant."""
_IN_PATH = re.compile("(?<=[/;])([^/;=]+)=([^/;]+)")

_EMBEDDING = tuple(ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
"""IPv6 networks whose addresses end in an IPv4 address."""


def place(address: str) -> str:
    """Host and port of an address, as they are compared; empty for what has no host.

    >>> place("HTTPS://Example.org./stac"), place("http://[::1]:8080/")
    ('example.org:443', '::1:8080')
    """
    if not is_clear(address):
        return ""
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return f"{host}:{port}" if host else ""


def is_clear(address: str) -> bool:
    """Whether every reader of an address finds the same host in it.

    >>> is_clear("https://evil.example\\\\@good.example/x"), is_clear("https://good.example/a b")
    (False, True)
    """
    host = re.split("[/?#]", address.partition("://")[2], maxsplit=1)[0]
    return not any(letter in "\\ " for letter in host) and not any(ord(letter) < 32 for letter in address)


def without_path_secrets(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A path without the values of `;token=...` and `/token=.../`, and what was taken out (name, value)."""
    taken = []

    def hide(found: re.Match[str]) -> str:
        if not _SECRET_IN_PATH.search(unquote(found[1]).lower()):
            return found[0]
        taken.append((found[1], found[2]))
        return f"{found[1]}="

    return _IN_PATH.sub(hide, path), tuple(taken)


def is_inside(ip: str) -> bool:
    """Whether an IP address is no public one: loopback, private, link-local, reserved, also when wrapped in IPv6."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local:
            return True
        for wrapped in (address.ipv4_mapped, address.sixtofour):
            if wrapped is not None:
                return is_inside(str(wrapped))
        if any(address in network for network in _EMBEDDING) and int(address) > 1:
            return is_inside(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return not address.is_global or address.is_multicast


def is_loopback(host: str) -> bool:
    """Whether a host, as written, is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def is_signature(name: str) -> bool:
    """Whether a query parameter belongs to a signature, which comes and goes without naming a file."""
    plain = name.lower()
    return plain in _SIGNATURE or plain.startswith(("x-amz-", "x-goog-"))


def is_secret(name: str) -> bool:
    """Whether a query parameter is, or looks like, a key or signature."""
    return is_signature(name) or bool(_SECRET.search(name.lower()))
