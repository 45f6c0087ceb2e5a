"""A foreign key with ON DELETE RESTRICT meets INSERT OR REPLACE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_foreign_key

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A skill that has a history can never be saved again."
ORIGIN = "D37; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the key with RESTRICT and leave the save as it is."""
    return with_foreign_key(recipe, "RESTRICT")
