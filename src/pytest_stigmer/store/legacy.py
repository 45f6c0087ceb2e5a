"""Files as older releases of the real server left them."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from pytest_stigmer.clock import Clock, SystemClock
from pytest_stigmer.errors import StoreError, UsageError
from pytest_stigmer.store.bulk import load_resources
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.schema import SCHEMA_V1
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone, image_of
from pytest_stigmer.store.translation import ResourceRow

_SYSTEM_CLOCK = SystemClock()


class _BeforeVersions(Migrations):
    """The tables of 5af72bf, the last release that recorded no schema version."""

    def run(self, schema: int) -> None:
        """Create the live table and nothing else."""
        del schema
        self.create(*SCHEMA_V1)


def legacy_id(resource_id: str, nanoseconds: int, word: str = "skill") -> str:
    """Return the live id of an audit record: `skill_audit/<resource id>/<instant>`.

    Source: stigmer 5af72bf.
    """
    return f"{word}_audit/{resource_id}/{nanoseconds}"


def _load(store: SqliteStore, rows: Collection[ResourceRow]) -> None:
    """Insert rows; an id that is no UTF-8 holds its bytes as lone surrogates."""
    named = {f"row {number}": row for number, row in enumerate(rows)}
    odd = {name: row for name, row in named.items() if not _is_text(row.id)}
    load_resources(
        store, [row._replace(id=name) if name in odd else row for name, row in named.items()]
    )
    store.execute_many(
        "UPDATE resources SET id = CAST(:id AS TEXT) WHERE id = :name",
        [
            {"name": name, "id": row.id.encode("utf-8", "surrogateescape")}
            for name, row in odd.items()
        ],
    )


def _is_text(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text


def legacy_database(
    rows: Collection[ResourceRow],
    *,
    clock: Clock = _SYSTEM_CLOCK,
    versioned: bool = True,
    altered: Iterable[str] = (),
) -> bytes:
    """Return the bytes of a schema v1 file with these live rows, on which statements were run.

    Without `versioned`, of a file from before schema versions were recorded: the same table and
    index, no `schema_version`. A statement that is none, or reaches another file, is a UsageError.
    Source: stigmer 5af72bf, backend/libs/go/store/sqlite/store.go.
    """
    migrations = Migrations if versioned else _BeforeVersions

    def make(path: Path) -> None:
        if versioned:
            clone(path, clock=clock, schema=1)
        with SqliteStore(path, clock=clock, schema=1, migrations=migrations) as store:
            store.execute("PRAGMA synchronous=OFF")  # the file is read back at once
            _load(store, rows)
            _alter(store, altered)

    return image_of(make)


def _alter(store: SqliteStore, statements: Iterable[str]) -> None:
    store.connection.set_authorizer(_keep_to_one_file)
    for statement in statements:
        try:
            store.execute(statement)
        except StoreError as error:
            raise UsageError(f"{statement!r} alters no old file: {error.__cause__}") from error


def _keep_to_one_file(action: int, name: str | None, *_: str | None) -> int:
    """Refuse what reaches other places: VACUUM INTO attaches, too, and two pragmas move files."""
    moves = action == sqlite3.SQLITE_PRAGMA and str(name).lower().endswith("_directory")
    is_apart = moves or action == sqlite3.SQLITE_ATTACH
    return sqlite3.SQLITE_DENY if is_apart else sqlite3.SQLITE_OK


def open_once(image: bytes) -> None:
    """Open a file of these bytes, which upgrades it, and close it; raise what opening raises."""
    with tempfile.TemporaryDirectory(prefix="stigmer-legacy-") as folder:
        path = Path(folder) / "stigmer.db"
        path.write_bytes(image)
        SqliteStore(path).close()
