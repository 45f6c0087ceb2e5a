"""A record that does not decode is answered as if it did not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.errors import ResourceNotFound, UndecodableRow
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pytest_stigmer.store.interface import M

HARM = "Damage to the file looks like a deletion, and the next save buries what could be restored."
ORIGIN = "D10"


class _Blind(SqliteStore):
    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        """Return the record, or say that there is none."""
        try:
            return super().get_resource(kind, resource_id, message_class)
        except UndecodableRow as error:
            raise ResourceNotFound.of(str(kind), resource_id) from error
