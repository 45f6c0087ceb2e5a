"""From an empty or an older file to the schema asked for, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from pytest_stigmer.errors import NewerSchema, NotADatabase
from pytest_stigmer.store.schema import (
    COLUMNS,
    COLUMNS_OF_TABLE,
    LATEST,
    SCHEMA_V1,
    SCHEMA_V2,
    TABLES,
    VERSION_TABLE,
)
from pytest_stigmer.store.session import Session

Decoder = Callable[[str, bytes], tuple[str, str] | None]

# Before the audit table, an audit record was a live row under such an id (stigmer 5af72bf);
# the resource id is everything between the first and the last slash.
LEGACY_ID = re.compile(rb"[A-Za-z0-9_]+_audit/(.+)/([0-9]+)", re.DOTALL)

_LEGACY_ROWS = (
    "SELECT CAST(kind AS BLOB), CAST(id AS BLOB) FROM resources WHERE instr(id, '_audit/') > 0"
)
_ROW = "kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"
_READ = f"SELECT data FROM resources WHERE {_ROW}"
_MOVE = (
    "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag) "
    "SELECT kind, CAST(:resource_id AS TEXT), data, updated_at, :hash, :tag "
    f"FROM resources WHERE {_ROW}"
)
_REMOVE = f"DELETE FROM resources WHERE {_ROW}"


class LegacyRow(NamedTuple):
    """The key of an audit record among the live rows; bytes, as ids need not be valid UTF-8."""

    kind: bytes
    id: bytes
    resource_id: bytes
    nanoseconds: bytes


class Migrations:
    """The steps that bring one file to a schema version; each a method, to be replaced alone."""

    def __init__(self, session: Session, path: Path, decoder: Decoder | None = None) -> None:
        self.session = session
        self.path = path
        self.decoder = decoder

    def run(self, schema: int) -> None:
        """Bring the file to `schema`; raise NewerSchema for a version that is not known here.

        The version is read again inside the transaction, because another process may have migrated
        the file while this one waited for the lock.
        """
        if self.version() >= schema:
            return
        with self.session.transaction():
            version = self.version()
            if version < 1 <= schema:
                self.to_v1()
            if version < LATEST <= schema:
                self.to_v2()

    def version(self) -> int:
        """Return the file's schema version; 0 for a file without one."""
        tables = self._tables()
        if "schema_version" not in tables:
            # Before versions were recorded there were such files too.
            self._refuse_foreign(tables & {"resources"})
            return 0
        ((found,),) = self._rows("SELECT coalesce(max(version), 0) FROM schema_version")
        if not isinstance(found, int):
            raise NotADatabase.at(self.path, f"its schema version is {found!r}")
        if found > LATEST:
            raise NewerSchema.of(self.path, found, LATEST)
        # Asked again, after the version: another process may have migrated the file in between.
        tables = self._tables()
        for table in TABLES.get(found, ()):
            if table not in tables:
                raise NotADatabase.lacking(self.path, found, f"table {table}")
            for column in self._missing(table):
                raise NotADatabase.lacking(self.path, found, f"column {table}.{column}")
        return found

    def _refuse_foreign(self, tables: set[str]) -> None:
        for table in tables:
            for column in self._missing(table):
                raise NotADatabase.foreign(self.path, table, column)

    def _missing(self, table: str) -> list[str]:
        columns = self._columns(table)
        return [column for column in COLUMNS[table] if column not in columns]

    def to_v1(self) -> None:
        """Create the live table; a file from before versions were recorded has it already."""
        self.create(VERSION_TABLE, *SCHEMA_V1)
        self._record(1)

    def to_v2(self) -> None:
        """Create the audit table and move the audit records that live rows hold into it."""
        self.create(*SCHEMA_V2)
        for row in self.legacy_rows():
            self.move(row)
        self._record(2)

    def legacy_rows(self) -> list[LegacyRow]:
        """Return the audit records among the live rows, oldest first by the instants in ids."""
        rows = []
        for kind, row_id in self._rows(_LEGACY_ROWS):
            match = LEGACY_ID.fullmatch(row_id)
            if match is not None:
                rows.append(LegacyRow(kind, row_id, match[1], match[2]))
        return sorted(rows, key=_instant)

    def move(self, row: LegacyRow) -> None:
        """Make one live row an audit record; its archive time is the row's own."""
        key = {"kind": row.kind, "id": row.id}
        version_hash, tag = self.names_of(row)
        self.session.count(
            _MOVE, {**key, "resource_id": row.resource_id, "hash": version_hash, "tag": tag}
        )
        self.session.count(_REMOVE, key)

    def names_of(self, row: LegacyRow) -> tuple[str, str]:
        """Return version hash and tag from the message; both '' where it does not decode."""
        if self.decoder is None:
            return "", ""
        ((data,),) = self.session.rows(_READ, {"kind": row.kind, "id": row.id})
        return self.decoder(row.kind.decode("utf-8", "replace"), data) or ("", "")

    def create(self, *statements: str) -> None:
        """Run statements that create tables and indexes."""
        for statement in statements:
            self.session.count(statement, {})

    def _tables(self) -> set[str]:
        return {name for (name,) in self._rows("SELECT name FROM sqlite_master")}

    def _columns(self, table: str) -> set[str]:
        rows = self.session.rows(COLUMNS_OF_TABLE, {"table": table})
        return {name.lower() for (name,) in rows}

    def _record(self, version: int) -> None:
        self.session.count("INSERT INTO schema_version (version) VALUES (:v)", {"v": version})

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.session.rows(sql, {})


def _instant(row: LegacyRow) -> tuple[int, bytes, bytes, bytes]:
    # By length and digits, not int(): Python refuses to read more than a few thousand digits.
    digits = row.nanoseconds.lstrip(b"0")
    return len(digits), digits, row.kind, row.id
