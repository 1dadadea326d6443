"""What only a register in a database can get wrong: its tables, its versions, its password, many at once."""

import datetime as dt
import re
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.script import ScriptDirectory
from typer.testing import CliRunner

from eudr_check import register
from eudr_check.cli.commands import app
from eudr_check.errors import ConfigError, RegisterError
from eudr_check.postgresql import Database
from eudr_check.postgresql import place as place_of
from eudr_check.register import outbox, postgis, store
from tests.helpers.register_tables import NUMBERS, plots_of, record
from tests.helpers.registers import Databases, counts

TYPES = {"TEXT": "text", "INTEGER": "integer", "DOUBLE": "double precision", "GEOMETRY": "geometry"}
SECRET = "s3cret-of-rosa"


@pytest.fixture
def database(databases: Databases) -> Database:
    """An empty register."""
    return databases.new()


def declared() -> dict[tuple[str, str], tuple[str, bool]]:
    """Type of every column of the GeoPackage, and whether it may be empty."""
    found = {}
    for table, columns in store.TABLES.items():
        for column in re.split(r", (?![^(]*\))", re.sub(r", UNIQUE \(.*", "", columns)):
            name, kind, *rest = column.split()
            found[table, name] = (TYPES[kind], rest[:2] != ["NOT", "NULL"])
    return found


