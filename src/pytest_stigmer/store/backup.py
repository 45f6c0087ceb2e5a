"""Copies of a database, made by SQLite itself.

Never by open() or a file copy: closing such a descriptor drops the locks that this process holds on
the file, and a copy without its WAL lacks the newest commits.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from pytest_stigmer.errors import NotADatabase, PathNotWritable
from pytest_stigmer.store.connection import checked_path, make_parent
from pytest_stigmer.store.readonly import reading
from pytest_stigmer.store.schema import TABLE_NAMES
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import translated


def backup(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write what is committed in `source`, open or not, to the new file `target`; return its path.

    Raises NotADatabase (also for a damaged source), NotReadable, PathNotWritable when the target
    exists, and DiskFull; a copy that fails leaves no file.
    """
    copy = checked_path(target)
    with reading(source) as original:
        make_parent(copy)
        if copy.exists():
            raise PathNotWritable.because(copy, "it exists")
        try:
            with translated(copy), closing(sqlite3.connect(copy)) as writer:
                original.backup(writer)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
    return copy


def restore(store: SqliteStore, source: str | os.PathLike[str]) -> None:
    """Replace the whole content of an open store by that of the file `source`.

    Raises NotADatabase for a source that is damaged or lacks a table of the store, NotReadable,
    StoreLocked and DiskFull; the store then keeps what it has.
    """
    with reading(source) as original:
        found = {name.decode() for (name,) in original.execute(TABLE_NAMES)}
        for (table,) in store.execute(TABLE_NAMES):
            if table not in found:
                raise NotADatabase.at(checked_path(source), f"it has no table {table}")
        store.replace_content(original)
