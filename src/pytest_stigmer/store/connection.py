"""Opening a file: which paths are one, the folders above it, the connection and its pragmas."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from pytest_stigmer.errors import InvalidPath, NotADatabase, PathNotWritable, StoreLocked
from pytest_stigmer.store.translation import WAIT_SECONDS, primary

SQLITE_VERSION = sqlite3.sqlite_version
"""The version of the SQLite library in use."""

_FOLDER_MODE = 0o755
_PAUSE_SECONDS = 0.01

# stigmer b070f18, backend/libs/go/store/sqlite/store.go, in its order after journal_mode.
PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    f"PRAGMA busy_timeout={WAIT_SECONDS * 1000:.0f}",
    "PRAGMA cache_size=-64000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)


def checked_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of a database file; raise InvalidPath for a form that is no file.

    Refused are '', ':memory:', 'file:' URIs, also behind './', and a NUL. Any other character is
    ordinary, `?` too.
    """
    text = os.fspath(path)
    if not isinstance(text, str):
        msg = f"a store's path is str or PathLike[str], not {type(text).__name__}"
        raise TypeError(msg)
    path = Path(text)
    if text == "" or str(path) == ":memory:" or str(path).startswith("file:") or "\0" in text:
        raise InvalidPath.not_a_file(text)
    return path


def make_parent(path: Path) -> None:
    """Make the missing folders above the file, each with mode 0755 less the umask."""
    try:
        if not path.parent.is_dir():
            _make_folders(path)
        is_folder = path.is_dir()
    except OSError as error:  # a name that is too long as well
        raise PathNotWritable.because(path, error) from error
    if is_folder:
        raise PathNotWritable.because(path, "it is a directory")


def delete_database(path: Path) -> None:
    """Delete a file that no connection is on, with its side files; one that is gone is gone."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def _make_folders(path: Path) -> None:
    missing = [folder for folder in path.parents if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir(_FOLDER_MODE, exist_ok=True)


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file for use from any thread, without waiting for locks yet."""
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


def configure(connection: sqlite3.Connection, path: Path) -> None:
    """Set the pragmas of every store connection; raise NotADatabase for a damaged file."""
    _switch_to_wal(connection, path)
    for pragma in PRAGMAS:
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
            if primary(error) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            time.sleep(_PAUSE_SECONDS)
            continue
        if mode != "wal":
            raise PathNotWritable.because(path, f"journal mode stays {mode!r} instead of 'wal'")
        return
    raise StoreLocked.after(WAIT_SECONDS, path)
