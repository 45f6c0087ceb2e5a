"""A part for defects: a store that keeps what a call had done when its caller went away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_stigmer.errors import StatusError
from pytest_stigmer.store.sqlite import SqliteStore


class HalfDone(SqliteStore):
    """Commits what is there when a call ends as CANCELLED in the middle of its transaction."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit in every case that is not another error."""
        gone: StatusError | None = None
        with super().transaction():
            try:
                yield
            except StatusError as error:
                if error.code != "CANCELLED":
                    raise
                gone = error
        if gone is not None:
            raise gone
