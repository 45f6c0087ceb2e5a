"""A file that is already at the schema is emptied when it is opened."""

from __future__ import annotations

from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.schema import TABLES

HARM = "A restart of the server forgets every skill."
ORIGIN = "TestStore_Path of b070f18: no test there opens a file twice"


class _Afresh(Migrations):
    def run(self, schema: int) -> None:
        if self.version() == schema:
            self.create(*(f"DELETE FROM {table}" for table in TABLES[schema]))
        super().run(schema)
