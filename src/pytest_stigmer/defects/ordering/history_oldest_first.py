"""The history runs from the oldest snapshot to the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Whoever takes the first entry of a history as the newest version gets the very first one."
ORIGIN = "fix 1f13f50, with the whole order turned round"


def apply(recipe: Recipe) -> Recipe:
    """Order the history by ascending id."""
    return with_queries(
        recipe,
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id",
    )
