"""One guarded connection: its lock, its process, its transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_stigmer.errors import StoreClosed, StoreError, StoreForked
from pytest_stigmer.store.connection import configure, connect
from pytest_stigmer.store.translation import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_stigmer.store.clock_functions import ClockFunctions


T = TypeVar("T")


class Session:
    """A connection that any thread of the process that opened it may use, one at a time."""

    def __init__(self, path: Path, functions: ClockFunctions) -> None:
        self._path = path
        self._functions = functions
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._depth = 0
        self._unseen = 0
        with translated(path):
            self._connection: sqlite3.Connection | None = connect(path)
        try:
            with translated(path):
                configure(self._connection, path)
                functions.install(self._connection)
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection; raise StoreClosed or StoreForked."""
        self.guard()
        if self._connection is None:
            raise StoreClosed.at(self._path)
        return self._connection

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows."""
        return self._attempt(sql, lambda connection: connection.execute(sql, values).fetchall())

    def count(self, sql: str, values: Mapping[str, Any]) -> int:
        """Run a statement and return how many rows it changed."""
        return self._attempt(sql, lambda connection: connection.execute(sql, values).rowcount)

    def many(self, sql: str, batch: Iterable[Mapping[str, Any] | Sequence[Any]]) -> None:
        """Run a statement once for each set of values."""
        self._attempt(sql, lambda connection: connection.executemany(sql, batch))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the block one unit that has the write lock at once; a nested one is a savepoint."""
        with self.guard():
            name = f"nested_{self._depth}"
            self._begin("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
                self._run("COMMIT" if self._depth == 1 else f"RELEASE {name}")
            except BaseException:
                self._undo(name)
                raise
            finally:
                self._depth -= 1

    def replace_content(self, original: sqlite3.Connection) -> None:
        """Make this file a copy of another connection's."""
        with self.guard(), translated(self._path):
            connection = self._usable()
            self._unseen += 1
            original.backup(connection)

    def revision(self) -> tuple[int, ...]:
        """Return a value that is another one after any change to the file, undone ones included."""
        with self.guard(), translated(self._path):
            connection = self._usable()
            (foreign,) = connection.execute("PRAGMA data_version").fetchone()
            (schema,) = connection.execute("PRAGMA schema_version").fetchone()
            revision = foreign, schema, connection.total_changes, self._unseen
            if connection.in_transaction and not self._depth:
                # A test's own SQL may undo its transaction unseen: never the same answer again.
                self._unseen += 1
            return revision

    def guard(self) -> threading.RLock:
        """Return the lock, which keeps other threads out while a block holds it."""
        # The process is asked first: in a child, a lock that another thread held is held for ever.
        if not self._is_ours():
            raise StoreForked.at(self._path)
        return self._lock

    def close(self) -> None:
        """Close the connection; in a forked child leave it to the parent."""
        if not self._is_ours():
            return
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._functions.close()

    def _is_ours(self) -> bool:
        return self._process == os.getpid()

    def _attempt(self, sql: str, act: Callable[[sqlite3.Connection], T]) -> T:
        """Act on the connection while no other thread does; errors get their names."""
        with self.guard(), translated(self._path):
            try:
                return act(self._usable())
            except sqlite3.Error as error:
                self._functions.raise_interruption(self.connection, sql, error)
                raise

    def _run(self, sql: str) -> None:
        with translated(self._path):
            self._usable().execute(sql)

    def _usable(self) -> sqlite3.Connection:
        connection = self.connection
        # SQLite undoes the whole transaction on some errors (a full disk); what follows in the
        # block must not be committed piece by piece.
        if self._depth and not connection.in_transaction:
            raise StoreError.rolled_back(self._path)
        return connection

    def _begin(self, sql: str) -> None:
        """Start a transaction; one that was got while a signal ended the wait for it is undone."""
        connection = self._usable()
        was_open = connection.in_transaction
        try:
            self._run(sql)
        except BaseException:
            if connection.in_transaction and not was_open:
                connection.execute("ROLLBACK")
            raise

    def _undo(self, name: str) -> None:
        self._unseen += 1
        connection = self._connection
        if connection is None or not self._is_ours() or not connection.in_transaction:
            return
        with translated(self._path):
            if self._depth == 1:
                connection.execute("ROLLBACK")
            else:
                connection.execute(f"ROLLBACK TO {name}")
                connection.execute(f"RELEASE {name}")
