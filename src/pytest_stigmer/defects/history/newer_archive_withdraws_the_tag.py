"""A tag holds only while the newest snapshot carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Archiving a version without a tag makes every tag of the skill vanish."
ORIGIN = "D70, turned round"


def apply(recipe: Recipe) -> Recipe:
    """Look for the tag on the newest snapshot only."""
    return with_queries(
        recipe,
        audit_by_tag="SELECT data FROM resource_audit "
        f"WHERE id = (SELECT max(id) {AUDIT_OF}) AND tag = :tag",
    )
