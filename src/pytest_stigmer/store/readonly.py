"""A connection that only reads: also a file in use, and one in a folder that cannot be written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pytest_stigmer.errors import NotADatabase, NotReadable
from pytest_stigmer.store.connection import checked_path, refuse_damage
from pytest_stigmer.store.translation import WAIT_SECONDS, translated

# Sorting a large file goes to temporary files, so that memory stays flat.
_PRAGMAS = ("PRAGMA temp_store=FILE", "PRAGMA cache_size=-16000")
_FIRST_READ = "SELECT count(*) FROM sqlite_master"
_CLOSED_TO_US = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}


@contextmanager
def reading(path: str | os.PathLike[str], *, whole: bool = True) -> Iterator[sqlite3.Connection]:
    """Open a file for reading and see one state of it; texts come as bytes, valid UTF-8 or not.

    With a write-ahead log, as the real server has it, nobody waits; a file in another journal mode
    takes no commits meanwhile. Nothing is written, and no side file is left that was not there.
    Raises NotADatabase (also, where the `whole` file is checked, for one whose pages, tables and
    indexes disagree), NotReadable, StoreLocked.
    """
    given = checked_path(path)
    if given.is_dir():
        raise NotADatabase.at(given, "it is a folder, and the database is a file")
    if not given.is_file():
        raise NotADatabase.at(given, "there is no such file")
    file = given.absolute()
    was_in_use = _log_of(file).exists()
    try:
        with translated(given), closing(_connected(file)) as connection:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.execute("BEGIN")
            if whole:
                refuse_damage(connection, given)
            connection.text_factory = bytes
            yield connection
    finally:
        if not was_in_use and _log_of(file).exists():
            _remove_side_files(file)


def _connected(file: Path) -> sqlite3.Connection:
    try:
        return _tried(file, "mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _CLOSED_TO_US:
            raise
        # Without a log nobody has the file open; so it stands still, and needs no lock and no
        # side files, which SQLite could not make here.
        if _log_of(file).exists() or Path(f"{file}-journal").exists():
            raise NotReadable.here(file, error) from error
    try:
        return _tried(file, "immutable=1")
    except sqlite3.OperationalError as error:
        raise NotReadable.here(file, error) from error


def _tried(file: Path, parameter: str) -> sqlite3.Connection:
    connection = _open(file, parameter)
    try:
        connection.execute(_FIRST_READ).fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _remove_side_files(file: Path) -> None:
    """Let SQLite delete the empty log: whoever may only read makes one and cannot remove it."""
    with suppress(sqlite3.Error), closing(_open(file, "mode=rw")) as connection:
        connection.execute(_FIRST_READ).fetchone()


def _open(file: Path, parameter: str) -> sqlite3.Connection:
    # as_uri() escapes `?`, `#`, `%` and spaces.
    uri = f"{file.as_uri()}?{parameter}"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)


def _log_of(file: Path) -> Path:
    return Path(f"{file}-wal")
