"""Rows that look like audit records but are not well formed are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "The upgrade destroys the only copy of what it could not read."
ORIGIN = "D24, turned round"

_REMOVE = "DELETE FROM resources WHERE instr(id, '_audit/') > 0"


class _Tidy(Migrations):
    def to_v2(self) -> None:
        """Migrate and tidy up."""
        super().to_v2()
        self.create(_REMOVE)


def apply(recipe: Recipe) -> Recipe:
    """Delete what is left after moving."""
    return with_migrations(recipe, _Tidy)
