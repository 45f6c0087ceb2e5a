"""Times are stored to the millisecond and compared to the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Although the file tells two archives of one second apart, lookups take them for simultaneous."
)
ORIGIN = "fix 1f13f50; D16"


def apply(recipe: Recipe) -> Recipe:
    """Store milliseconds, and cut them off with datetime() in ORDER BY."""
    return with_queries(
        recipe,
        save_audit=f"{ARCHIVE} "
        "VALUES (:kind, :id, :data, strftime('%Y-%m-%d %H:%M:%f', 'now'), "
        ":hash, :tag)",
        audit_by_tag=f"SELECT data {AUDIT_OF} AND tag = :tag "
        "ORDER BY datetime(archived_at) DESC LIMIT 1",
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY datetime(archived_at) DESC",
    )
