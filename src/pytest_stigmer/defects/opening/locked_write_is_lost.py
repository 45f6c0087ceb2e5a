"""A write that meets another connection's lock is dropped in silence."""

from __future__ import annotations

from pytest_stigmer.errors import StoreLocked
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "While a backup holds the lock, saved versions are acknowledged and gone."
ORIGIN = "D14"


class _Careless(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreLocked:
            return 0
