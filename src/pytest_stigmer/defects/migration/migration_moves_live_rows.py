"""Every id that looks a little like an audit record's is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import LegacyRow, Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "After the upgrade a live workflow named my-audit/report is gone."
ORIGIN = "D22"

_LIKE = (
    "SELECT CAST(kind AS BLOB), CAST(id AS BLOB) FROM resources WHERE id LIKE '%_audit/%' "
    "ORDER BY kind, id"
)


class _Greedy(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        """Return the audit records, and what else the pattern matches."""
        archived = super().legacy_rows()
        known = {(row.kind, row.id) for row in archived}
        others = [
            LegacyRow(kind, row_id, row_id.split(b"/")[1], b"0")
            for kind, row_id in self.session.rows(_LIKE, {})
            if (kind, row_id) not in known and row_id.split(b"/")[1]
        ]
        return others + archived


def apply(recipe: Recipe) -> Recipe:
    """Choose rows by LIKE '%_audit/%', as the real server does."""
    return with_migrations(recipe, _Greedy)
