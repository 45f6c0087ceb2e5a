"""Deleting empties a record and leaves its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A deleted skill is still found and listed, without content."
ORIGIN = "TestStore_DeleteResource of b070f18"


def apply(recipe: Recipe) -> Recipe:
    """Blank the data instead of deleting the row."""
    return with_queries(
        recipe,
        delete_resource="UPDATE resources SET data = x'' WHERE kind = :kind AND id = :id",
    )
