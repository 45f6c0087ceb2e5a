"""Migrated audit records without tag or hash get NULL."""

from __future__ import annotations

from pytest_stigmer.store.migration import Migrations

HARM = "After the upgrade untagged versions can be listed but not looked up."
ORIGIN = "D21, with NULL"


class _Nulling(Migrations):
    def to_v2(self) -> None:
        super().to_v2()
        self.create(
            "UPDATE resource_audit SET version_hash = nullif(version_hash, ''), "
            "tag = nullif(tag, '')"
        )
