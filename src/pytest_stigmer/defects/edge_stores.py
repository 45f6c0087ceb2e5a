"""Transactions and upgrades that keep or move something else than they must."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.generation import load
from pytest_stigmer.defects.change import Row, exchange, in_place
from pytest_stigmer.errors import ResourceNotFound
from pytest_stigmer.store.migration import LegacyRow, Migrations
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.store.interface import M

_UNIT = "contract 0: one transaction, all of it or nothing"
_AS_THEY_ARE = "contract 2.5: kind and data unchanged, archived_at = the row's updated_at"
_TIME = (
    "SELECT updated_at FROM resources WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"
)
_MOVED = "id = (SELECT max(id) FROM resource_audit)"


class _InnerCommits(SqliteStore):
    """Commits the outer transaction with each inner one."""

    depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.depth += 1
        try:
            with super().transaction():
                yield
            if self.depth > 1:
                self.connection.execute("COMMIT")
                self.connection.execute("BEGIN IMMEDIATE")
        finally:
            self.depth -= 1


class _GivingUp(SqliteStore):
    """Undoes the transaction in which a record is not found."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        try:
            return super().get_resource(kind, resource_id, message_class)
        except ResourceNotFound:
            with suppress(sqlite3.OperationalError):  # there is none
                self.connection.execute("ROLLBACK")
            raise


class _Remembering(SqliteStore):
    """Remembers what a tag names until the next snapshot, a transaction's end apart."""

    named: dict[tuple[Any, ...], Any]

    def get_audit_by_tag(self, kind: str | int, resource_id: str, tag: str, cls: type[M]) -> M:
        named = self.__dict__.setdefault("named", {})
        place = (self.connection.total_changes, str(kind), resource_id, tag)
        if place not in named:
            named[place] = super().get_audit_by_tag(kind, resource_id, tag, cls)
        return named[place]  # type: ignore[no-any-return]


EDGES_OF_TRANSACTIONS = (
    exchange(
        "inner-block-commits-the-outer",
        "A change of several records that fails at its end leaves its first half.",
        _UNIT,
        store=_InnerCommits,
    ),
    exchange(
        "refusal-undoes-the-transaction",
        "Asking for a record that is not there throws away what was written before.",
        _UNIT,
        store=_GivingUp,
    ),
    exchange(
        "undone-snapshot-is-remembered",
        "A tag goes on naming a version whose transaction was undone.",
        f"{_UNIT}; a cache in front of the file",
        store=_Remembering,
    ),
)


class _WritingAnew(Migrations):
    """Decodes each message that it moves and writes it again."""

    def move(self, row: LegacyRow) -> None:
        super().move(row)
        ((data,),) = self.session.rows(f"SELECT data FROM resource_audit WHERE {_MOVED}", {})
        with suppress(Exception):
            message = load("bundled").Skill.FromString(data)
            message.DiscardUnknownFields()
            again = {"data": message.SerializeToString(deterministic=True)}
            self.session.count(f"UPDATE resource_audit SET data = :data WHERE {_MOVED}", again)


class _Stopping(Migrations):
    """Moves no more than 256 versions."""

    def legacy_rows(self) -> list[LegacyRow]:
        return super().legacy_rows()[:256]


class _ByFloat(Migrations):
    """Orders versions by instants that lose their last digits."""

    def legacy_rows(self) -> list[LegacyRow]:
        newest_first = super().legacy_rows()[::-1]
        return sorted(newest_first, key=lambda row: float(row.nanoseconds))


class _ByTheRow(Migrations):
    """Orders versions by the time of their rows."""

    def legacy_rows(self) -> list[LegacyRow]:
        rows = super().legacy_rows()
        return sorted(rows, key=lambda row: self.session.rows(_TIME, row._asdict()))


EDGES_OF_MIGRATION = (
    Row(
        "migration-writes-messages-anew",
        "What a newer release has put into an old version is gone after the upgrade.",
        _AS_THEY_ARE,
        partial(in_place, part=_WritingAnew),
    ),
    exchange(
        "migration-moves-live-times",
        "After the upgrade every record looks as if it had just been changed.",
        _AS_THEY_ARE,
        ddl=("UPDATE resources SET updated_at = datetime('now')",),
    ),
    exchange(
        "migration-archives-now",
        "After the upgrade every version looks as if it had just been archived.",
        _AS_THEY_ARE,
        ddl=("UPDATE resource_audit SET archived_at = datetime('now')",),
    ),
    Row(
        "migration-stops-at-256",
        "The upgrade leaves most versions of a large file among the live skills, for good.",
        "contract 2.5: every row is moved",
        partial(in_place, part=_Stopping),
    ),
    Row(
        "migration-orders-by-float",
        "Two versions of one microsecond change places in the upgrade.",
        "contract 2.5: order by the nanosecond part",
        partial(in_place, part=_ByFloat),
    ),
    Row(
        "migration-orders-by-updated-at",
        "A version that an older release has written again becomes the newest in the upgrade.",
        "contract 2.5: order by the nanosecond part",
        partial(in_place, part=_ByTheRow),
    ),
)
