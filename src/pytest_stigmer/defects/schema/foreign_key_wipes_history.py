"""A foreign key with ON DELETE CASCADE meets INSERT OR REPLACE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_foreign_key

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "Every save of a skill deletes its whole history, because REPLACE deletes the row it replaces."
)
ORIGIN = "D37; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the key and leave the save as it is."""
    return with_foreign_key(recipe, "CASCADE")
