"""SQLite's date functions on a store's connection: the clock's instant, SQLite's own arithmetic."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.clock import FrozenClock, SystemClock
from pytest_stigmer.errors import StoreError
from pytest_stigmer.store.clock_functions import ClockFunctions, disagreements
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Clock

VERSION = sqlite3.sqlite_version_info
MODIFIERS = [
    "",
    *(f", '{sign}{amount} {unit}'"
      for sign in "+-"
      for amount, unit in (
          ("1", "days"), ("36.5", "hours"), ("90.25", "minutes"), ("0.5", "seconds"),
          ("59.9994", "seconds"), ("13", "months"), ("1.5", "months"), ("4", "years"),
      )),
    ", '+01:30'", ", '-01:30:15.250'", ", '+23:59:59.999'",
    ", '+0001-02-03'", ", '-0001-02-03 04:05:06.789'",
    ", 'start of day'", ", 'start of month'", ", 'start of year'",
    ", 'weekday 0'", ", 'weekday 3'",
    ", 'localtime'", ", 'utc'", ", 'localtime', 'utc'", ", 'utc', 'localtime'", ", 'utc', 'utc'",
    ", 'localtime', 'localtime'", ", 'localtime', 'start of day', 'utc'",
    ", 'unixepoch'", ", 'julianday'", ", 'auto'", ", 'subsec'", ", 'subsecond'",
    ", 'subsec', '+0.25 seconds'", ", 'ceiling'", ", 'floor'", ", '+1 month', 'floor'",
    ", 'start of month', '+1 month', '-1 day'", ", '+1 month', 'weekday 1', 'localtime'",
    ", 'nonsense'", ", NULL", ", 1", ", 'now'",
]  # fmt: skip
FORMATS = "%d|%f|%H|%j|%J|%m|%M|%s|%S|%w|%W|%Y|%%"
ZONES = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"]


@pytest.fixture
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the time zone of this process for a while."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def _one(connection: sqlite3.Connection, expression: str) -> object:
    return connection.execute(f"SELECT {expression}").fetchone()[0]


def _instant_of(milliseconds_of_jd: int) -> dt.datetime:
    """Turn SQLite's own unit, milliseconds since the Julian epoch, into an instant."""
    since_1970 = milliseconds_of_jd - 210_866_760_000_000
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=since_1970)


def _functions() -> Iterator[str]:
    for modifiers in MODIFIERS:
        for name in ("date", "time", "datetime", "julianday"):
            yield f"{name}('now'{modifiers})"
        yield f"strftime('{FORMATS}', 'now'{modifiers})"
        if VERSION >= (3, 38, 0):
            yield f"unixepoch('now'{modifiers})"
    yield from ("date()", "time()", "datetime()", "julianday()", "strftime('%f')", "strftime()")
    yield from ("current_date", "current_time", "current_timestamp", "datetime('NOW')")
    yield from ("datetime(' now')", "datetime(x'6e6f77')", "datetime(NULL)", "datetime(0)")
    yield from ("strftime('now', 'now')", "strftime(NULL, 'now')", "datetime('now', 'now')")
    yield from ("datetime('subsec')", "datetime('SUBSECOND', '+1 day')", "julianday('subsec')")
    yield from ("strftime('%s %f', 'subsec')", "time('subsec', 'subsec')", "date('subsec')")
    if VERSION >= (3, 43, 0):
        yield from ("timediff('now', '2020-02-29')", "timediff('2020-02-29', 'now')")
        yield from ("timediff('now', 'now')", "timediff('now', NULL)")


@pytest.mark.parametrize("zone", ZONES, indirect=True)
@pytest.mark.usefixtures("zone")
def test_every_function_and_modifier_answers_as_the_genuine_one(
    store: SqliteStore, clock: Any
) -> None:
    """With the clock at SQLite's own now, all functions give what untouched ones give."""
    wrong = []
    with closing(sqlite3.connect(":memory:")) as genuine:
        for function in _functions():
            # `now` stands still within a statement: its instant and the answer belong together.
            jd, expected = genuine.execute(f"SELECT julianday('now'), {function}").fetchone()
            clock.instant = _instant_of(round(jd * 86_400_000))
            found = _one(store.connection, function)
            if found != expected:
                wrong.append(f"{function}: genuine {expected!r}, ours {found!r}")
    assert wrong == []


