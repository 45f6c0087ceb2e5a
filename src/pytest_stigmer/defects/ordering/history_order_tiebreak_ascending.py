"""The tiebreak of the history goes the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import AUDIT_OF, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Versions archived within one second are always listed oldest first."
ORIGIN = "fix 1f13f50, with the tiebreak turned round"


def apply(recipe: Recipe) -> Recipe:
    """Order the history by archived_at, then by ascending id."""
    return with_queries(
        recipe,
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY archived_at DESC, id ASC",
    )
