"""A record that does not decode is answered as if it did not exist."""

from __future__ import annotations

from pytest_stigmer.errors import ResourceNotFound, UndecodableRow
from pytest_stigmer.store.interface import M
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "Damage to the file looks like a deletion, and the next save buries what could be restored."
ORIGIN = "D10"


class _Blind(SqliteStore):
    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        try:
            return super().get_resource(kind, resource_id, message_class)
        except UndecodableRow as error:
            raise ResourceNotFound.of(str(kind), resource_id) from error