def test_every_millisecond_comes_out_exact(store: SqliteStore, clock: Clock) -> None:
    """No millisecond is lost to binary fractions, in text, in julianday or in arithmetic."""
    wrong = []
    for second in (0, 8, 59):
        for millisecond in range(1000):
            clock.instant = dt.datetime(2026, 1, 25, 10, 59, second, millisecond * 1000, dt.UTC)
            wrong += disagreements(store.connection, clock)
            shifted = _one(store.connection, "strftime('%S.%f', 'now', '+0.000 seconds')")
            if shifted != f"{second:02}.{second:02}.{millisecond:03}":
                wrong.append(f"{clock.instant}: {shifted}")
    assert wrong == []


@pytest.mark.parametrize("microsecond", [999_999, 999_600, 999_500, 999_499, 600, 500, 1])
def test_microseconds_are_cut_as_sqlite_cuts_them(
    store: SqliteStore, clock: Clock, microsecond: int
) -> None:
    """An instant between two milliseconds is the earlier one for every function alike."""
    clock.instant = dt.datetime(2025, 12, 31, 23, 59, 59, microsecond, dt.UTC)
    found = _one(store.connection, "datetime('now') || strftime(' %f', 'now')")
    assert found == f"2025-12-31 23:59:59 59.{microsecond // 1000:03}"
    assert disagreements(store.connection, clock) == []


@pytest.mark.parametrize("year", [1, 999, 1969, 1970, 9999])
def test_far_instants_are_followed(store: SqliteStore, clock: Clock, year: int) -> None:
    """Every year that Python's datetime has works in SQLite too."""
    clock.instant = dt.datetime(year, 12, 31, 23, 59, 59, 999_000, dt.UTC)
    assert disagreements(store.connection, clock) == []


def test_instant_in_another_zone_is_the_same_instant(store: SqliteStore, clock: Clock) -> None:
    """SQLite gets the clock's instant in UTC, whatever zone the clock names it in."""
    clock.instant = clock.instant.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=45)))
    assert _one(store.connection, "datetime('now')") == "2026-01-25 10:00:00"
    assert disagreements(store.connection, clock) == []


@pytest.mark.parametrize(
    "spelling", ["'now'", "'NOW'", "x'4e6f77'", "CAST(x'6e6f770078' AS TEXT)"], ids=ascii
)
def test_every_spelling_of_now_is_the_clocks(store: SqliteStore, spelling: str) -> None:
    """What SQLite reads as `now` is the clock's instant: any case, a blob, what precedes a NUL."""
    assert _one(store.connection, f"datetime({spelling})") == "2026-01-25 10:00:00"


@pytest.mark.skipif(VERSION < (3, 42, 0), reason="'subsec' is known since SQLite 3.42")
def test_subsec_without_a_time_is_the_clocks_now(store: SqliteStore) -> None:
    """As first argument it means now, with milliseconds."""
    for word in ("subsec", "SubSecond"):
        assert _one(store.connection, f"datetime('{word}')") == "2026-01-25 10:00:00.100"


def test_defaults_and_triggers_follow_the_clock(store: SqliteStore, clock: Clock) -> None:
    """A column default, CURRENT_TIMESTAMP and a trigger all use the clock."""
    store.execute("CREATE TABLE t (a DEFAULT (datetime('now')), b DEFAULT CURRENT_TIMESTAMP, c, d)")
    store.execute(
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET c = datetime(), d = time('now'); END"
    )
    clock.advance(hours=1)
    store.execute("INSERT INTO t DEFAULT VALUES")
    now = "2026-01-25 11:00:00"
    assert store.execute("SELECT * FROM t") == [(now, now, now, "11:00:00")]


def test_other_time_values_are_left_alone(store: SqliteStore) -> None:
    """Only `now` is the clock's: given instants are computed as ever."""
    assert _one(store.connection, "datetime('2020-02-29', '+1 year')") == "2021-03-01 00:00:00"
    assert _one(store.connection, "datetime(1092941466, 'unixepoch')") == "2004-08-19 18:51:06"


def test_no_function_is_added_that_sqlite_lacks(store: SqliteStore) -> None:
    """SQL that this SQLite refuses is refused by a store too."""
    names = "SELECT DISTINCT name FROM pragma_function_list ORDER BY name"
    with closing(sqlite3.connect(":memory:")) as untouched:
        assert store.execute(names) == untouched.execute(names).fetchall()


