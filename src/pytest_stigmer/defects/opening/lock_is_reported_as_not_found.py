"""A lock is answered as if the record did not exist."""

from __future__ import annotations

from pytest_stigmer.errors import ResourceNotFound, StoreLocked
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "A client that meets a busy server gives up instead of trying again."
ORIGIN = "D11"


class _Misleading(SqliteStore):
    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreLocked as error:
            raise ResourceNotFound.of(str(kind), str(values.get("id", ""))) from error
