"""Who files: credentials of the EU system, and the WS-Security header made of them.

The digest is Base64(SHA-1(nonce + created + key)) over the raw bytes of the nonce, as the OASIS UsernameToken Profile
1.0 says; clients that digest over its Base64 text are refused. The key is read from the environment or the keyring of
the system, is held in no file of a harvest, and its holder does not show it.
"""

import base64
import datetime as dt
import hashlib
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from eudr_check.errors import FilingError
from eudr_check.records import Element
from eudr_check.text import sentence

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
WSSE, WSU = f"{_OASIS}-wssecurity-secext-1.0.xsd", f"{_OASIS}-wssecurity-utility-1.0.xsd"
DIGEST = f"{_OASIS}-username-token-profile-1.0#PasswordDigest"
BASE64 = f"{_OASIS}-soap-message-security-1.0#Base64Binary"
LIFE = dt.timedelta(minutes=5)
"""How long a security header holds; Operator API Reference v1.0."""
NONCE_BYTES = 16
MOST_OPERATOR = 16

USER, KEY = "EUDR_CHECK_EU_USER", "EUDR_CHECK_EU_KEY"
CLIENT_ID, OPERATOR = "EUDR_CHECK_EU_CLIENT_ID", "EUDR_CHECK_EU_OPERATOR"


@dataclass(frozen=True)
class Credentials:
    """A web-service user of the EU system."""

    user: str
    """The EU Login name."""
    key: str = field(repr=False)
    """The authentication key of the profile page; never shown, logged or kept."""
    client_id: str
    """WebServiceClientId."""
    operator: str | None = None
    """OperatorAccessIdentifier, where one user files for several operators."""

    def security_header(self) -> Element:
        """A security header for one request, now."""
        return security_header(self, os.urandom(NONCE_BYTES), dt.datetime.now(dt.UTC))


def credentials(system: str, environment: Mapping[str, str]) -> Credentials:
    """The credentials for a system.

    Args:
        system: acceptance or production; the keyring keeps one key for each, as service `eudr-check SYSTEM`.
        environment: of the process.

    Raises:
        FilingError: something is missing; names the variable and never a value of the key.
    """
    missing = [name for name in (USER, CLIENT_ID) if not environment.get(name)]
    if missing:
        both = sentence("filing", "both", first=USER, second=CLIENT_ID)
        raise FilingError(sentence("filing", "not_set", names=both if len(missing) > 1 else missing[0]))
    user = environment[USER]
    key = environment.get(KEY) or _from_keyring(system, user)
    if not key:
        raise FilingError(sentence("filing", "no_key", name=KEY, user=user, system=system))
    operator = environment.get(OPERATOR) or None
    if operator is not None and len(operator) > MOST_OPERATOR:
        raise FilingError(
            sentence("filing", "operator_too_long", name=OPERATOR, count=len(operator), most=MOST_OPERATOR)
        )
    return Credentials(user, key, environment[CLIENT_ID], operator)


def _from_keyring(system: str, user: str) -> str | None:
    """The key the keyring of the system holds; None without the library or without a key."""
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        key: str | None = keyring.get_password(f"eudr-check {system}", user)
    except keyring.errors.NoKeyringError:
        return None
    except keyring.errors.KeyringError as error:
        raise FilingError(sentence("filing", "keyring_locked", problem=type(error).__name__, name=KEY)) from error
    return key


def security_header(who: Credentials, nonce: bytes, created: dt.datetime) -> Element:
    """Timestamp and UsernameToken with a password digest.

    Args:
        who: files.
        nonce: raw bytes, never used before.
        created: now, with a time zone.
    """
    root = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
    timestamp = etree.SubElement(root, f"{{{WSU}}}Timestamp")
    etree.SubElement(timestamp, f"{{{WSU}}}Created").text = instant(created)
    etree.SubElement(timestamp, f"{{{WSU}}}Expires").text = instant(created + LIFE)
    token = etree.SubElement(root, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = who.user
    password = etree.SubElement(token, f"{{{WSSE}}}Password", Type=DIGEST)
    password.text = digest(nonce, instant(created), who.key)
    etree.SubElement(token, f"{{{WSSE}}}Nonce", EncodingType=BASE64).text = base64.b64encode(nonce).decode("ascii")
    etree.SubElement(token, f"{{{WSU}}}Created").text = instant(created)
    return root


def digest(nonce: bytes, created: str, key: str) -> str:
    """Password digest over the raw bytes of a nonce.

    >>> digest(bytes(16), "2026-01-15T10:00:00.000Z", "key")
    'hiKvKH++xdMyKwVKd4PGyxZZKtY='
    """
    made = hashlib.sha1(nonce + created.encode() + key.encode(), usedforsecurity=False).digest()
    return base64.b64encode(made).decode("ascii")


def instant(time: dt.datetime) -> str:
    """A time as the header writes it: UTC with milliseconds."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
