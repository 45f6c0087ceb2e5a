"""Opening one connection, and the names that its errors get."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.errors import (
    ClockNotFollowed,
    DiskFull,
    InvalidText,
    NotADatabase,
    PathNotWritable,
    StoreError,
    StoreLocked,
    UndecodableRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SQLITE_VERSION = sqlite3.sqlite_version
"""The version of the SQLite library in use."""

WAIT_SECONDS = 5.0
"""How long a call waits for another connection's lock."""

_PAUSE_SECONDS = 0.01

# stigmer b070f18, backend/libs/go/store/sqlite/store.go, in its order after journal_mode.
_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    f"PRAGMA busy_timeout={WAIT_SECONDS * 1000:.0f}",
    "PRAGMA cache_size=-64000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)

_NAMED = {
    sqlite3.SQLITE_NOTADB: NotADatabase.at,
    sqlite3.SQLITE_CORRUPT: NotADatabase.at,
    sqlite3.SQLITE_READONLY: PathNotWritable.because,
    sqlite3.SQLITE_CANTOPEN: PathNotWritable.because,
    sqlite3.SQLITE_PERM: PathNotWritable.because,
}
# What SQLite says when a replaced date function stands where only an unchangeable one may.
_CLOCK_EXCLUDED = ("non-deterministic", "unsafe use of")


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file for use from any thread, without waiting for locks yet."""
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


def configure(connection: sqlite3.Connection, path: Path) -> None:
    """Set the pragmas of every store connection; raise NotADatabase for a damaged file."""
    _switch_to_wal(connection, path)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    refuse_damage(connection, path)


def refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole file and raise NotADatabase unless its pages, tables and indexes agree.

    SQLite answers from a damaged page as long as it can, and so tells of rows that are not there
    and misses others. What lies within a row is not seen: a SQLite file has no checksums. Costs
    0.03 ms for a fresh file, 0.2 s for 100,000 audit records (48 MB).
    """
    ((found,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if found != "ok":
        raise NotADatabase.at(path, found)


def _switch_to_wal(connection: sqlite3.Connection, path: Path) -> None:
    # busy_timeout does not help here: SQLite refuses to wait where waiting could deadlock. Tries
    # are counted, because a test may have frozen every clock that could measure the wait.
    for _ in range(round(WAIT_SECONDS / _PAUSE_SECONDS)):
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if _primary(error) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            time.sleep(_PAUSE_SECONDS)
            continue
        if mode != "wal":
            raise PathNotWritable.because(path, f"journal mode stays {mode!r} instead of 'wal'")
        return
    raise StoreLocked.after(WAIT_SECONDS, path)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the errors of sqlite3 into named ones."""
    try:
        yield
    except sqlite3.Error as error:
        raise named(error, path) from error
    except UnicodeDecodeError as error:
        # An error that quotes the file, such as a damaged schema, need not be UTF-8; sqlite3 then
        # fails to make the text of its own exception.
        raise NotADatabase.at(path, error.object.decode("utf-8", "backslashreplace")) from error


def named(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the named error for one of sqlite3."""
    text = str(error)
    if any(words in text for words in _CLOCK_EXCLUDED):
        return ClockNotFollowed.at(path, text)
    if text == "unsupported file format":
        return NotADatabase.at(path, text)
    if text.startswith("Could not decode to UTF-8"):
        return UndecodableRow.of(str(path), "?", text)
    code = _primary(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreLocked.after(WAIT_SECONDS, path)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull.at(path)
    return _NAMED.get(code, StoreError.unexpected)(path, text)


def checked_text(value: str) -> str:
    """Return a text that can be stored exactly: a NUL is ordinary, an unpaired surrogate not."""
    if not isinstance(value, str):
        msg = f"expected str, not {type(value).__name__}"
        raise TypeError(msg)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidText.of(value) from None
    return value


def _primary(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
