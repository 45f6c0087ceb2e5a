"""Many rows at once: one transaction, and no message built per row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import seconds_text
from pytest_stigmer.store.translation import AuditRow, ResourceRow, checked_text, kind_text

Progress = Callable[[int, int], None]
Values = tuple[str | bytes, ...]

_BATCH = 10_000

_RESOURCE = "INSERT OR REPLACE INTO resources (kind, id, data, updated_at) VALUES (?, ?, ?, ?)"
_AUDIT = (
    "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


def load_history(
    store: SqliteStore, rows: Collection[AuditRow], progress: Progress | None = None
) -> None:
    """Append audit rows in their order, all of them or none.

    `progress` is called with (rows done, rows in all) after each batch.
    """
    now = seconds_text(store.clock.now())
    _load(store, _AUDIT, (_audit_values(row, now) for row in rows), len(rows), progress)


def load_resources(
    store: SqliteStore, rows: Collection[ResourceRow], progress: Progress | None = None
) -> None:
    """Insert or replace live rows, all of them or none; `progress` as for `load_history`."""
    now = seconds_text(store.clock.now())
    _load(store, _RESOURCE, (_resource_values(row, now) for row in rows), len(rows), progress)


def _load(
    store: SqliteStore, sql: str, values: Iterator[Values], total: int, progress: Progress | None
) -> None:
    done = 0
    with store.transaction():
        while batch := list(islice(values, _BATCH)):
            store.execute_many(sql, batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)


def _audit_values(row: AuditRow, now: str) -> Values:
    return (
        checked_text(kind_text(row.kind)),
        checked_text(row.resource_id),
        row.data,
        _instant(row.archived_at, now),
        checked_text(row.version_hash),
        checked_text(row.tag),
    )


def _resource_values(row: ResourceRow, now: str) -> Values:
    return (
        checked_text(kind_text(row.kind)),
        checked_text(row.id),
        row.data,
        _instant(row.updated_at, now),
    )


def _instant(instant: dt.datetime | str | None, now: str) -> str:
    if isinstance(instant, str):
        return instant
    return now if instant is None else seconds_text(instant)
