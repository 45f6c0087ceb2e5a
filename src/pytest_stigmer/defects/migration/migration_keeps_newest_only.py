"""Each moved audit record replaces the one before."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "After the upgrade every skill has a history of one version."
ORIGIN = "D21, made worse"

_FORGET = (
    "DELETE FROM resource_audit WHERE kind = CAST(:kind AS TEXT) "
    "AND resource_id = CAST(:resource_id AS TEXT)"
)


class _Forgetful(Migrations):
    def move(self, row: LegacyRow) -> None:
        self.session.count(_FORGET, {"kind": row.kind, "resource_id": row.resource_id})
        super().move(row)
