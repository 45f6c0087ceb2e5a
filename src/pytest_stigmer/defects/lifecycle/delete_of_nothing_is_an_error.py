"""Deleting what does not exist fails."""

from __future__ import annotations

from pytest_stigmer.errors import ResourceNotFound
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "A deletion that is repeated after a lost answer looks like a failure."
ORIGIN = "TestStore_DeleteResource_NonExistent of b070f18"


class _Strict(SqliteStore):
    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        if not self._write(self.queries.delete_resource, kind, id=resource_id):
            raise ResourceNotFound.of(str(kind), resource_id)
