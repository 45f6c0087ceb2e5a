"""An audit record that gives no names is not worth keeping."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "The upgrade destroys versions whose message it cannot read."
ORIGIN = "D10; D21"


class _Choosy(Migrations):
    def move(self, row: LegacyRow) -> None:
        named = self.names_of(row) != ("", "")
        super().move(row)
        if not named:
            self.create("DELETE FROM resource_audit WHERE id = last_insert_rowid()")
