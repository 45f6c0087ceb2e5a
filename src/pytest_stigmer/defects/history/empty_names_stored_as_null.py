"""An absent tag or hash is stored as NULL, and NULL equals nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import ARCHIVE, with_queries

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Versions without a tag or a hash can no longer be looked up as such."
ORIGIN = "stigmer b070f18, store.go: '' and never NULL"


def apply(recipe: Recipe) -> Recipe:
    """Turn '' into NULL when archiving."""
    return with_queries(
        recipe,
        save_audit=f"{ARCHIVE} "
        "VALUES (:kind, :id, :data, datetime('now'), nullif(:hash, ''), "
        "nullif(:tag, ''))",
    )
