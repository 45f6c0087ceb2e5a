"""SQLite connections of a user's own that follow the frozen clock as a store does."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import SystemClock
from pytest_stigmer.errors import ClockIncoherent
from pytest_stigmer.freezing import Bindings
from pytest_stigmer.store.clock_functions import ClockFunctions, disagreements

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_stigmer.clock import Clock

_OURS = __name__.partition(".")[0]

# Python's clock, not a frozen one: a connection may outlive the clock under which it was opened.
_functions = ClockFunctions(SystemClock())
_in_use: list[Following] = []


class Following:
    """Lets the connections that `sqlite3.connect` opens meanwhile follow Python's clock.

    Whoever calls it: a test, SQLAlchemy, aiosqlite, peewee, Django. Left alone
    are those of `tools`, top-level packages such as coverage, and those whose schema may not use
    functions of an application (`trusted_schema=OFF`). Not `automatic`, only `follow` does it.
    """

    def __init__(self, tools: Collection[str] = (), *, automatic: bool = True) -> None:
        self._tools = {"coverage", "_pytest", _OURS, *tools}
        self.bindings = _names_of_connect if automatic else None
        self._left_alone: list[str] = []

    def start(self) -> None:
        """Begin with the connections that are opened from now on."""
        if self.bindings:
            _in_use.append(self)

    def stop(self) -> None:
        """Leave alone what is opened later; what was opened goes on following Python's clock."""
        if self in _in_use:
            _in_use.remove(self)

    def follow(self, connection: sqlite3.Connection) -> None:
        """Let one connection follow, whenever it was opened.

        Raises TypeError for what is no connection of `sqlite3`, ClockIncoherent for one whose
        schema may not use functions of an application.
        """
        if not isinstance(connection, sqlite3.Connection):
            msg = (
                f"only a sqlite3.Connection can follow the clock, not {type(connection).__name__}: "
                "SQLAlchemy has it as raw_connection().driver_connection, Django as "
                "connection.connection, peewee as Database.connection()"
            )
            raise TypeError(msg)
        if not _is_trusting(connection):
            raise ClockIncoherent.out_of_reach(_name(connection), "trusted_schema is OFF")
        _functions.install(connection, in_schemas=True)

    def meet(self, connection: sqlite3.Connection, opener: str) -> None:
        """Let a connection follow that a module has just opened, if it is one of the test's."""
        if opener.partition(".")[0] in self._tools:
            return
        try:
            self.follow(connection)
        except (ClockIncoherent, TypeError, sqlite3.Error) as error:
            self._left_alone.append(str(error))

    def disagreements(self, connections: Collection[sqlite3.Connection], clock: Clock) -> list[str]:
        """Name what was left alone, and each of these connections that tells another time."""
        return self._left_alone + [
            f"{_name(connection)}: {line}"
            for connection in connections
            for line in disagreements(connection, clock)
        ]


@wraps(sqlite3.connect)
def _connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _names_of_connect.real(*arguments, **options)
    if _in_use:
        opener = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001
        _in_use[-1].meet(connection, opener)
    return connection


_names_of_connect = Bindings(sqlite3.connect, _connect)


def _is_trusting(connection: sqlite3.Connection) -> bool:
    # Asked as the plain connection that it is: a user's subclass may do more than that.
    found = sqlite3.Connection.execute(connection, "PRAGMA trusted_schema").fetchone()
    return found is None or bool(found[0])


def _name(connection: sqlite3.Connection) -> str:
    """Name a connection by its kind and its file."""
    kind = f"{type(connection).__module__}.{type(connection).__name__}"
    with suppress(Exception):
        (_, _, path), *_ = connection.execute("PRAGMA database_list").fetchall()
        return f"{kind} on {path or ':memory:'}"
    return kind
