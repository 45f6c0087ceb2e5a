"""A deletion counts itself instead of the rows."""

from __future__ import annotations

from pytest_stigmer.store.sqlite import SqliteStore

HARM = "A clean-up reports one deleted record when it deleted thousands."
ORIGIN = "TestStore_DeleteResourcesByKind of b070f18"


class _CountingCalls(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        return min(super()._write(sql, kind, **values), 1)
