"""An id belongs to one kind at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.registry.assembly import Recipe

HARM = "Saving a skill deletes the agent that has the same id."
ORIGIN = "stigmer b070f18, store.go: the key is kind and id"


class _OneKindPerId(SqliteStore):
    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Save, after removing the same id of other kinds."""
        self._write("DELETE FROM resources WHERE id = :id AND kind <> :kind", kind, id=resource_id)
        super().save_resource(kind, resource_id, message)


def apply(recipe: Recipe) -> Recipe:
    """Delete what other kinds have under the id."""
    return with_store(recipe, _OneKindPerId)
