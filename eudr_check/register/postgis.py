"""The register in PostgreSQL with PostGIS: the tables of the GeoPackage, for platforms with many exporters.

Writers take turns as they do at the file: each holds one lock from its start to its end, so that what it has read
is still true when it writes. Readers wait for nobody and see one moment. All tables stand in a schema of their own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import shapely

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Database
from eudr_check.text import sentence

if TYPE_CHECKING:
    import psycopg

SCHEMA = "eudr_check"
VERSIONS = "alembic_version"
HEAD = "0001"
"""Migration that this version works with."""
MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_S = 60
CONNECT_S = 10
_LOCK = int.from_bytes(b"eudr", "big")
"""Key of the advisory lock that every writer of a database holds."""
_WGS84_ID = 4326
_MARK = re.compile(r"\?|:(\w+)")
_Row = Any
_Key = Any
"""Both as typeshed has them for rows of SQLite."""
Values = Sequence[object] | Mapping[str, object]


class Row(tuple[Any, ...]):
    """Values of a row, which answer to the names of their columns too, as those of `sqlite3.Row` do."""

    _at: Mapping[str, int]

    def __getitem__(self, key: "_Key") -> "_Row":
        return super().__getitem__(self._at[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """Names of the columns."""
        return list(self._at)


class Rows(Protocol):
    """What a statement found, read as a cursor of SQLite is."""

    @property
    def description(self) -> "_Row": ...

    def fetchone(self) -> "_Row": ...

    def fetchall(self) -> "list[_Row]": ...

    def __iter__(self) -> "Iterator[_Row]": ...


class Connection:
    """One transaction, spoken to as one of SQLite is: SQL that both know, `?` or `:name` for values."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection

    def execute(self, sql: str, values: Values = ()) -> "Rows":
        """Run a statement; its rows are read from what is returned."""
        marked = _MARK.sub(lambda mark: f"%({mark[1]})s" if mark[1] else "%s", sql.replace("%", "%%"))
        if isinstance(values, Mapping):
            return self._connection.execute(marked.encode(), {name: _value(one) for name, one in values.items()})
        return self._connection.execute(marked.encode(), [_value(one) for one in values])


@contextmanager
def writing(database: Database) -> Iterator[Connection]:
    """One transaction that holds the lock of the register from its start; the tables are made where there are none.

    Raises:
        RegisterError: it cannot be written. Nothing of the transaction stays.
    """
    with _errors(database), ExitStack() as held:
        connection = held.enter_context(_connected(database))
        if _version(connection) != HEAD:
            held.close()
            _migrate(database)
            connection = held.enter_context(_connected(database))
        # Each statement sees what was there when the lock was given, not when it was asked for.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        yield Connection(connection)


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    """One consistent view of the register; one of an earlier version is brought up to date first.

    Raises:
        RegisterError: it is not there or cannot be read.
    """
    with _errors(database), ExitStack() as held:
        connection = held.enter_context(_connected(database, one_moment=True))
        version = _version(connection)
        if version is None:
            raise RegisterError(sentence("register", "database_empty", register=database.name))
        if version != HEAD:
            held.close()
            _migrate(database)
            connection = held.enter_context(_connected(database, one_moment=True))
        yield Connection(connection)


def there(database: Database) -> bool:
    """Whether the database holds a register.

    Raises:
        RegisterError: it cannot be asked.
    """
    with _errors(database), _connected(database) as connection:
        return _version(connection) is not None


@contextmanager
def _connected(database: Database, *, one_moment: bool = False) -> Iterator["psycopg.Connection[Row]"]:
    """A transaction that ends well or leaves nothing."""
    import psycopg
    from psycopg.types import TypeInfo

    with psycopg.connect(
        database.url, connect_timeout=CONNECT_S, application_name="eudr-check", row_factory=_rows
    ) as connection:
        if one_moment:
            connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        _set(connection)
        geometry = TypeInfo.fetch(connection, "geometry")
        if geometry is not None:
            connection.adapters.register_loader(geometry.oid, _loader())
        connection.adapters.register_dumper(bytes, _dumper())
        yield connection


def _set(connection: "psycopg.Connection[Row]") -> None:
    """Our schema before those in which PostGIS may be, until the transaction ends."""
    connection.execute(
        "SELECT set_config('search_path', %s || ', ' || current_setting('search_path'), true), "
        "set_config('lock_timeout', %s, true)",
        (SCHEMA, f"{WAIT_S}s"),
    )


def _version(connection: "psycopg.Connection[Row]") -> str | None:
    """The last migration of a register; None where there is no register."""
    tables = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = %s", (SCHEMA, VERSIONS))
    if tables.fetchone() is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _migrate(database: Database) -> None:
    """Bring the tables up to date; of two that try, one does."""
    import psycopg
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    # The password is for libpq alone: SQLAlchemy never sees the address.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(database.url, connect_timeout=CONNECT_S),
        poolclass=NullPool,
    )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            connection.execute(
                text(f"SELECT set_config('search_path', '{SCHEMA}, ' || current_setting('search_path'), true)")
            )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise RegisterError(sentence("register", "database_newer", register=database.name)) from error
    except DBAPIError as error:
        raise _refused(database, error.orig or error) from error


@contextmanager
def _errors(database: Database) -> Iterator[None]:
    try:
        import psycopg
    except ImportError as error:
        raise RegisterError(sentence("register", "postgis_lacks", register=database.name)) from error
    try:
        yield
    except ImportError as error:
        raise RegisterError(sentence("register", "postgis_lacks", register=database.name)) from error
    except psycopg.Error as error:
        raise _refused(database, error) from error


def _refused(database: Database, error: BaseException) -> RegisterError:
    problem = " ".join(str(error).split())
    return RegisterError(sentence("register", "database_refused", register=database.name, problem=problem))


def _value(value: object) -> object:
    """As SQLite keeps it: NaN is nothing. PostgreSQL knows no NUL in a text, so that stands as it is written."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.replace("\0", "\\x00") if isinstance(value, str) else value


def _rows(cursor: "psycopg.Cursor[Any]") -> Any:
    names = [column.name for column in cursor.description or ()]
    # The first of two columns of one name answers to it, as in SQLite.
    at = {name: place for place, name in reversed([*enumerate(names)])}
    in_order = {name: at[name] for name in dict.fromkeys(names)}

    def row(values: Sequence[object]) -> Row:
        made = Row(values)
        made._at = in_order
        return made

    return row


def _dumper() -> Any:
    """GeoPackage binary, the only bytes of a register, to PostGIS."""
    from psycopg.adapt import Dumper

    from eudr_check.register.store import shapes

    class ToPostgis(Dumper):
        def dump(self, obj: bytes) -> bytes:
            (shape,) = shapes([obj])
            return str(shapely.to_wkb(shapely.set_srid(shape, _WGS84_ID), hex=True, include_srid=True)).encode()

    return ToPostgis


def _loader() -> Any:
    """PostGIS to GeoPackage binary."""
    from psycopg.adapt import Loader

    from eudr_check.register.store import blobs

    class FromPostgis(Loader):
        def load(self, data: Any) -> bytes | None:
            return blobs(shapely.set_srid(shapely.from_wkb([bytes(data)]), 0))[0]

    return FromPostgis
