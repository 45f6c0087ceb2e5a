"""Deleting a history spares the snapshots that carry a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A skill that is made anew under an old id answers with tags of its predecessor."
ORIGIN = "D34"


def apply(recipe: Recipe) -> Recipe:
    """Delete untagged snapshots only."""
    return with_queries(
        recipe,
        delete_audit=f"DELETE {AUDIT_OF} AND tag = ''",
    )
