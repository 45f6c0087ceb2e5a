"""Between a verb and a row: kinds, texts and messages in, messages and named errors out.

Rows are not messages: this is the one place that turns one into the other.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_stigmer.errors import (
    ClockNotFollowed,
    DiskFull,
    InvalidText,
    NotADatabase,
    PathNotWritable,
    StoreError,
    StoreLocked,
    TooManyFiles,
    UndecodableRow,
)
from pytest_stigmer.store.interface import M

if TYPE_CHECKING:
    from google.protobuf.message import Message

WAIT_SECONDS = 5.0
"""How long a call waits for another connection's lock."""

# stigmer b070f18, apis/ai/stigmer/commons/apiresource/apiresourcekind/api_resource_kind.proto
KIND_NAMES = {
    0: "api_resource_kind_unknown",
    1: "api_resource_version",
    10: "iam_policy",
    11: "identity_account",
    12: "api_key",
    20: "credential",
    30: "organization",
    31: "platform",
    40: "agent",
    41: "agent_execution",
    42: "session",
    43: "skill",
    44: "mcp_server",
    45: "agent_instance",
    50: "workflow",
    51: "workflow_instance",
    52: "workflow_execution",
    53: "environment",
    54: "execution_context",
}
"""Name of each value of the enum ApiResourceKind, by number."""


def _not_opened(path: PathLike[str], text: object) -> StoreError:
    """Ask the system, since SQLite says the same of all that keeps a file from being opened."""
    folder = Path(path).parent
    try:
        with os.scandir(folder):
            read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            return TooManyFiles.at(path, error.strerror)
        read_only = False
    return PathNotWritable.because(path, "its file system is read-only" if read_only else text)


_NAMED = {
    sqlite3.SQLITE_NOTADB: NotADatabase.at,
    sqlite3.SQLITE_CORRUPT: NotADatabase.at,
    sqlite3.SQLITE_READONLY: PathNotWritable.because,
    sqlite3.SQLITE_CANTOPEN: _not_opened,
    sqlite3.SQLITE_PERM: PathNotWritable.because,
}
_BLOBS = {"data", "end"}
# What SQLite says when a replaced date function stands where only an unchangeable one may.
_CLOCK_EXCLUDED = ("non-deterministic", "unsafe use of")


class ResourceRow(NamedTuple):
    """A live row; `updated_at` None means the clock's now, a text is stored as it is."""

    kind: str | int
    id: str
    data: bytes
    updated_at: dt.datetime | str | None = None


class AuditRow(NamedTuple):
    """An audit row; `archived_at` None means the clock's now.

    One that was read has its `id` and, as `archived_at`, the text that is stored: UTC, whole
    seconds, unless somebody has written another. The id of one to be written follows from its turn.
    """

    kind: str | int
    resource_id: str
    data: bytes
    version_hash: str = ""
    tag: str = ""
    archived_at: dt.datetime | str | None = None
    id: int = 0


def kind_text(kind: str | int) -> str:
    """Return the enum value's name for its number.

    A number without a name gives its decimal digits. A text is returned as it is: the store does
    not judge kinds.
    """
    if isinstance(kind, str):
        return kind
    if not isinstance(kind, int):
        msg = f"a kind is an enum value's name or number, not {type(kind).__name__}"
        raise TypeError(msg)
    return KIND_NAMES.get(kind, str(int(kind)))


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


def bound(kind: str | int, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a statement, the kind's text among them; their texts can be stored."""
    values["kind"] = kind_text(kind)
    for name, value in values.items():
        if name not in _BLOBS:
            checked_text(value)
    return values


def encode(message: Message | None) -> bytes:
    """Serialise deterministically: equal messages give equal bytes."""
    if message is None:
        msg = "a message is needed, not None"
        raise TypeError(msg)
    return message.SerializeToString(deterministic=True)


def decode(message_class: type[M], data: object, kind: str, resource_id: str) -> M:
    """Parse a row's blob as `message_class`; raise UndecodableRow when it is something else."""
    from google.protobuf.message import DecodeError

    if not isinstance(data, bytes):
        raise UndecodableRow.of(kind, resource_id, f"data is {type(data).__name__}, not bytes")
    try:
        return message_class.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise UndecodableRow.of(kind, resource_id, error) from error


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
    code = primary(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreLocked.after(WAIT_SECONDS, path)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull.at(path)
    return _NAMED.get(code, StoreError.unexpected)(path, text)


def primary(error: sqlite3.Error) -> int:
    """Return SQLite's code of an error without its extension; 0 where it has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
