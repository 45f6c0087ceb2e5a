"""Moved audit records stay in the live table too."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "After the upgrade archived versions are listed as live skills."
ORIGIN = "D29"

_ROW = "kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"


class _Copying(Migrations):
    def move(self, row: LegacyRow) -> None:
        key = {"kind": row.kind, "id": row.id}
        self.create("CREATE TEMP TABLE moving AS SELECT * FROM resources LIMIT 0")
        self.session.count(f"INSERT INTO moving SELECT * FROM resources WHERE {_ROW}", key)
        super().move(row)
        self.create("INSERT INTO resources SELECT * FROM moving", "DROP TABLE moving")
