"""The store on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pytest_stigmer.clock import Clock, PausableClock, SystemClock
from pytest_stigmer.errors import AuditNotFound, ResourceNotFound
from pytest_stigmer.store.clock_functions import ClockFunctions
from pytest_stigmer.store.connection import checked_path, make_parent
from pytest_stigmer.store.interface import M
from pytest_stigmer.store.migration import Decoder, Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.schema import LATEST, TABLE_NAMES, emptying
from pytest_stigmer.store.session import Session
from pytest_stigmer.store.translation import bound, checked_text, decode, encode, kind_text

if TYPE_CHECKING:
    from google.protobuf.message import Message

_REFERENCE = Queries()
_SYSTEM_CLOCK = SystemClock()
_NOTHING: Mapping[str, Any] = {}


class SqliteStore:
    """The verbs of `interface.Store` on a file that the real server opens too, and writes likewise.

    Opening creates the file and its folders, or brings an older file to `schema` (1 or 2);
    `decoder` tells the version hash and the tag of a message that a migration moves. One
    connection, usable from any thread of the process that opened it. Writes are durable against a
    killed process; after a power cut the last of them may be gone, never half of one.

    A file is read whole when it is opened (4 ms per MB), and refused when its pages, tables and
    indexes disagree, or when it lacks a table or column of its version. Which records a store has
    is then right, and so are their ids, hashes, tags and order; a SQLite file has no checksums, so
    damage within a record's message, or to the text of the schema, can pass, and so can damage done
    while the file is open. Raises InvalidPath, PathNotWritable, NotADatabase, NewerSchema,
    StoreLocked and DiskFull.
    Source: stigmer b070f18, backend/libs/go/store/sqlite/store.go.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        clock: Clock = _SYSTEM_CLOCK,
        schema: int = LATEST,
        decoder: Decoder | None = None,
        queries: Queries = _REFERENCE,
        migrations: Callable[..., Migrations] = Migrations,
    ) -> None:
        self._path = checked_path(path)
        self.clock = clock
        self.instants = PausableClock(clock)
        self.queries = queries
        make_parent(self._path)
        self._session = Session(self._path, ClockFunctions(self.instants))
        try:
            migrations(self._session, self._path, decoder).run(schema)
        except BaseException:
            self._session.close()
            raise

    @property
    def path(self) -> Path:
        """The database file; still answers after `close`."""
        return self._path

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection, for a test's own SQL; its date functions follow the clock."""
        return self._session.connection

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Insert or replace the live record; its audit records stay."""
        self._write(self.queries.save_resource, kind, id=resource_id, data=encode(message))

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        """Return the live record; raise ResourceNotFound or UndecodableRow."""
        rows = self._read(self.queries.get_resource, kind, id=resource_id)
        if not rows:
            raise ResourceNotFound.of(kind_text(kind), resource_id)
        return decode(message_class, rows[0], kind_text(kind), resource_id)

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return the serialized live records of a kind, by id as UTF-8 bytes."""
        return self._read(self.queries.list_resources, kind)

    def resource_rows(self, kind: str | int) -> list[tuple[str, bytes]]:
        """Return id and serialized record of each live record of a kind, by id as UTF-8 bytes."""
        return self._session.rows(self.queries.resource_rows, bound(kind, {}))

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Delete the live record if there is one; audit records stay."""
        self._write(self.queries.delete_resource, kind, id=resource_id)

    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Delete all live records of a kind and return their number; audit records stay."""
        return self._write(self.queries.delete_resources_by_kind, kind)

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Delete the live records whose id starts with `prefix`, literally; return their number."""
        if not checked_text(prefix):
            return self.delete_resources_by_kind(kind)
        end = _after_all_with(prefix.encode())
        return self._write(self.queries.delete_resources_by_id_prefix, kind, prefix=prefix, end=end)

    def save_audit(
        self,
        kind: str | int,
        resource_id: str,
        message: Message,
        *,
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Append an audit record; no parent need exist, and equal records are all kept."""
        self._write(
            self.queries.save_audit,
            kind,
            id=resource_id,
            data=encode(message),
            hash=version_hash,
            tag=tag,
        )

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, message_class: type[M]
    ) -> M:
        """Return the newest audit record of this version hash ('' is one); raise AuditNotFound."""
        rows = self._read(self.queries.audit_by_hash, kind, id=resource_id, hash=version_hash)
        if not rows:
            raise AuditNotFound.by_hash(kind_text(kind), resource_id, version_hash)
        return decode(message_class, rows[0], kind_text(kind), resource_id)

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: type[M]
    ) -> M:
        """Return the newest audit record of this tag ('' is one); raise AuditNotFound."""
        rows = self._read(self.queries.audit_by_tag, kind, id=resource_id, tag=tag)
        if not rows:
            raise AuditNotFound.by_tag(kind_text(kind), resource_id, tag)
        return decode(message_class, rows[0], kind_text(kind), resource_id)

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the serialized audit records of a resource, newest insertion first."""
        return self._read(self.queries.audit_history, kind, id=resource_id)

    def delete_audit_by_resource_id(self, kind: str | int, resource_id: str) -> int:
        """Delete the audit records of a resource and return their number."""
        return self._write(self.queries.delete_audit, kind, id=resource_id)

    def reset(self) -> None:
        """Delete every record, live and audit, of every kind, and count from 1 again."""
        with self.transaction():
            for statement in emptying(self.execute(TABLE_NAMES)):
                self.execute(statement)

    def revision(self) -> tuple[int, ...]:
        """Return a value that any change alters, whoever made it, committed or undone.

        What was read between two equal values is still true.
        """
        return self._session.revision()

    def undisturbed(self) -> AbstractContextManager[object]:
        """Keep other threads out of this store for a block; other connections go on."""
        return self._session.guard()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the enclosed verbs one unit: all of them or none; nestable.

        The write lock is taken at once, so that what the block reads stays true until it writes.
        """
        with self._session.transaction():
            yield

    def execute(self, sql: str, values: Mapping[str, Any] = _NOTHING) -> list[tuple[Any, ...]]:
        """Run one statement of a test's own and return its rows; raises what the verbs raise."""
        return self._session.rows(sql, values)

    def execute_many(self, sql: str, batch: Iterable[Mapping[str, Any] | Sequence[Any]]) -> None:
        """Run one statement for each set of values; raises what the verbs raise."""
        self._session.many(sql, batch)

    def replace_content(self, original: sqlite3.Connection) -> None:
        """Make this file a copy of the one that `original` reads; see `backup.restore`."""
        self._session.replace_content(original)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, sql: str, kind: str | int, **values: str) -> list[Any]:
        return [data for (data,) in self._session.rows(sql, bound(kind, values))]

    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        return self._session.count(sql, bound(kind, values))


def _after_all_with(prefix: bytes) -> bytes:
    # UTF-8 has no byte 0xFF, so the last byte always has a successor.
    return prefix[:-1] + bytes([prefix[-1] + 1])
