"""What was read once is answered from memory ever after."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.store.interface import M
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "Another process changes or deletes a record, and whoever has read it goes on with the old."
ORIGIN = "a cache in front of the file, as contract 2.8 forbids: every call reads the file"


class _Caching(SqliteStore):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known: dict[tuple[str, str], Any] = {}

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        place = (str(kind), resource_id)
        if place not in self._known:
            self._known[place] = super().get_resource(kind, resource_id, message_class)
        return self._known[place]  # type: ignore[no-any-return]

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        super().save_resource(kind, resource_id, message)
        self._known.pop((str(kind), resource_id), None)

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        super().delete_resource(kind, resource_id)
        self._known.pop((str(kind), resource_id), None)
