"""The empty prefix is taken for no prefix."""

from __future__ import annotations

from pytest_stigmer.store.sqlite import SqliteStore

HARM = "A clean-up of a whole kind reports success and leaves everything."
ORIGIN = "TestStore_DeleteResourcesByIdPrefix_EmptyPrefix of b070f18"


class _Cautious(SqliteStore):
    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        return super().delete_resources_by_id_prefix(kind, prefix) if prefix else 0
