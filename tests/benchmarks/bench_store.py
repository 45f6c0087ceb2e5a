"""What a store costs: opening a fresh one, and finding the newest row among a million others."""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf.wrappers_pb2 import StringValue
from tests.benchmarks.promise import Promise, measure

from pytest_stigmer.clock import SystemClock
from pytest_stigmer.store.bulk import load_history
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone, template
from pytest_stigmer.store.translation import AuditRow

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW, MANY = 1_000, 1_000_000
_CLOCK = SystemClock()
_BLOB = StringValue(value="x" * 200).SerializeToString()
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=5000",
    "cache_size=-64000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


def promises() -> Iterator[Promise]:
    """Measure and return the store's promises, one after the other."""
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder:
        yield _opening(Path(folder))
        yield from _newest(Path(folder))


def _opening(folder: Path) -> Promise:
    names = (folder / f"{number}.db" for number in itertools.count())

    def floor() -> None:
        path = next(names)
        path.write_bytes(template())
        connection = sqlite3.connect(path)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.close()

    def ours() -> None:
        SqliteStore(clone(next(names), clock=_CLOCK), clock=_CLOCK).close()

    return measure(
        "open and close a fresh store", ours, "write, open, set pragmas, close", floor, limit=1.5
    )


def _newest(folder: Path) -> Iterator[Promise]:
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(_filled(folder / f"among-{count}.db", count))
            for count in (FEW, MANY)
        )
        for name in ("newest of a tag", "newest of a hash", "history of a resource"):
            yield measure(
                f"{name} among {MANY:,} rows",
                lambda name=name: _lookup(many, name),  # type: ignore[misc]
                f"the same among {FEW:,}",
                lambda name=name: _lookup(few, name),  # type: ignore[misc]
                limit=2,
                rounds=2000,
            )


def _lookup(store: SqliteStore, name: str) -> object:
    if name == "newest of a tag":
        return store.get_audit_by_tag("skill", "mine", "stable", StringValue)
    if name == "newest of a hash":
        return store.get_audit_by_hash("skill", "mine", "h", StringValue)
    return store.list_audit_history("skill", "small")


def _filled(path: Path, count: int) -> SqliteStore:
    """Fill a store so that what is looked for was written first, before `count` other rows.

    Half of the others are of other resources, half are other tags and hashes of this one.
    """
    store = SqliteStore(path)
    wanted = [
        AuditRow("skill", "mine", _BLOB, "h", "stable"),
        *[AuditRow("skill", "small", _BLOB)] * 3,
    ]
    load_history(store, wanted)
    load_history(store, [_other(number) for number in range(count)])
    return store


def _other(number: int) -> AuditRow:
    resource_id = "mine" if number % 2 else f"other-{number % 1000}"
    return AuditRow("skill", resource_id, _BLOB, f"h{number}", f"t{number % 50}")
