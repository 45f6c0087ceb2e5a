"""Facts about a store file, ours or a real server's: what is in it, and what rests on an order.

Several audit records of one resource can carry the same `archived_at`, which has whole seconds, and
a clock can step back. Then `ORDER BY archived_at DESC` alone does not name the newest record. The
real server breaks ties by id (stigmer 1f13f50, backend/libs/go/store/sqlite/store.go; df4463c did
not); the order of insertion is what a user means by newest.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pytest_stigmer.errors import NotADatabase
from pytest_stigmer.store import inspect_queries as sql
from pytest_stigmer.store.facts import (
    Facts,
    History,
    KindFacts,
    Legacy,
    Orphan,
    Record,
    Sample,
    SchemaFacts,
    TagAnswers,
)
from pytest_stigmer.store.migration import LEGACY_ID
from pytest_stigmer.store.readonly import reading
from pytest_stigmer.store.schema import (
    AUDIT_INDEXES,
    COLUMNS,
    COLUMNS_OF_TABLE,
    LATEST,
    RESOURCES_INDEXES,
)


def inspect(
    path: str | os.PathLike[str],
    *,
    limit: int = 10,
    resource: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Facts:
    """Read the facts of a file without changing it; safe while others use it.

    Lists hold at most `limit` entries beside their totals, so memory does not grow with the file.
    With `resource` the histories are those of this resource id; else those at risk come first.
    `tell` is called with what is being read. Raises NotADatabase (also for a database that is
    damaged or no store), NotReadable, StoreLocked.
    """
    tell("whole file")
    with reading(path) as connection:
        return _Inspector(connection, path, limit, tell).facts(resource)


class _Inspector:
    """The questions asked of one open file."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: str | os.PathLike[str],
        limit: int,
        tell: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._path = path
        self._limit = limit
        self._tell = tell
        self._tables = {_text(name) for (name,) in self._rows(sql.OBJECTS)}

    def facts(self, resource: str | None) -> Facts:
        if "resources" not in self._tables:
            raise NotADatabase.at(Path(self._path), "a store has a table resources")
        audited = "resource_audit" in self._tables
        self._refuse_missing_columns()
        return Facts(
            path=str(self._path),
            size=self._value("PRAGMA page_count") * self._value("PRAGMA page_size"),
            journal_mode=_text(self._value("PRAGMA journal_mode")),
            schema=self._schema(),
            kinds=self._kinds(),
            orphans=self._orphans() if audited else Sample(),
            legacy=self._legacy(),
            **(self._histories(resource) if audited else {}),
        )

    def _schema(self) -> SchemaFacts:
        version = 0
        if "schema_version" in self._tables:
            version = self._value(sql.VERSION)
        if not isinstance(version, int):
            raise NotADatabase.at(
                Path(self._path), f"its schema version is {_text(version)!r}, no number"
            )
        expected = dict(RESOURCES_INDEXES)
        expected |= AUDIT_INDEXES if version >= LATEST or "resource_audit" in self._tables else {}
        found = {**self._indexes("resources"), **self._indexes("resource_audit")}
        known = {"resources", "schema_version", "resource_audit", "sqlite_sequence", *found}
        automatic = {name for name in self._tables if name.startswith("sqlite_")}
        return SchemaFacts(
            version=int(version),
            is_known=version <= LATEST,
            missing_tables=() if version < LATEST else self._missing_audit(),
            extra_columns=tuple(
                f"{table}.{column}"
                for table in COLUMNS
                for column in sorted(self._columns_of(table) - set(COLUMNS[table]))
            ),
            missing_indexes=tuple(sorted(expected.keys() - found.keys())),
            other_indexes=tuple(
                f"{name} is on {columns}, not on {expected[name]}"
                for name, columns in sorted(found.items())
                if columns != expected.get(name, columns)
            ),
            extra_indexes=tuple(
                f"{name} {found[name]}" for name in sorted(found.keys() - expected.keys())
            ),
            extra_objects=tuple(sorted(self._tables - known - automatic)),
        )

    def _missing_audit(self) -> tuple[str, ...]:
        return () if "resource_audit" in self._tables else ("resource_audit",)

    def _refuse_missing_columns(self) -> None:
        for table in COLUMNS.keys() & self._tables:
            for column in COLUMNS[table]:
                if column not in self._columns_of(table):
                    raise NotADatabase.at(Path(self._path), f"it has no column {table}.{column}")

    def _columns_of(self, table: str) -> set[str]:
        return {_text(name).lower() for (name,) in self._rows(COLUMNS_OF_TABLE, table=table)}

    def _indexes(self, table: str) -> dict[str, str]:
        """Return the columns of each index that a statement created, by the index's name."""
        found = {}
        listed = self._rows(f"PRAGMA index_list({table})")
        for _, name, is_unique, origin, is_partial in listed:
            if _text(origin) == "c":
                words = [" UNIQUE"] * is_unique + [" in part"] * is_partial
                found[_text(name)] = self._columns(_text(name)) + "".join(words)
        return found

    def _columns(self, index: str) -> str:
        rows = self._rows(sql.INDEX_COLUMNS, name=index)
        columns = [(_text(name) or "expression") + " DESC" * desc for name, desc in rows]
        return f"({', '.join(columns)})"

    def _kinds(self) -> tuple[KindFacts, ...]:
        self._tell("kinds")
        live = {_text(kind): count for kind, count in self._rows(sql.KINDS)}
        audits: dict[str, tuple[int, int, int]] = {}
        if "resource_audit" in self._tables:
            audits = {_text(kind): tuple(counts) for kind, *counts in self._rows(sql.AUDIT_KINDS)}
        return tuple(
            KindFacts(kind, live.get(kind, 0), *audits.get(kind, (0, 0, 0)))
            for kind in sorted(live.keys() | audits.keys())
        )

    def _orphans(self) -> Sample[Orphan]:
        self._tell("orphan audit records")
        rows = self._rows(sql.ORPHANS)
        return self._sample(Orphan(_text(kind), _text(id_), count) for kind, id_, count in rows)

    def _legacy(self) -> Sample[Legacy]:
        self._tell("legacy ids")
        return self._sample(
            Legacy(_text(kind), _text(row_id))
            for kind, row_id in self._rows(sql.LEGACY)
            if LEGACY_ID.fullmatch(row_id)
        )

    def _histories(self, resource: str | None) -> dict[str, Any]:
        self._tell("histories")
        self._connection.execute(sql.NOTE_AT_RISK)
        at_risk = self._sample(self._rows(sql.AT_RISK))
        self._tell("tags")
        tags = self._sample(self._rows(sql.TAGS_AT_RISK))
        shown = (
            self._filled(list(at_risk.shown))
            if resource is None
            else list(self._rows(sql.OF_RESOURCE, id=os.fsencode(resource)))
        )
        return {
            "histories_at_risk": at_risk.total,
            "tags_at_risk": Sample(tags.total, tuple(self._answers(*row) for row in tags.shown)),
            "histories": tuple(self._history(*row) for row in shown),
        }

    def _filled(self, rows: list[Any]) -> list[Any]:
        """Add histories without risk until the limit is reached."""
        seen = {row[2] for row in rows}
        others = [row for row in self._rows(sql.HISTORIES, limit=self._limit) if row[2] not in seen]
        return [*rows, *others][: self._limit]

    def _history(
        self, kind: bytes, resource_id: bytes, newest: int, records: int, ties: int, back: int
    ) -> History:
        rows = self._rows(sql.NEWEST_RECORDS, id=newest, limit=self._limit)
        tags = list(self._rows(sql.NEWEST_TAGS, id=newest, limit=self._limit))
        return History(
            kind=_text(kind),
            resource_id=_text(resource_id),
            is_live=bool(self._value(sql.IS_LIVE, id=newest)),
            ties=ties,
            steps_back=back,
            records=Sample(records, tuple(_record(row) for row in rows)),
            tags=Sample(
                self._value(sql.TAGS, id=newest), tuple(self._answers(tagged) for (tagged,) in tags)
            ),
        )

    def _answers(self, newest: int) -> TagAnswers:
        """Ask for a tag in each way, known by its record that was inserted last."""
        kind, resource_id, tag = self._row(sql.KEYS, newest)
        return TagAnswers(
            kind=_text(kind),
            resource_id=_text(resource_id),
            tag=_text(tag),
            newest=_record(self._row(sql.BY_ID, newest)),
            with_tiebreak=_record(self._row(sql.WITH_TIEBREAK, newest)),
            without_tiebreak=_record(self._row(sql.WITHOUT_TIEBREAK, newest)),
            tied=self._value(sql.TIED, id=newest),
        )

    def _sample(self, entries: Iterable[Any]) -> Sample[Any]:
        """Count all, keep the first."""
        shown: list[Any] = []
        total = 0
        for total, entry in enumerate(entries, start=1):
            if total <= self._limit:
                shown.append(entry)
        return Sample(total, tuple(shown))

    def _rows(self, query: str, **values: str | bytes | int) -> Iterator[tuple[Any, ...]]:
        return iter(self._connection.execute(query, values))

    def _row(self, query: str, row_id: int) -> tuple[Any, ...]:
        return next(self._rows(query, id=row_id))

    def _value(self, query: str, **values: str | bytes | int) -> Any:
        return next(self._rows(query, **values))[0]


def _record(row: tuple[Any, ...]) -> Record:
    return Record(row[0], _text(row[1]), _text(row[2]), _text(row[3]))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "" if value is None else str(value)
