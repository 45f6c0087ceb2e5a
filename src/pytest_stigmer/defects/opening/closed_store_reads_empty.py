"""A closed store answers as an empty one."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.errors import StoreClosed
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "While the server shuts down, skills seem to be deleted, and clients act on it."
ORIGIN = "D11"


class _Silent(SqliteStore):
    def _read(self, sql: str, kind: str | int, **values: str) -> list[Any]:
        try:
            return super()._read(sql, kind, **values)
        except StoreClosed:
            return []
