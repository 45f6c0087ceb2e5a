"""An id belongs to one kind at a time."""

from __future__ import annotations

from google.protobuf.message import Message

from pytest_stigmer.store.sqlite import SqliteStore

HARM = "Saving a skill deletes the agent that has the same id."
ORIGIN = "stigmer b070f18, store.go: the key is kind and id"


class _OneKindPerId(SqliteStore):
    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        self._write("DELETE FROM resources WHERE id = :id AND kind <> :kind", kind, id=resource_id)
        super().save_resource(kind, resource_id, message)
