"""An id belongs to one kind at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from google.protobuf.message import Message


HARM = "Saving a skill deletes the agent that has the same id."
ORIGIN = "stigmer b070f18, store.go: the key is kind and id"


class _OneKindPerId(SqliteStore):
    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Save, after removing the same id of other kinds."""
        self._write("DELETE FROM resources WHERE id = :id AND kind <> :kind", kind, id=resource_id)
        super().save_resource(kind, resource_id, message)
