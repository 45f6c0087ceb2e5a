"""Migrated audit records without tag or hash get NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "After the upgrade untagged versions can be listed but not looked up."
ORIGIN = "D21, with NULL"


class _Nulling(Migrations):
    def to_v2(self) -> None:
        """Migrate, then clear the empty names."""
        super().to_v2()
        self.create(
            "UPDATE resource_audit SET version_hash = nullif(version_hash, ''), "
            "tag = nullif(tag, '')"
        )


def apply(recipe: Recipe) -> Recipe:
    """Turn '' into NULL after moving."""
    return with_migrations(recipe, _Nulling)
