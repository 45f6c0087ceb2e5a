"""Deleting a record deletes its history."""

from __future__ import annotations

from pytest_stigmer.store.sqlite import SqliteStore

HARM = "After a deletion nobody can tell which versions of a skill ever existed."
ORIGIN = "D32, turned round"


class _Cascading(SqliteStore):
    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        super().delete_resource(kind, resource_id)
        self.delete_audit_by_resource_id(kind, resource_id)
