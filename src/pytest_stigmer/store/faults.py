"""What happens to a file from outside: triggers, locks, damaged rows, a process that dies."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

from pytest_stigmer.errors import ResourceNotFound, StoreClosed
from pytest_stigmer.store import session
from pytest_stigmer.store.connection import delete_database
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import kind_text, translated

_TRIGGER = "pytest_stigmer_abort"
_IMPATIENT_MILLISECONDS = 1
_MOMENT_SECONDS = 0.012
_MOST_PAGES = 1073741823
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
_WRITES_OR_BEGINS = re.compile(r"\s*(BEGIN|INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_COMMITS = re.compile(r"\s*(COMMIT|ROLLBACK$)", re.IGNORECASE)
UNDECODABLE = b"\xff\xff"
"""The bytes of a message that does not decode."""


def forgo_durability(store: SqliteStore) -> None:
    """Let the system write a scratch file when it likes; a killed process loses nothing."""
    store.execute("PRAGMA synchronous=OFF")


def abort_writes(store: SqliteStore, table: str, on: str = "insert") -> None:
    """Make every insert, update or delete of a table fail, by a trigger."""
    store.connection.execute(
        f"CREATE TRIGGER {_TRIGGER}_{table}_{on} BEFORE {on} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'writes to {table} are aborted'); END"
    )


def fill_disk(store: SqliteStore) -> None:
    """Let the file grow no more for this store."""
    ((pages,),) = store.execute("PRAGMA page_count")
    store.execute(f"PRAGMA max_page_count={pages}")


def allow_writes(store: SqliteStore) -> None:
    """Remove the triggers of `abort_writes` and the limit of `fill_disk`."""
    store.execute(f"PRAGMA max_page_count={_MOST_PAGES}")
    query = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_TRIGGER}%'"
    for (name,) in store.connection.execute(query).fetchall():
        store.connection.execute(f"DROP TRIGGER {name}")


def lock(store: SqliteStore) -> Callable[[], None]:
    """Take the write lock on another connection; calling what is returned gives it back.

    The store's own wait is cut to 1 ms: a proof meets the lock once per defect. Raises StoreLocked
    for a file that is locked already.
    """
    store.connection.execute(f"PRAGMA busy_timeout={_IMPATIENT_MILLISECONDS}")
    other = sqlite3.connect(store.path, timeout=0, isolation_level=None)
    try:
        with translated(store.path):
            other.execute("BEGIN IMMEDIATE")
    except BaseException:
        other.close()
        raise
    return other.close


def hold_for_a_moment(store: SqliteStore) -> None:
    """Take the write lock on another connection and give it back a few milliseconds later."""
    if store.execute("PRAGMA busy_timeout")[0][0] > _IMPATIENT_MILLISECONDS:
        _hold_for_a_moment(store.path)


def _hold_for_a_moment(path: Path) -> None:
    other = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(_MOMENT_SECONDS, other.close).start()


@contextmanager
def at_first_write(
    path: Path, act: Callable[[], object] | None = None, *, store: SqliteStore | None = None
) -> Iterator[None]:
    """Let something happen right before a statement of the block first begins or writes.

    The statements are those of the stores that are opened on a file in the block, and of `store`.
    Another connection holds the write lock for a moment or, where it is given, `act` is called.
    """
    happened = False

    def before(statement: str) -> None:
        nonlocal happened
        if writes_next(statement) and not happened:
            happened = True
            with suppress(sqlite3.OperationalError):  # it is locked already
                act() if act else _hold_for_a_moment(path)

    with traced(store, path, before):
        yield


@contextmanager
def reads_aborted(store: SqliteStore, table: str) -> Iterator[None]:
    """Make every read of a table's messages fail in the block, as when a disk errs for a moment."""

    def judge(action: int, *names: str | None) -> int:
        is_read = action == sqlite3.SQLITE_READ and names[:2] == (table, "data")
        return sqlite3.SQLITE_DENY if is_read else sqlite3.SQLITE_OK

    connection = store.connection
    connection.set_authorizer(judge)
    try:
        yield
    finally:
        connection.set_authorizer(None)


