"""A foreign key is checked at once, and registries archive before they save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import UPSERT, with_foreign_key, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "The first push of every skill fails, because its snapshot has no parent yet."
ORIGIN = "D37; D33; schema v3 idea"


def apply(recipe: Recipe) -> Recipe:
    """Add the key and save with ON CONFLICT DO UPDATE, which spares the history."""
    return with_queries(with_foreign_key(recipe, "CASCADE", when=""), save_resource=UPSERT)
