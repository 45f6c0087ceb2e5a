"""Every id that looks a little like an audit record's is moved."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "After the upgrade a live workflow named my-audit/report is gone."
ORIGIN = "D22"

_LIKE = (
    "SELECT CAST(kind AS BLOB), CAST(id AS BLOB) FROM resources WHERE id LIKE '%_audit/%' "
    "ORDER BY kind, id"
)


class _Greedy(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        archived = super().legacy_rows()
        known = {(row.kind, row.id) for row in archived}
        others = [
            LegacyRow(kind, row_id, row_id.split(b"/")[1], b"0")
            for kind, row_id in self.session.rows(_LIKE, {})
            if (kind, row_id) not in known and row_id.split(b"/")[1]
        ]
        return others + archived
