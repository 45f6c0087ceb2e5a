"""The resource id is taken from between the first two slashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "The versions of a skill whose id has a slash are filed under another skill."
ORIGIN = "D23"


class _Splitting(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        """Return the audit records with the second part of their ids as resource id."""
        return [row._replace(resource_id=row.id.split(b"/")[1]) for row in super().legacy_rows()]


def apply(recipe: Recipe) -> Recipe:
    """Split the id at every slash, as the real server does."""
    return with_migrations(recipe, _Splitting)
