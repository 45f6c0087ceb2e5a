"""A resource without a history is answered with an error."""

from __future__ import annotations

from pytest_stigmer.errors import AuditNotFound
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "A page that shows the history of a new skill fails instead of being empty."
ORIGIN = "TestStore_ListAuditHistory of b070f18, second half"


class _NeverEmpty(SqliteStore):
    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        found = super().list_audit_history(kind, resource_id)
        if not found:
            raise AuditNotFound.by_tag(str(kind), resource_id, "*")
        return found
