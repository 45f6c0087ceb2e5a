"""Live rows are searched for audit records whenever a file is opened."""

from __future__ import annotations

from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.schema import LATEST

HARM = "A live record whose id reads like an audit record's vanishes with the next restart."
ORIGIN = "D22, repeated"


class _Restless(Migrations):
    def run(self, schema: int) -> None:
        super().run(schema)
        for row in self.legacy_rows() if schema == LATEST else ():
            self.move(row)
