"""The reading verbs on a file that another process has open; nothing is written to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast

from pytest_stigmer.store.connection import checked_path
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.readonly import reading
from pytest_stigmer.store.sqlite import SqliteStore


class _Reads:
    """Stands where a store has its session: each statement sees the file as it is then."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        with reading(self._path, whole=False) as connection:
            connection.text_factory = str
            return connection.execute(sql, values).fetchall()


class ReadOnlyStore(SqliteStore):
    """Answers the reading verbs of a store; it has no others, and migrates nothing.

    Newest means inserted last, as in any store of ours, whatever the file's owner makes of it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = checked_path(path).absolute()
        self.queries = Queries()
        self._session = cast("Any", _Reads(self._path))
