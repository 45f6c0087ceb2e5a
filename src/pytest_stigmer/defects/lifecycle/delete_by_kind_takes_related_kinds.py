"""Deleting a kind deletes every kind whose name starts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Removing all agents removes all agent executions and agent instances."
ORIGIN = "D36, for kinds"


def apply(recipe: Recipe) -> Recipe:
    """Compare the start of the kind's name."""
    return with_queries(
        recipe,
        delete_resources_by_kind="DELETE FROM resources "
        "WHERE substr(kind, 1, length(:kind)) = :kind",
    )
