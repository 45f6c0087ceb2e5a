"""Bulk history against its floor: 100,000 rows made and loaded, and a raw executemany of them."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.promise import Promise, measure

from pytest_stigmer.api.generation import load
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.factories.loading import load_history
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.factories.audit_history import History

VERSIONS = 100_000

_INSERT = (
    "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


def promises() -> Iterator[Promise]:
    """Measure one skill with many versions, and many skills with fewer."""
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder:
        for resources in (1, 100):
            yield _loading(Path(folder) / str(resources), resources)


def _loading(folder: Path, resources: int) -> Promise:
    folder.mkdir()
    paths = (folder / f"{number}.db" for number in itertools.count())
    rows = [
        (row.kind, row.resource_id, row.data, f"{row.archived_at:%F %T}", row.version_hash, row.tag)
        for row in _history(resources).rows
    ]

    def floor() -> None:
        path = next(paths)
        with SqliteStore(path) as store, store.transaction():
            store.connection.executemany(_INSERT, rows)
        path.unlink()

    def ours() -> None:
        path = next(paths)
        with SqliteStore(path) as store:
            load_history(store, _history(resources))
        path.unlink()

    return measure(
        f"make and load {VERSIONS:,} rows of {resources} skills",
        ours,
        "executemany of the same rows",
        floor,
        limit=2,
        rounds=5,
        warm_up=1,
    )


def _history(resources: int) -> History:
    made = Factory(1, "bench", load("bundled"))
    return made.audit_history(
        versions=VERSIONS // resources,
        resources=resources,
        tags=["stable", "beta", ""],
        spacing="300ms",
    )
