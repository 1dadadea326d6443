"""Registers of both kinds: files, and databases of a PostgreSQL that starts when the first test asks for one."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eudr_check.postgresql import Database, Place
from eudr_check.register import store
from tests.helpers.programs import Postgresql, postgresql

KINDS = ("geopackage", "postgis")


class Databases:
    """Databases of one server."""

    def __init__(self, server: Postgresql) -> None:
        self.server = server
        self._numbers = itertools.count()
        self._shared = Database(server.make("shared"))

    def empty(self) -> Database:
        """A new one, without any table."""
        return Database(self.server.make(f"register_{next(self._numbers)}"))

    def new(self) -> Database:
        """A register that holds nothing; its tables are those of the test before, emptied, which takes no time."""
        with store.writing(self._shared) as database:
            database.execute(f"TRUNCATE {', '.join(store.TABLES)} RESTART IDENTITY")
        return self._shared


@contextmanager
def databases() -> Iterator[Databases]:
    """A server for the tests of a process."""
    # Short: the path of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg") as folder, postgresql(Path(folder)) as server:
        yield Databases(server)


def counts(place: Place, *tables: str) -> dict[str, int]:
    """Rows of tables."""
    with store.reading(place) as database:
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
