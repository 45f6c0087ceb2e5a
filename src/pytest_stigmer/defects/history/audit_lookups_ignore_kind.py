"""Tags and hashes are looked up by the id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A tag of a skill can name a version of an agent that has the same id."
ORIGIN = "D5, for the audit table"


def apply(recipe: Recipe) -> Recipe:
    """Leave the kind out of both lookups."""
    return with_queries(
        recipe,
        audit_by_hash="SELECT data FROM resource_audit WHERE resource_id = :id "
        "AND version_hash = :hash ORDER BY id DESC LIMIT 1",
        audit_by_tag="SELECT data FROM resource_audit WHERE resource_id = :id "
        "AND tag = :tag ORDER BY id DESC LIMIT 1",
    )
