"""SQLite's date functions, replaced on a connection so that `now` is the clock's instant.

Only the instant is ours. All parsing, every modifier and the time zone are left to the genuine
functions, asked on a second connection on which nothing was changed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from functools import partial

from pytest_stigmer.clock import Clock

Value = str | bytes | int | float | None
"""What SQLite passes to a function and gets back."""

_VERSION = sqlite3.sqlite_version_info
# Where the time value stands among a function's arguments.
_TIME_VALUES = {
    "date": (0,),
    "time": (0,),
    "datetime": (0,),
    "julianday": (0,),
    "strftime": (1,),
    **({"unixepoch": (0,)} if _VERSION >= (3, 38, 0) else {}),
    **({"timediff": (0, 1)} if _VERSION >= (3, 43, 0) else {}),
}
_FUNCTION_FAILED = "user-defined function raised exception"
_FUNCTIONS = "SELECT name FROM pragma_function_list WHERE NOT builtin"
_KEYWORDS = {"current_date": "date", "current_time": "time", "current_timestamp": "datetime"}
_SUBSECOND_NOW = {"subsec", "subsecond"} if _VERSION >= (3, 42, 0) else set()
# Since 3.46 SQLite knows that `now` is UTC, so that the modifier `utc` does nothing, as for a `Z`.
_ZONE = "Z" if _VERSION >= (3, 46, 0) else ""


def instant_text(instant: dt.datetime) -> str:
    """Write an instant, cut to milliseconds, as a time value that SQLite reads without loss.

    Two tenths of a millisecond are added: releases of SQLite differ in whether they cut or round
    the seconds, a binary fraction, to milliseconds, and this survives both.
    """
    utc = instant.astimezone(dt.UTC).replace(tzinfo=None)
    return f"{utc.isoformat(sep=' ', timespec='milliseconds')}2{_ZONE}"


class ClockFunctions:
    """The date functions of one store's connection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._genuine: sqlite3.Connection | None = None
        self._failure: BaseException | None = None

    def install(self, connection: sqlite3.Connection, *, in_schemas: bool = False) -> None:
        """Replace the date functions on a connection; column defaults and triggers use them too.

        `in_schemas` says to SQLite that indexes, constraints and generated columns may use them, as
        they may use its own. It then no longer notices a `now` in one of these.
        """
        create = partial(sqlite3.Connection.create_function, connection, deterministic=in_schemas)
        for name in _TIME_VALUES:
            create(name, -1, partial(self._call, name))
        for keyword, name in _KEYWORDS.items():
            create(keyword, 0, partial(self._call, name))

    def raise_interruption(
        self, connection: sqlite3.Connection, sql: str, error: sqlite3.Error
    ) -> None:
        """Raise what interrupted a function: of that, SQLite only tells that the function failed.

        A signal that arrives while SQLite works, a Ctrl-C or a timeout, is handled in the function.
        """
        failure, self._failure = self._failure, None
        if str(error) != _FUNCTION_FAILED or isinstance(failure, Exception):
            return
        asks_for_time = any(f"{name}(" in sql for name in _TIME_VALUES)
        if failure is None and asks_for_time and not self._has_others(connection):
            # Python handles a signal before the first line of a function, where nothing is caught.
            raise KeyboardInterrupt
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Close the second connection if it was needed."""
        if self._genuine is not None:
            self._genuine.close()
            self._genuine = None

    def _has_others(self, connection: sqlite3.Connection) -> bool:
        """Whether a test has functions of its own here, which may be the ones that failed."""
        there = {name for (name,) in connection.execute(_FUNCTIONS)}
        return bool(there - set(_TIME_VALUES) - set(_KEYWORDS) - self._shipped())

    def _shipped(self) -> set[str]:
        with closing(sqlite3.connect(":memory:")) as fresh:
            return {name for (name,) in fresh.execute(_FUNCTIONS)}

    def _call(self, name: str, *arguments: Value) -> Value:
        try:
            values = self._with_instant(name, list(arguments))
            marks = ", ".join("?" * len(values))
            return self._ask(f"SELECT {name}({marks})", values)
        except BaseException as error:
            self._failure = error
            raise

    def _with_instant(self, name: str, values: list[Value]) -> list[Value]:
        positions = _TIME_VALUES[name]
        if len(values) == positions[0] and name != "timediff":
            return [*values, instant_text(self._clock.now())]
        for position in reversed(positions):
            if position < len(values):
                values[position : position + 1] = self._instant_for(values[position])
        return values

    def _instant_for(self, value: Value) -> list[Value]:
        word = _word(value)
        if word == "now":
            return [instant_text(self._clock.now())]
        if word in _SUBSECOND_NOW:
            return [instant_text(self._clock.now()), word]
        return [value]

    def _ask(self, sql: str, values: list[Value]) -> Value:
        if self._genuine is None:
            # Lazy, because most stores of a test run never ask SQLite for the time.
            self._genuine = sqlite3.connect(":memory:", check_same_thread=False)
        answer: Value = self._genuine.execute(sql, values).fetchone()[0]
        return answer


def _word(value: Value) -> str:
    """Return a text or blob as SQLite compares it: up to a NUL, without case."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.partition("\0")[0].lower() if isinstance(value, str) else ""


def disagreements(connection: sqlite3.Connection, clock: Clock) -> list[str]:
    """Compare SQLite's sources of time with the clock; one line for each that differs.

    The clock must stand still meanwhile. SQLite's own clock has milliseconds, so they are compared.
    """
    instant = clock.now().astimezone(dt.UTC)
    cut = instant.replace(microsecond=instant.microsecond // 1000 * 1000, tzinfo=None)
    names = _expected(cut)
    found = connection.execute(f"SELECT {', '.join(names)}").fetchone()
    return [
        f"SQLite's {name} says {value}, the clock says {expected}"
        for (name, expected), value in zip(names.items(), found, strict=True)
        if value != expected
    ]


def _expected(cut: dt.datetime) -> dict[str, str | int]:
    seconds = cut.isoformat(sep=" ", timespec="seconds")
    day, time = seconds.split(" ")
    since_1970 = (cut - dt.datetime(1970, 1, 1)) // dt.timedelta(milliseconds=1)  # noqa: DTZ001
    return {
        "datetime('now')": seconds,
        "datetime()": seconds,
        "current_timestamp": seconds,
        "date('now')": day,
        "current_date": day,
        "time('now')": time,
        "current_time": time,
        "strftime('%Y-%m-%d %H:%M:%f', 'now')": cut.isoformat(sep=" ", timespec="milliseconds"),
        "strftime('%s', 'now')": str(since_1970 // 1000),
        "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)": since_1970,
    }
