"""Fresh files at the price of writing their bytes: each template is built once per process."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pytest_stigmer.clock import Clock
from pytest_stigmer.errors import PathNotWritable
from pytest_stigmer.store import session
from pytest_stigmer.store.connection import PRAGMAS, checked_path, delete_database, make_parent
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.stored_rows import stored_rows

_FILE_MODE = 0o644
_MODES = slice(18, 20)
_NO_WAL = bytes([1, 1])
"""How the header of a file says that it has no write-ahead log, which memory cannot have."""
_SECONDS_LENGTH = len("YYYY-MM-DD HH:MM:SS")
_PLACEHOLDER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name of its own
_ROOM_BYTES = 256 * 1024 * 1024


class _BeginningOfTime:
    def now(self) -> dt.datetime:
        return _PLACEHOLDER


def seconds_text(instant: dt.datetime) -> str:
    """Write an instant as the store's columns hold it: UTC, whole seconds, cut."""
    return instant.astimezone(dt.UTC).isoformat(sep=" ", timespec="seconds")[:_SECONDS_LENGTH]


def memory_folder() -> Path | None:
    """Return a folder in memory that has room, or None; a TMPDIR of the user's is not overruled.

    A proof makes and deletes thousands of files, and on a busy disk most of its time is
    waiting.
    """
    usable = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and "TMPDIR" not in os.environ
    return _MEMORY if usable and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES else None


@cache
def template(schema: int = LATEST, ddl: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of a fresh file of this schema, after the statements of `ddl`.

    Its `applied_at` is a placeholder that `clone` replaces.
    """

    def make(path: Path) -> None:
        with SqliteStore(path, clock=_BeginningOfTime(), schema=schema) as store:
            store.connection.execute("PRAGMA synchronous=OFF")  # the file is read back at once
            for statement in ddl:
                store.connection.execute(statement)

    # The only connection is closed: no lock can be lost, and the WAL is in the file.
    return image_of(make)


def fresh_tables() -> list[dict[str, Any]]:
    """Return what a fresh file tells of its tables and indexes, as `stored_rows` has it."""
    with (
        tempfile.TemporaryDirectory(prefix="stigmer-template-", dir=memory_folder()) as folder,
        SqliteStore(Path(folder) / "template.db") as store,
    ):
        return stored_rows(store, "sqlite_master")


def clone(
    path: str | os.PathLike[str],
    *,
    clock: Clock,
    schema: int = LATEST,
    ddl: tuple[str, ...] = (),
) -> Path:
    """Write the template to a new file, with `applied_at` at the clock's now; return its path.

    Raises InvalidPath, and PathNotWritable also when the file exists: a connection may be on it.
    """
    target = checked_path(path)
    make_parent(target)
    # Both texts have the same length, and pages of a SQLite file carry no checksums.
    old, new = seconds_text(_PLACEHOLDER), seconds_text(clock.now())
    _write_new(target, template(schema, ddl).replace(old.encode(), new.encode()))
    return target


@contextmanager
def in_memory(image: bytes) -> Iterator[None]:
    """Let the one store that is opened in this block have its file in memory; b"" is a new one.

    It has no other connection, and nothing is left of it when it is closed.
    """
    real = {name: vars(session)[name] for name in ("connect", "configure")}

    def connect(_: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if image:
            connection.deserialize(image[: _MODES.start] + _NO_WAL + image[_MODES.stop :])
        return connection

    def configure(connection: sqlite3.Connection, _: Path) -> None:
        for pragma in PRAGMAS:
            connection.execute(pragma)

    vars(session).update(connect=connect, configure=configure)
    try:
        yield
    finally:
        vars(session).update(real)


@contextmanager
def on_disk(image: bytes, path: Path) -> Iterator[None]:
    """Let there be a file of these bytes in this block, for stores that are closed by its end."""
    if image:
        _write_new(path, image)
    try:
        yield
    finally:
        delete_database(path)


def image_of(make: Callable[[Path], object]) -> bytes:
    """Return the bytes of the closed file that `make` makes where it is told."""
    with tempfile.TemporaryDirectory(prefix="stigmer-template-", dir=memory_folder()) as folder:
        path = Path(folder) / "template.db"
        make(path)
        return path.read_bytes()


def _write_new(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        raise PathNotWritable.because(path, error.strerror) from error
