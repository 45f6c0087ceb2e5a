"""Copies of a database, made by SQLite itself.

Never by open() or a file copy: closing such a descriptor drops the locks that this process holds on
the file, and a copy without its WAL lacks the newest commits.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from pytest_stigmer.errors import NotADatabase, PathNotWritable
from pytest_stigmer.store.connection import WAIT_SECONDS, translated
from pytest_stigmer.store.paths import checked_path, make_parent

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from pytest_stigmer.store.sqlite import SqliteStore


def backup(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write what is committed in `source`, open or not, to the new file `target`; return its path.

    Raises NotADatabase when there is no source, PathNotWritable when the target exists.
    """
    original, copy = _existing(source), checked_path(target)
    make_parent(copy)
    if copy.exists():
        raise PathNotWritable.because(copy, "it exists")
    with closing(_open(original)) as reader, closing(_open(copy)) as writer, translated(original):
        reader.backup(writer)
    return copy


def restore(store: SqliteStore, source: str | os.PathLike[str]) -> None:
    """Replace the whole content of an open store by that of the file `source`."""
    original = _existing(source)
    with closing(_open(original)) as reader, translated(store.path):
        reader.backup(store.connection)


def _existing(path: str | os.PathLike[str]) -> Path:
    original = checked_path(path)
    if not original.is_file():
        raise NotADatabase.at(original, "there is no such file")
    return original


def _open(path: Path) -> sqlite3.Connection:
    with translated(path):
        return sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
