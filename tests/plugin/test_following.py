"""SQLite connections of a user's own follow the clock, and none is harmed."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
import sys
import threading
from contextlib import closing
from sqlite3 import connect
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.errors import ClockIncoherent
from pytest_stigmer.store.following import Following

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = "SELECT datetime('now'), current_timestamp, strftime('%f', 'now')"
FROZEN = ("2026-01-25 10:00:00", "2026-01-25 10:00:00", "00.000")
SCHEMA = """
CREATE TABLE log (
    day TEXT CHECK (date(day) IS NOT NULL),
    made TEXT DEFAULT (datetime('now')),
    stamp TEXT DEFAULT CURRENT_TIMESTAMP,
    year TEXT GENERATED ALWAYS AS (strftime('%Y', day)) STORED
);
CREATE INDEX by_day ON log (date(day));
CREATE INDEX of_late ON log (made) WHERE date(day) > '2000-01-01';
CREATE VIEW days AS SELECT date(day) AS day FROM log;
CREATE TRIGGER later AFTER INSERT ON log BEGIN
    UPDATE log SET stamp = datetime('now') WHERE rowid = new.rowid;
END;
INSERT INTO log (day) VALUES ('1999-12-31'), ('2020-02-02');
"""


class OwnConnection(sqlite3.Connection):
    """A user's subclass, which is not ready while its base class connects."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ready = True

    def execute(self, *arguments: Any) -> Any:
        """Work only once the object is made."""
        assert self.ready
        return super().execute(*arguments)


def by_sqlalchemy(path: Path) -> Any:
    """Ask through SQLAlchemy's engine and its pool."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = tuple(connection.execute(sqlalchemy.text(NOW)).one())
    engine.dispose()
    return found


def by_aiosqlite(path: Path) -> Any:
    """Ask through aiosqlite, which connects in a thread of its own."""
    aiosqlite = pytest.importorskip("aiosqlite")

    async def asked() -> Any:
        async with aiosqlite.connect(path) as connection, connection.execute(NOW) as cursor:
            return await cursor.fetchone()

    return asyncio.run(asked())


def by_peewee(path: Path) -> Any:
    """Ask through a database of peewee."""
    peewee = pytest.importorskip("peewee")
    database = peewee.SqliteDatabase(path)
    with database.connection_context():
        return database.execute_sql(NOW).fetchone()


def by_django(path: Path) -> Any:
    """Ask through Django's backend."""
    django = pytest.importorskip("django")
    from django.conf import settings  # type: ignore[import-not-found,unused-ignore]
    from django.db.utils import ConnectionHandler  # type: ignore[import-not-found,unused-ignore]

    if not settings.configured:
        settings.configure(LOGGING_CONFIG=None)
        django.setup()
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": path}
    opened = ConnectionHandler({"default": engine})["default"]
    with closing(opened) as connection, connection.cursor() as cursor:
        return cursor.execute(NOW.replace("%", "%%"), []).fetchone()


def in_a_thread(path: Path) -> Any:
    """Ask in a thread that connects itself."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(plainly(path)))
    thread.start()
    thread.join()
    return found[0]


def plainly(path: Path) -> Any:
    """Ask as `import sqlite3` gives it."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(NOW).fetchone()


def by_name(path: Path) -> Any:
    """Ask as `from sqlite3 import connect` gave it before the clock froze."""
    with closing(connect(path)) as connection:
        return connection.execute(NOW).fetchone()


def by_a_subclass(path: Path) -> Any:
    """Ask by a class of the user's."""
    with closing(sqlite3.connect(path, factory=OwnConnection)) as connection:
        return connection.execute(NOW).fetchone()