def test_the_tables_are_those_of_the_geopackage(database: Database) -> None:
    """Every table, column, type and rule of one kind is in the other; a new one needs a migration."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, CASE data_type WHEN 'USER-DEFINED' THEN udt_name ELSE data_type END, "
            "is_nullable, "
            "column_name IN ('package', 'statement', 'outcome', 'number', 'filing') AND data_type = 'bigint' "
            "FROM information_schema.columns WHERE table_schema = 'eudr_check' "
            "AND table_name <> 'alembic_version' AND column_name <> 'fid'"
        ).fetchall()
        unique = connection.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'eudr_check' AND indexdef ~ 'UNIQUE'"
        ).fetchall()
        sorting = connection.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'eudr_check' "
            "AND table_name <> 'alembic_version' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        ).fetchone()
    made = {(table, name): ("integer" if wide else kind, empty == "YES") for table, name, kind, empty, wide in rows}
    wanted = {table: rule[1] for table, text in store.TABLES.items() if (rule := re.search(r"UNIQUE \((.*)\)", text))}
    rules = {(table, "sha256" if "sha256" in text else text.partition("btree (")[2][:-1]) for table, text in unique}

    assert made == declared()
    assert {(table, "sha256" if "geom" in rule else rule) for table, rule in wanted.items()} <= rules
    assert sorting == (0,)


def test_this_version_works_with_the_last_migration() -> None:
    """A migration without a new `HEAD` would be run at every start, and a `HEAD` without one never found."""
    assert ScriptDirectory(str(postgis.MIGRATIONS)).get_current_head() == postgis.HEAD


def test_tables_of_others_stay_as_they_are(databases: Databases) -> None:
    """A platform has tables called `plots` too: ours stand in a schema of their own."""
    database = databases.empty()
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE plots (mine text)")
        connection.execute("INSERT INTO plots VALUES ('stays')")
    record(database, "2026", {"A": "low"})
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT mine FROM public.plots").fetchall() == [("stays",)]
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert {name for (name,) in tables} <= {"plots", "spatial_ref_sys"}
    assert counts(database, "plots") == {"plots": 1}


def test_reading_makes_nothing(databases: Databases) -> None:
    """A database without a register is told so and stays empty."""
    database = databases.empty()
    with pytest.raises(RegisterError, match="no register yet"):
        register.harvests(database)
    with pytest.raises(RegisterError, match="no register yet"):
        register.note(database, "2026", "1", **NUMBERS)
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT to_regnamespace('eudr_check')").fetchone() == (None,)
    assert not register.there(database)


def test_tables_of_a_later_version_are_refused(databases: Databases) -> None:
    """Neither read nor written."""
    database = databases.empty()
    record(database, "2026", {"A": "low"})
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE eudr_check.alembic_version SET version_num = '9999'")
    for act in (register.harvests, lambda one: register.record_land(one, "2027", plots_of(["B"]))):
        with pytest.raises(RegisterError, match="later version"):
            act(database)


def test_nothing_of_a_writer_that_fails_stays(database: Database) -> None:
    """An error in the middle, and a connection that is lost, leave the register as it was."""
    record(database, "2026", {"A": "low"})
    before = register.land_state(database, "other")
    with pytest.raises(ZeroDivisionError), store.writing(database) as connection:
        connection.execute("DELETE FROM plots")
        _ = 1 / 0
    with pytest.raises(RegisterError, match="postgresql://"), store.writing(database) as connection:
        connection.execute("DELETE FROM plots")
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert register.land_state(database, "other") == before


def test_a_writer_sees_what_the_one_before_it_wrote(place: Path | Database) -> None:
    """Two that read a value and write it back one higher: none of a hundred additions is lost."""
    with store.writing(place) as connection:
        store.insert(
            connection, "losses", geom=store.blobs(plots_of(["A"]).geometry)[0], harvest="h", event="e", year=0
        )

    def add() -> None:
        for _ in range(25):
            with store.writing(place) as connection:
                (value,) = connection.execute("SELECT year FROM losses").fetchone()
                time.sleep(0.001)
                connection.execute("UPDATE losses SET year = ?", (value + 1,))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading(place) as connection:
        assert connection.execute("SELECT year FROM losses").fetchone()[0] == 100


def test_of_many_that_file_at_once_one_does(place: Path | Database) -> None:
    """The same shipment is begun once; who comes second is told that an answer is open."""
    sent = outbox.Sent("production", "dds", "submit", "pe.A", "body", "pe")
    ended: list[str] = []

    def begin() -> None:
        try:
            outbox.begin(place, sent, dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
            ended.append("begun")
        except RegisterError:
            ended.append("refused")

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ended) == ["begun", *["refused"] * 5]


def test_a_reader_sees_one_moment_and_waits_for_nobody(database: Database) -> None:
    """What a writer does meanwhile is not half seen; the writer does not wait either."""
    record(database, "2026", {"A": "low"})
    with store.reading(database) as connection:
        before = connection.execute("SELECT count(*) FROM plots").fetchone()[0]
        record(database, "2027", {"B": "low", "C": "low"}, digest="d2" * 32)
        after = connection.execute("SELECT count(*) FROM plots").fetchone()[0]

    assert (before, after) == (1, 1)
    assert counts(database, "plots") == {"plots": 3}


def test_values_are_kept_as_sqlite_keeps_them(place: Path | Database) -> None:
    """Hectares that are no number are nothing, and an answer with a NUL in it is kept all the same."""
    record(place, "2026", {"A": "low"})
    with store.writing(place) as connection:
        connection.execute("UPDATE plots SET area_ha = ?", (float("nan"),))
        store.insert(connection, "filing_answers", filing=1, request="r", time="t", http=500, answer="100% \0? ü")
    with store.reading(place) as connection:
        (row,) = connection.execute("SELECT * FROM filing_answers").fetchall()
        assert connection.execute("SELECT area_ha FROM plots").fetchone()[0] is None

    assert row["answer"].startswith("100% ")
    assert (row["http"], row[-1], dict(row)["request"]) == (500, row["answer"], "r")


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://rosa:{SECRET}@127.0.0.1/register",
        f"postgres://rosa@127.0.0.1/register?password={SECRET}",
        f"postgresql://127.0.0.1/register?user=rosa&sslpassword={SECRET}",
    ],
)
def test_a_password_in_an_address_is_refused_unsaid(tmp_path: Path, address: str) -> None:
    """In a harvest and on the command line; no message repeats it."""
    told = CliRunner().invoke(app, ["register", "list", address])
    with pytest.raises(ConfigError, match="PGPASSWORD") as error:
        place_of(address)

    assert SECRET not in f"{told.output}{told.exception}{error.value}"
    assert "PGPASSWORD" in f"{told.exception}"


def test_a_wrong_password_is_told_and_a_right_one_is_never_written(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked with the password of the environment, which stands in no message, address or file."""
    database = databases.empty()
    name = urlsplit(database.url).path.strip("/")
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(f"DROP ROLE IF EXISTS rosa; CREATE ROLE rosa LOGIN PASSWORD '{SECRET}'")
        connection.execute(f"GRANT CREATE ON DATABASE {name} TO rosa")
    rules = databases.server.folder / "db" / "pg_hba.conf"
    held = rules.read_text(encoding="utf-8")
    rules.write_text("host all rosa 127.0.0.1/32 scram-sha-256\n" + held, encoding="utf-8")
    try:
        with psycopg.connect(database.url) as connection:
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)
        hers = Database(databases.server.address(name, "rosa"))
        monkeypatch.setenv("PGPASSWORD", f"not-{SECRET}")
        with pytest.raises(RegisterError, match="authentication") as error:
            record(hers, "2026", {"A": "low"})
        assert SECRET not in str(error.value)
        pgpass = tmp_path / "pgpass"
        pgpass.write_text(f"*:*:*:rosa:{SECRET}\n", encoding="utf-8")
        pgpass.chmod(0o600)
        monkeypatch.delenv("PGPASSWORD")
        monkeypatch.setenv("PGPASSFILE", str(pgpass))
        record(hers, "2026", {"A": "low"})
        assert counts(hers, "plots") == {"plots": 1}
        assert SECRET not in str(register.content(hers))
    finally:
        rules.write_text(held, encoding="utf-8")
        with psycopg.connect(database.url) as connection:
            connection.execute("SELECT pg_reload_conf()")


def test_two_servers_share_no_folder() -> None:
    """What was seen of one register is not what was seen of another of the same name: an alert would be known."""
    named = [
        "postgresql://eudr@db.example.org/register",
        "postgresql://eudr@rehearsal.example.org/register",
        "postgresql:///register?host=/run/one",
        "postgresql:///register?host=/run/two",
        "postgresql:///register",
    ]

    assert [Database(one).stem for one in named] == [
        "db.example.org_register", "rehearsal.example.org_register", "run_one_register", "run_two_register", "register"
    ]  # fmt: skip


def test_a_server_that_is_not_there_is_told() -> None:
    """The address, the problem and what to do."""
    with pytest.raises(RegisterError, match=r"postgresql://rosa@127\.0\.0\.1:1/none.*PGPASSWORD"):
        register.harvests(Database("postgresql://rosa@127.0.0.1:1/none"))


def test_without_its_libraries_it_is_said_which(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who installed no extra is told its name."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RegisterError, match=r"eudr-check\[postgis\]"):
        register.harvests(Database("postgresql://rosa@127.0.0.1:1/none"))
