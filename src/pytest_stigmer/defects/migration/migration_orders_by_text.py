"""Audit records are moved in the order of their ids as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.defects.change import with_migrations
from pytest_stigmer.store.migration import Migrations

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import LegacyRow

HARM = "After the upgrade an old version counts as newest, because its instant has fewer digits."
ORIGIN = "D21; stigmer b070f18, store.go: rows move in key order"


class _Textual(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        """Return the audit records in key order."""
        return sorted(super().legacy_rows(), key=lambda row: (row.kind, row.id))


def apply(recipe: Recipe) -> Recipe:
    """Sort by kind and id."""
    return with_migrations(recipe, _Textual)
