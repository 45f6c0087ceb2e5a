"""A foreign key without an action on deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_foreign_key

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A skill that has a history cannot be deleted."
ORIGIN = "D32; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the key with NO ACTION."""
    return with_foreign_key(recipe, "NO ACTION")
