"""A snapshot whose version hash is known already is not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import ARCHIVE, AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Going back to an earlier version leaves no trace, and its tag stays on the version that "
    "was left."
)
ORIGIN = "D18, turned round"


def apply(recipe: Recipe) -> Recipe:
    """Archive a version hash once per resource."""
    return with_queries(
        recipe,
        save_audit=f"{ARCHIVE} SELECT :kind, :id, :data, datetime('now'), :hash, :tag "
        f"WHERE :hash = '' OR NOT EXISTS (SELECT 1 {AUDIT_OF} "
        "AND version_hash = :hash)",
    )