def is_locked(store: SqliteStore) -> bool:
    """Tell whether any connection holds the write lock of a store's file at this moment."""
    with closing(sqlite3.connect(store.path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def writes_next(statement: str) -> bool:
    """Tell whether a statement writes, or begins a transaction that may."""
    return _WRITES_OR_BEGINS.match(statement) is not None


def writes_or_commits_next(statement: str) -> bool:
    """Tell whether a statement writes, or begins or ends a transaction that may."""
    return writes_next(statement) or _COMMITS.match(statement) is not None


def corrupt_row(
    store: SqliteStore,
    table: str,
    kind: str | int,
    resource_id: str,
    row: int = 1,
    data: bytes = UNDECODABLE,
) -> None:
    """Overwrite the message of a live record, or of a resource's `row`-th audit record, from 1.

    Raises ResourceNotFound when there is no such row: a defect may have lost it.
    """
    where = "kind = :kind AND id = :id" if table == "resources" else _NTH_AUDIT
    _change_one(
        store,
        f"UPDATE {table} SET data = :value WHERE {where}",
        kind,
        resource_id,
        row,
        data,
    )


def set_column(
    store: SqliteStore, kind: str | int, resource_id: str, row: int, column: str, value: str | None
) -> None:
    """Overwrite a column of a resource's `row`-th audit record, from 1, with a text as it is."""
    statement = f"UPDATE resource_audit SET {column} = :value WHERE {_NTH_AUDIT}"
    _change_one(store, statement, kind, resource_id, row, value)


def set_schema_version(store: SqliteStore, version: int) -> None:
    """Add a version row, as another release would have."""
    store.connection.execute("INSERT INTO schema_version (version) VALUES (?)", (version,))


_NTH_AUDIT = (
    "id = (SELECT id FROM resource_audit WHERE kind = :kind AND resource_id = :id "
    "ORDER BY id LIMIT 1 OFFSET :row - 1)"
)


def _change_one(
    store: SqliteStore,
    sql: str,
    kind: str | int,
    resource_id: str,
    row: int,
    value: str | bytes | None,
) -> None:
    values = {"kind": kind_text(kind), "id": resource_id, "row": row, "value": value}
    if store.connection.execute(sql, values).rowcount != 1:
        raise ResourceNotFound.of(kind_text(kind), f"{resource_id} (row {row})")


def replace_database(path: Path, image: bytes) -> None:
    """Put the bytes of another database into the place of a file that no connection is on."""
    delete_database(path)
    path.write_bytes(image)


def watch(store: SqliteStore, before: Callable[[str], None] | None) -> None:
    """Call `before` with each statement of a store from now on; with None nobody.

    It waits for other threads that use the store: in the middle of a statement SQLite holds the
    connection and waits for Python to call `before`, which would hold Python and wait for SQLite.
    """
    with store.undisturbed():
        store.connection.set_trace_callback(before)


@contextmanager
def traced(store: SqliteStore | None, path: Path, before: Callable[[str], None]) -> Iterator[None]:
    """Call `before` with each statement of a store, and of those opened on a file in the block.

    A store that is closed already is one that will be opened.
    """
    watched: list[sqlite3.Connection] = []
    connect = vars(session)["connect"]

    def watch(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(before)
        watched.append(connection)

    def connect_watched(opened: Path) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(opened)
        if opened == path:
            watch(connection)
        return connection

    with suppress(StoreClosed):
        if store is not None:
            watch(store.connection)
    vars(session)["connect"] = connect_watched
    try:
        yield
    finally:
        vars(session)["connect"] = connect
        for connection in watched:
            with suppress(sqlite3.ProgrammingError):  # it was closed
                connection.set_trace_callback(None)


class Crash:
    """Remembers what a process that dies after its n-th writing statement would leave on disk.

    What another connection sees at that moment is what recovery finds: in WAL mode the frames of an
    open transaction are ignored. `remember` is called then, for what lies outside the file. The
    doomed work goes on; whoever armed the crash puts the remembered state in its place.
    """

    def __init__(self, path: Path, after: int, remember: Callable[[], None]) -> None:
        self._path = path
        self._after = after
        self._remember = remember
        self.statements = 0
        self._running = ""
        self._image: bytes | None = None

    def watching(self, store: SqliteStore) -> AbstractContextManager[None]:
        """Count the statements of a store, and of those opened on its file in the block."""
        return traced(store, self._path, self._before)

    def image(self) -> bytes:
        """Return the remembered file; when fewer statements ran, the file as it is now."""
        if self._image is None:
            self._die()
        return self._image or b""

    def _before(self, statement: str) -> None:
        if statement == self._running:
            return  # SQLite tells it again for what a trigger or a foreign key does within it
        self._running = statement
        if self._image is None and self.statements == self._after:
            self._die()
        if _WRITES.match(statement):
            self.statements += 1

    def _die(self) -> None:
        with closing(sqlite3.connect(self._path)) as other:
            self._image = other.serialize()
        self._remember()
