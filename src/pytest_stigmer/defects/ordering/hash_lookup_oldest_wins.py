"""Of several snapshots with one version hash, any is taken: in practice the oldest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "A version that was pushed again under a new tag still answers with its old tag and old name."
)
ORIGIN = "D17"


def apply(recipe: Recipe) -> Recipe:
    """Look a hash up as the real server does: LIMIT 1 and no order."""
    return with_queries(
        recipe,
        audit_by_hash=f"SELECT data {AUDIT_OF} AND version_hash = :hash LIMIT 1",
    )
