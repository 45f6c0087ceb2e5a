"""Migrated audit records get neither hash nor tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "After the upgrade no older version can be found by its tag or hash."
ORIGIN = "D21"


class _Nameless(Migrations):
    def names_of(self, row: LegacyRow) -> tuple[str, str]:
        """Return nothing, without a look at the message."""
        del row
        return "", ""


def apply(recipe: Recipe) -> Recipe:
    """Store '' for both, as the real server does."""
    return with_migrations(recipe, _Nameless)
