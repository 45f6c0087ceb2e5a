"""A project's own store on SQLAlchemy, and a wrong copy of it."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from shelf import KINDS, Missing, Shut, Unreadable
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    delete,
    event,
    insert,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)


class AnyText(TypeDecorator[str]):
    """Text as bytes, because PostgreSQL keeps no NUL in a text and orders by a language."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """Encode."""
        del dialect
        return None if value is None else value.encode()

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        """Decode."""
        del dialect
        return None if value is None else bytes(value).decode()


TEXT = String().with_variant(AnyText(), "postgresql")

tables = MetaData()
records = Table(
    "records",
    tables,
    Column("kind", TEXT, primary_key=True),
    Column("id", TEXT, primary_key=True),
    Column("data", LargeBinary),
)
snapshots = Table(
    "snapshots",
    tables,
    Column("number", Integer, primary_key=True),
    Column("kind", TEXT),
    Column("resource_id", TEXT),
    Column("archived_at", String),
    Column("version_hash", TEXT),
    Column("tag", TEXT),
    Column("data", LargeBinary),
)


class Ledger:
    """Keeps serialized messages in two tables, for one thread."""

    newest_first = (snapshots.c.number.desc(),)

    def __init__(self, path: Path, now: dt.datetime = START) -> None:
        self.path = path
        self.now = now
        self.engine = self._engine()
        tables.create_all(self.engine)
        self._connection = self.engine.connect()

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        """Put a record in its place."""
        data = _bytes(message)
        with self.transaction():
            self.delete_resource(kind, resource_id)
            self._run(insert(records).values(kind=_name(kind), id=resource_id, data=data))

    def get_resource(self, kind: str | int, resource_id: str, message_class: Any) -> Any:
        """Return a record."""
        own = _live(kind) & (records.c.id == resource_id)
        return self._one(select(records.c.data).where(own), resource_id, message_class)

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return all records of a kind."""
        query = select(records.c.data).where(_live(kind)).order_by(records.c.id)
        return list(self._run(query).scalars())

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Drop a record."""
        self._run(delete(records).where(_live(kind) & (records.c.id == resource_id)))

    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Drop all records of a kind."""
        return self.delete_resources_by_id_prefix(kind, "")

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Drop the records whose id starts with a text."""
        with self.transaction():
            ids = self._run(select(records.c.id).where(_live(kind))).scalars()
            doomed = [found for found in ids if found.startswith(prefix)]
            for found in doomed:
                self.delete_resource(kind, found)
        return len(doomed)

    def save_audit(self, kind: str | int, resource_id: str, message: Any, **names: str) -> None:
        """Keep a snapshot."""
        row = {"version_hash": "", "tag": "", **names, "data": _bytes(message)}
        archived_at = self.now.isoformat(timespec="seconds")
        own = {"kind": _name(kind), "resource_id": resource_id, "archived_at": archived_at}
        self._run(insert(snapshots).values(**own, **row))

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, message_class: Any
    ) -> Any:
        """Return the newest snapshot of a hash."""
        query = self._history(kind, resource_id).where(snapshots.c.version_hash == version_hash)
        return self._one(query.limit(1), f"{resource_id} ({version_hash})", message_class)

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: Any
    ) -> Any:
        """Return the newest snapshot of a tag."""
        query = self._history(kind, resource_id).where(snapshots.c.tag == tag)
        return self._one(query.limit(1), f"{resource_id} ({tag})", message_class)

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the snapshots, newest first."""
        return list(self._run(self._history(kind, resource_id)).scalars())

    def delete_audit_by_resource_id(self, kind: str | int, resource_id: str) -> int:
        """Drop the snapshots of a record."""
        return self._run(delete(snapshots).where(_archived(kind, resource_id))).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the block one unit, within another one if there is one."""
        if self._connection.closed:
            raise Shut("the ledger is closed")
        nested = self._connection.in_transaction()
        with self._connection.begin_nested() if nested else self._connection.begin():
            yield

    def close(self) -> None:
        """Answer nothing more."""
        self._connection.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _engine(self) -> Any:
        engine = create_engine(f"sqlite:///{self.path}")
        event.listen(engine, "connect", _leave_transactions_to_sqlalchemy)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine

    def _history(self, kind: str | int, resource_id: str) -> Any:
        query = select(snapshots.c.data).where(_archived(kind, resource_id))
        return query.order_by(*self.newest_first)

    def _one(self, query: Any, name: str, message_class: Any) -> Any:
        data = self._run(query).scalar()
        if data is None:
            raise Missing(f"no {name}")
        try:
            return message_class.FromString(data)
        except Exception as error:
            raise Unreadable(name) from error

    def _run(self, statement: Any) -> Any:
        is_part = self._connection.in_transaction()
        with nullcontext() if is_part else self.transaction():
            result = self._connection.execute(statement)
            return result.freeze()() if result.returns_rows else result


class WrongLedger(Ledger):
    """Newest is what was stamped last, to the second."""

    newest_first = (snapshots.c.archived_at.desc(),)


def _leave_transactions_to_sqlalchemy(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = OFF")


def _name(kind: str | int) -> str:
    return KINDS.get(kind, str(kind)) if isinstance(kind, int) else kind


def _live(kind: str | int) -> Any:
    return records.c.kind == _name(kind)


def _archived(kind: str | int, resource_id: str) -> Any:
    return (snapshots.c.kind == _name(kind)) & (snapshots.c.resource_id == resource_id)


def _bytes(message: Any) -> bytes:
    if message is None:
        raise TypeError("a message is needed, not None")
    return bytes(message.SerializeToString())
