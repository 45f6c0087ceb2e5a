"""The newest audit record shares the content of the live record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_store
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import encode

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.registry.assembly import Recipe

HARM = "With every save the version archived last is rewritten, and what it was is gone."
ORIGIN = "stigmer b070f18, interface.go: audit records are immutable"

_NEWEST = (
    "UPDATE resource_audit SET data = :data "
    "WHERE id = (SELECT max(id) FROM resource_audit WHERE kind = :kind AND resource_id = :id)"
)


class _Sharing(SqliteStore):
    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Save the record and rewrite its newest audit record."""
        super().save_resource(kind, resource_id, message)
        self._write(_NEWEST, kind, id=resource_id, data=encode(message))


def apply(recipe: Recipe) -> Recipe:
    """Write a saved record into its newest audit record too."""
    return with_store(recipe, _Sharing)
