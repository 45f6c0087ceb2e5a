"""A version hash is found by its first digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A hash cut short in a lock file silently resolves to some version instead of failing."
ORIGIN = "D36, for hashes"


def apply(recipe: Recipe) -> Recipe:
    """Compare the start of the hash."""
    return with_queries(
        recipe,
        audit_by_hash=f"SELECT data {AUDIT_OF} "
        "AND substr(version_hash, 1, length(:hash)) = :hash "
        "ORDER BY id DESC LIMIT 1",
    )
