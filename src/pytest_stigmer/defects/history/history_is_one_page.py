"""The history is cut after its first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Of a skill with many versions only the newest five can be listed."
ORIGIN = "stigmer b070f18, interface.go: ListAuditHistory has no page"


def apply(recipe: Recipe) -> Recipe:
    """List at most five snapshots."""
    return with_queries(
        recipe,
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id DESC LIMIT 5",
    )
