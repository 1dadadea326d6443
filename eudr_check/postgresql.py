"""Addresses of PostgreSQL databases, which stand in harvests and on command lines: never with a password.

The password comes from where libpq looks for it: PGPASSWORD, the file PGPASSFILE names, ~/.pgpass, or a service.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from eudr_check import object_store
from eudr_check.errors import ConfigError
from eudr_check.text import sentence

SCHEMES = ("postgresql", "postgres")
SECRETS = ("password", "sslpassword", "oauth_client_secret")
"""Parameters of libpq that hold a secret."""


SERVERS = ("host", "hostaddr", "port", "service")
"""Parameters of libpq that say which server is meant."""


@dataclass(frozen=True)
class Database:
    """A database by its address, as libpq reads it (`postgresql://USER@HOST:PORT/NAME?sslmode=verify-full`)."""

    url: str

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """What to call it before people, as the name of a file is."""
        return self.url

    @property
    def stem(self) -> str:
        """The server and the name of the database, as the name of a folder: two registers never share one.

        >>> Database("postgresql://eudr@db.example.org:5433/register?sslmode=require").stem
        'db.example.org_5433_register'
        """
        parts = urlsplit(self.url)
        where = [value for key, value in parse_qsl(parts.query) if key in SERVERS]
        named = [parts.netloc.rpartition("@")[2], *where, parts.path]
        return "_".join(text for one in named if (text := re.sub(r"[^\w.-]+", "_", one).strip("_")))


Place = Path | Database
"""Where a register is: a GeoPackage, or a database."""


def is_address(text: str) -> bool:
    """Whether a text means a database.

    >>> is_address("postgresql://eudr@db/register"), is_address("runs/register.gpkg")
    (True, False)
    """
    return text.partition("://")[0].lower() in SCHEMES


def database(text: str) -> Database:
    """The database of an address.

    Raises:
        ConfigError: the address holds a password (which the message does not repeat), or is none.
    """
    try:
        parts = urlsplit(text)
        secret = parts.password is not None or any(key.lower() in SECRETS for key, _ in parse_qsl(parts.query))
    except ValueError:
        raise ConfigError(sentence("register", "address_form")) from None
    if secret:
        raise ConfigError(sentence("register", "password_in_address"))
    if not parts.path.strip("/"):
        raise ConfigError(sentence("register", "address_form"))
    return Database(urlunsplit(parts._replace(scheme="postgresql")))


def place(text: str) -> Place:
    """The register that a user means.

    Raises:
        ConfigError: an address that no register can have.
    """
    return database(text) if is_address(text) else object_store.local(text)
