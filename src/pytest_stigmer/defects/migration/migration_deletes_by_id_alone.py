"""A moved row is deleted by its id, whatever its kind."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "When two kinds share an archived id, the upgrade keeps the version of one of them."
ORIGIN = "D22"

_REMOVE = "DELETE FROM resources WHERE id = CAST(:id AS TEXT)"


class _KindBlind(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        return [row for row in super().legacy_rows() if row.kind == b"skill"]

    def move(self, row: LegacyRow) -> None:
        super().move(row)
        self.session.count(_REMOVE, {"id": row.id})
