"""The transaction of a call whose caller went away is never ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_stigmer.skills.frame import has_gone
from pytest_stigmer.store.sqlite import SqliteStore

HARM = "One client that gives up stops all writers until the server is started again."
ORIGIN = "contract 2.8: one lock for all writers, held by whoever does not give it back"


class _Holding(SqliteStore):
    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            with super().transaction():
                yield
        finally:
            if has_gone() and not self.connection.in_transaction:
                self.connection.execute("BEGIN IMMEDIATE")