WAYS = [
    plainly,
    by_name,
    by_a_subclass,
    in_a_thread,
    by_sqlalchemy,
    by_aiosqlite,
    by_peewee,
    by_django,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_opened_under_the_clock_follows_it(
    stigmer_clock: FrozenClock, tmp_path: Path, way: Callable[[Path], Any]
) -> None:
    """Whoever opens it, its SQL sees the frozen instant, and where the clock is moved to."""
    assert tuple(way(tmp_path / "own.db")) == FROZEN
    stigmer_clock.advance("1h")
    assert way(tmp_path / "own.db")[0] == "2026-01-25 11:00:00"


def test_a_connection_that_outlives_the_clock_goes_on_in_real_time() -> None:
    """After the clock it tells Python's time, and one opened later was never touched."""
    with FrozenClock("2001-01-01T00:00:00Z", sqlite=Following()):
        opened = sqlite3.connect(":memory:")
        assert opened.execute(NOW).fetchone()[0] == "2001-01-01 00:00:00"
    with closing(opened):
        assert opened.execute(NOW).fetchone()[0] > "2001-01-02"
    assert "user" not in {kind for (kind,) in _kinds_of_date()}


def test_every_name_of_connect_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nested clocks and modules imported meanwhile leave SQLite's own function everywhere."""
    (tmp_path / "stigmer_user_sql.py").write_text("from sqlite3 import connect as opened")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stigmer_user_sql", raising=False)
    genuine = connect
    with FrozenClock(sqlite=Following()):
        with FrozenClock(sqlite=Following()):
            later = importlib.import_module("stigmer_user_sql")
        assert connect is not genuine
        assert later.opened is sqlite3.connect is sqlite3.dbapi2.connect is connect
    assert later.opened is sqlite3.connect is sqlite3.dbapi2.connect is connect is genuine


def _kinds_of_date() -> list[tuple[str]]:
    with closing(sqlite3.connect(":memory:")) as later:
        return later.execute(
            "SELECT CASE builtin WHEN 1 THEN 'builtin' ELSE 'user' END FROM pragma_function_list "
            "WHERE name = 'datetime'"
        ).fetchall()


def test_one_opened_before_follows_when_it_is_told_to(tmp_path: Path) -> None:
    """`follow` reaches a connection of a broader scope."""
    before = sqlite3.connect(tmp_path / "own.db")
    with closing(before), FrozenClock("2001-01-01T00:00:00Z", sqlite=Following()) as clock:
        assert before.execute(NOW).fetchone()[0] > "2001-01-02"
        with pytest.raises(ClockIncoherent, match=r"own\.db: SQLite's datetime\('now'\) says"):
            clock.probe(before)
        clock.follow(before)
        clock.probe(before)
        assert before.execute(NOW).fetchone()[0] == "2001-01-01 00:00:00"


@pytest.mark.parametrize("made", ["before", "under"])
def test_a_schema_that_uses_date_functions_works_as_before(
    tmp_path: Path, made: str, stigmer_clock: FrozenClock
) -> None:
    """Index, constraint, generated column, view and trigger work; the file is the same after it."""
    path = tmp_path / "own.db"
    stigmer_clock.move_to("2030-03-03T03:03:03Z")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        if made == "before":
            connection.execute("DELETE FROM log")
            connection.commit()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO log (day) VALUES ('2024-04-04')")
        connection.commit()
        newest = "SELECT made, stamp, year FROM log WHERE date(day) = '2024-04-04'"
        assert connection.execute(newest).fetchone() == (*["2030-03-03 03:03:03"] * 2, "2024")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute("INSERT INTO log (day) VALUES ('never')")
        assert ("2024-04-04",) in connection.execute("SELECT day FROM days").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_written_under_the_clock_is_sound_without_it(tmp_path: Path) -> None:
    """SQLite itself finds every index and constraint of the file in order."""
    path = tmp_path / "own.db"
    with FrozenClock(sqlite=Following()), closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        query = "SELECT year FROM log WHERE date(day) = '2020-02-02'"
        assert connection.execute(query).fetchone() == ("2020",)
        assert "by_day" in str(connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())


def test_connections_of_tools_are_left_alone() -> None:
    """A package that is no part of the test keeps real time, as coverage and plugins do."""
    for module, follows in [("coverage.sqldata", False), ("a_tool.cache", False), ("mine", True)]:
        scope: dict[str, Any] = {"__name__": module, "sqlite3": sqlite3}
        with FrozenClock("2001-01-01T00:00:00Z", sqlite=Following({"a_tool"})) as clock:
            exec("connection = sqlite3.connect(':memory:')", scope)  # noqa: S102
            with closing(scope["connection"]) as connection:
                told = connection.execute(NOW).fetchone()[0]
                clock.probe()
        assert (told == "2001-01-01 00:00:00") is follows


def test_a_connection_that_cannot_follow_is_named(tmp_path: Path) -> None:
    """Where a schema may use no functions of an application, SQLite's own stay, and it is told."""
    with closing(sqlite3.connect(tmp_path / "own.db")) as distrusting:
        distrusting.executescript(SCHEMA)
        distrusting.execute("PRAGMA trusted_schema=OFF")
        following = Following()
        with FrozenClock(sqlite=following) as clock:
            with pytest.raises(ClockIncoherent, match=r"own\.db cannot follow .* trusted_schema"):
                clock.follow(distrusting)
            following.meet(distrusting, "mine")
            with pytest.raises(
                ClockIncoherent, match=r"own\.db cannot follow the clock: trusted_schema"
            ):
                clock.probe()
        assert distrusting.execute("SELECT count(*) FROM days").fetchone() == (2,)


def test_the_probe_compares_connections_of_another_library(tmp_path: Path) -> None:
    """Connections of apsw have their own SQLite; the probe names one, and `follow` refuses it."""
    apsw = pytest.importorskip("apsw")
    with FrozenClock("2001-01-01T00:00:00Z", sqlite=Following()) as clock:
        other = apsw.Connection(str(tmp_path / "own.db"))
        with pytest.raises(ClockIncoherent, match=r"apsw\.Connection on .*own\.db: SQLite's"):
            clock.probe(other)
        with pytest.raises(TypeError, match="driver_connection"):
            clock.follow(other)
        other.close()


def test_a_clock_for_python_alone_says_so() -> None:
    """Without a fixture there is nothing that reaches SQLite."""
    own = closing(sqlite3.connect(":memory:"))
    with (
        own as connection,
        FrozenClock() as clock,
        pytest.raises(ClockIncoherent, match="stigmer_clock"),
    ):
        clock.follow(connection)


@pytest.mark.parametrize(("setting", "follows"), [("true", True), ("false", False)])
def test_the_ini_option_turns_it_off(
    pytester: pytest.Pytester, setting: str, *, follows: bool
) -> None:
    """With `stigmer_clock_sqlite = false` connections keep real time unless one is told to."""
    pytester.makeini(f"[pytest]\nstigmer_clock_sqlite = {setting}\n")
    pytester.makepyfile(f"""
        import sqlite3
        from pytest_stigmer.fixtures import clock_fixture
        shared_clock = clock_fixture("2026-01-25T10:00:00Z", scope="module")

        def asked(connection): return connection.execute("SELECT datetime('now')").fetchone()[0]

        def test_shared(shared_clock): told(shared_clock)
        def test_own(stigmer_clock): told(stigmer_clock)

        def told(clock):
            connection = sqlite3.connect("own.db")
            assert (asked(connection) == "2026-01-25 10:00:00") is {follows}
            clock.follow(connection)
            assert asked(connection) == "2026-01-25 10:00:00"
            connection.close()
    """)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)
