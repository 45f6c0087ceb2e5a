"""Of snapshots with one version hash only the newest is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "That a version was current twice can no longer be seen."
ORIGIN = "D18, turned round"


def apply(recipe: Recipe) -> Recipe:
    """Group the history by version hash."""
    return with_queries(
        recipe,
        audit_history="SELECT data FROM resource_audit "
        f"WHERE id IN (SELECT max(id) {AUDIT_OF} GROUP BY version_hash) "
        "ORDER BY id DESC",
    )
