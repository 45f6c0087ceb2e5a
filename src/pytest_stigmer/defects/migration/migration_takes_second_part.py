"""The resource id is taken from between the first two slashes."""

from __future__ import annotations

from pytest_stigmer.store.migration import LegacyRow, Migrations

HARM = "The versions of a skill whose id has a slash are filed under another skill."
ORIGIN = "D23"


class _Splitting(Migrations):
    def legacy_rows(self) -> list[LegacyRow]:
        return [row._replace(resource_id=row.id.split(b"/")[1]) for row in super().legacy_rows()]