def test_another_connection_keeps_its_own_time(store: SqliteStore) -> None:
    """The functions are replaced on the store's connection only."""
    with closing(sqlite3.connect(store.path)) as other:
        assert _one(other, "datetime('now')") != "2026-01-25 10:00:00"


def test_disagreeing_sources_are_listed(clock: Clock) -> None:
    """The probe names every expression that does not follow the clock, and both values."""
    with closing(sqlite3.connect(":memory:")) as genuine:
        lines = disagreements(genuine, clock)
    assert len(lines) == 10
    assert lines[0].startswith("SQLite's datetime('now') says ")
    assert lines[0].endswith(", the clock says 2026-01-25 10:00:00")


class InterruptedClock(SystemClock):
    """A clock that is asked just when a signal arrives."""

    interruption: BaseException | None = None

    def now(self) -> dt.datetime:
        """Return the current instant, unless interrupted."""
        if self.interruption is not None:
            raise self.interruption
        return super().now()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, pytest.fail.Exception])
def test_interruption_within_sqlite_is_not_taken_for_its_error(
    path: Path, kind: type[BaseException]
) -> None:
    """A Ctrl-C or a timeout that arrives while SQLite asks for the time goes through the store."""
    clock = InterruptedClock()
    with SqliteStore(path, clock=clock) as store:
        clock.interruption = kind("now")
        with pytest.raises(kind, match="now"):
            store.save_resource("skill", "a", StringValue())
        clock.interruption = None
        store.save_resource("skill", "b", StringValue())
        assert [row for row, _ in store.resource_rows("skill")] == ["b"]


def test_interruption_before_a_functions_first_line_is_a_keyboard_interrupt(
    store: SqliteStore,
) -> None:
    """What no function could see is told from the failure of a test's own function."""
    store.connection.create_function("datetime", -1, _interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.save_resource("skill", "a", StringValue())
    store.connection.create_function("own", 0, _interrupted)
    with pytest.raises(StoreError, match="user-defined function raised exception"):
        store.execute("SELECT own()")


def test_failure_of_a_tests_own_function_is_no_interruption(store: SqliteStore) -> None:
    """Not even where the statement asks for the time too: it must not end the whole run."""

    def due_date() -> str:
        raise ValueError

    store.connection.create_function("due_date", 0, due_date)
    store.execute(
        "CREATE TRIGGER due AFTER INSERT ON resources BEGIN SELECT due_date(), datetime('now'); END"
    )
    with pytest.raises(StoreError, match="user-defined function raised exception"):
        store.save_resource("skill", "a", StringValue(value="1"))
    with pytest.raises(StoreError, match="user-defined function raised exception"):
        store.execute("SELECT due_date()")


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_second_connection_is_made_when_first_needed(clock: Clock) -> None:
    """A store that asks no time pays for no second connection."""
    functions = ClockFunctions(clock)
    with closing(sqlite3.connect(":memory:")) as connection:
        functions.install(connection)
        assert functions._genuine is None
        assert _one(connection, "date('now')") == "2026-01-25"
        assert functions._genuine is not None
    functions.close()
    functions.close()


def test_store_opened_before_follows_a_frozen_clock(opened: Callable[..., SqliteStore]) -> None:
    """A store on Python's own clock follows it when it is frozen, moved and given back."""
    store = opened(clock=SystemClock())
    with FrozenClock("2001-02-03T04:05:06.789Z") as frozen:
        assert disagreements(store.connection, frozen) == []
        frozen.advance("-1d")
        assert _one(store.connection, "strftime('%d %f', 'now')") == "02 06.789"
        assert disagreements(store.connection, frozen) == []
    assert _one(store.connection, "date('now')") > "2026-01-01"  # type: ignore[operator]


def test_store_follows_whichever_tool_moved_pythons_clock(
    opened: Callable[..., SqliteStore],
) -> None:
    """Inside a time-machine block SQLite has that block's time."""
    time_machine = pytest.importorskip("time_machine")
    store = opened(clock=SystemClock())
    with time_machine.travel(dt.datetime(2001, 2, 3, 4, 5, 6, tzinfo=dt.UTC), tick=False):
        assert disagreements(store.connection, SystemClock()) == []
        assert _one(store.connection, "current_timestamp") == "2001-02-03 04:05:06"
