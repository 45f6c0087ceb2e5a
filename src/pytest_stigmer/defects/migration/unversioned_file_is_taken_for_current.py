"""A file without a version table counts as up to date."""

from __future__ import annotations

from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.schema import LATEST

HARM = "After the upgrade from the first SQLite release every call about versions fails."
ORIGIN = "commit 5af72bf: files without schema_version"


class _Assuming(Migrations):
    def version(self) -> int:
        tables = {name for (name,) in self.session.rows("SELECT name FROM sqlite_master", {})}
        if "resources" in tables and "schema_version" not in tables:
            return LATEST
        return super().version()
