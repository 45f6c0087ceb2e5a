"""The store's contract as the shortest program that keeps it: dicts and one list."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pytest_stigmer.errors import AuditNotFound, ResourceNotFound, StoreClosed
from pytest_stigmer.store.interface import M
from pytest_stigmer.store.translation import AuditRow, checked_text, decode, encode, kind_text

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.store.translation import ResourceRow

    State = tuple[dict[str, dict[str, bytes]], list[AuditRow], dict[tuple[str, str], str], int]

_LEGACY_ID = re.compile("[A-Za-z0-9_]+_audit/(.+)/([0-9]+)", re.DOTALL | re.ASCII)


class StoreModel:
    """The verbs of `store.interface.Store` in memory, for one thread.

    `live` holds serialized records by kind and id, `history` the audit records in the order in
    which they were saved: newest means last in that list, whatever any clock says. `archived`
    counts them, with those that are gone; `committed` is what others see while a transaction
    lasts. `before_write` is asked when a writing verb or a
    transaction begins, and before a row of a table changes (`resources` or `resource_audit`,
    `insert` or `delete`), `before_read` before those of a table are read; they may raise, as an
    engine may. `statements` counts what an engine would
    write with, whether or not a row changes. `now` tells the time that is stored beside a row, on
    which no answer of a verb depends.
    """

    def __init__(
        self, path: Path = Path("/model/stigmer.db"), *, otherwise: frozenset[str] = frozenset()
    ) -> None:
        self.path = path
        self.otherwise = otherwise
        self.live: dict[str, dict[str, bytes]] = {}
        self.history: list[AuditRow] = []
        self.saved_at: dict[tuple[str, str], str] = {}
        self.archived = 0
        self.committed: State | None = None
        self.is_closed = False
        self.statements = 0
        self.now: Callable[[], str] = str
        self.before_write: Callable[[str, str], None] = _allow
        self.before_read: Callable[[str], None] = _allow

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Put the record in its place."""
        data = encode(message)
        name, resource_id = self._kind(kind), checked_text(resource_id)
        self._writing("resources", "insert")
        self.live.setdefault(name, {})[resource_id] = data
        self.saved_at[name, resource_id] = self.now()

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        """Return the record; raise ResourceNotFound or UndecodableRow."""
        records = self._records(kind)
        if resource_id not in records:
            raise ResourceNotFound.of(kind_text(kind), resource_id)
        return decode(message_class, records[resource_id], kind_text(kind), resource_id)

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return the records by id as UTF-8 bytes."""
        return [data for _, data in self.resource_rows(kind)]

    def resource_rows(self, kind: str | int) -> list[tuple[str, bytes]]:
        """Return id and record of each live record, by id as UTF-8 bytes."""
        return sorted(
            self._records(kind).items(), key=lambda row: row[0].encode("utf-8", "surrogateescape")
        )

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Forget one record."""
        self._delete(kind, [checked_text(resource_id)])

    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Forget the records of a kind."""
        return self._delete(kind, list(self._records(kind)))

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Forget the records whose id starts with a text, every character of which is ordinary."""
        checked_text(prefix)
        return self._delete(kind, [id_ for id_ in self._records(kind) if id_.startswith(prefix)])

    def save_audit(
        self,
        kind: str | int,
        resource_id: str,
        message: Message,
        *,
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Append an audit record."""
        data = encode(message)
        texts = [checked_text(text) for text in (resource_id, version_hash, tag)]
        name = self._kind(kind)
        self._writing("resource_audit", "insert")
        self.archive(AuditRow(name, texts[0], data, texts[1], texts[2], self.now()))

    def archive(self, row: AuditRow) -> None:
        """Append a row with the next number."""
        self.archived += 1
        self.history.append(row._replace(id=self.archived))

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, message_class: type[M]
    ) -> M:
        """Return the last audit record of this hash."""
        for record in self._newest_first(kind, resource_id):
            if record.version_hash == version_hash:
                return decode(message_class, record.data, kind_text(kind), resource_id)
        raise AuditNotFound.by_hash(kind_text(kind), resource_id, version_hash)

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: type[M]
    ) -> M:
        """Return the last audit record of this tag."""
        for record in self._newest_first(kind, resource_id):
            if record.tag == tag:
                return decode(message_class, record.data, kind_text(kind), resource_id)
        raise AuditNotFound.by_tag(kind_text(kind), resource_id, tag)

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the audit records of a resource, last first."""
        return [record.data for record in self._newest_first(kind, resource_id)]

    def delete_audit_by_resource_id(self, kind: str | int, resource_id: str) -> int:
        """Forget the audit records of a resource."""
        doomed = self._newest_first(kind, checked_text(resource_id))
        self._writing("resource_audit", "delete", rows=len(doomed))
        gone = (self._kind(kind), resource_id)
        self.history = [row for row in self.history if (row.kind, row.resource_id) != gone]
        return len(doomed)

    def take_old(
        self,
        rows: Iterable[ResourceRow],
        now: str,
        names_of: Callable[[str, bytes], tuple[str, str] | None],
    ) -> None:
        """Take the live rows of an old file: those of versions move, oldest first, all else stays.

        A row without a time has `now`.
        """
        moved = []
        for row_kind, row_id, data, time in rows:
            kind, at = str(row_kind), now if time is None else str(time)
            match = _LEGACY_ID.fullmatch(row_id)
            if match is None:
                self.live.setdefault(kind, {})[row_id] = data
                self.saved_at[kind, row_id] = at
                continue
            digits = match[2].lstrip("0")
            record = AuditRow(kind, match[1], data, *(names_of(kind, data) or ("", "")), at)
            moved.append(((len(digits), digits), kind, row_id, record))
        for *_, record in sorted(moved, key=lambda row: row[:-1]):
            self.archive(record)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Take everything back when the block fails."""
        self._kind("")
        self.before_write("", "begin")
        before, outermost = self.state(), self.committed is None
        self.committed = self.committed or before
        try:
            yield
            self.check_open()
        except BaseException:
            self.put_back(before)
            raise
        finally:
            self.committed = None if outermost else self.committed

    def columns(self, table: str) -> list[dict[str, Any]]:
        """Tell what `resources` or `resource_audit` holds as a file's columns would have it."""
        if table == "resource_audit":
            return [{**row._asdict(), **_blob(row.data)} for row in self.history]
        return [
            {"kind": kind, "id": id_, **_blob(data), "updated_at": self.saved_at[kind, id_]}
            for kind in sorted(self.live, key=str.encode)
            for id_, data in self.resource_rows(kind)
        ]

    def state(self) -> State:
        """Return a copy of all that is stored."""
        live = {kind: dict(records) for kind, records in self.live.items()}
        return live, list(self.history), dict(self.saved_at), self.archived

    def put_back(self, state: State) -> None:
        """Store what was stored when `state` was asked."""
        live, history, saved_at, self.archived = state
        self.live = {kind: dict(records) for kind, records in live.items()}
        self.history, self.saved_at = list(history), dict(saved_at)

    def reopened(self) -> Self:
        """Close this store and return another on the same records."""
        self.close()
        other = type(self)(self.path, otherwise=self.otherwise)
        other.put_back((self.live, self.history, self.saved_at, self.archived))
        return other

    def close(self) -> None:
        """Answer nothing from now on."""
        self.is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_open(self) -> None:
        """Raise StoreClosed after `close`."""
        if self.is_closed:
            raise StoreClosed.at(self.path)

    def _kind(self, kind: str | int) -> str:
        self.check_open()
        return checked_text(kind_text(kind))

    def _records(self, kind: str | int) -> dict[str, bytes]:
        self.before_read("resources")
        return self.live.get(self._kind(kind), {})

    def _delete(self, kind: str | int, ids: list[str]) -> int:
        records = self._records(kind)
        doomed = [resource_id for resource_id in ids if resource_id in records]
        self._writing("resources", "delete", rows=len(doomed))
        for resource_id in doomed:
            del records[resource_id]
            if "store_deletes_cascade" in self.otherwise:
                self.delete_audit_by_resource_id(kind, resource_id)
        return len(doomed)

    def _writing(self, table: str, on: str, *, rows: int = 1) -> None:
        self.before_write("", "begin")
        self.statements += 1
        if rows:
            self.before_write(table, on)

    def _newest_first(self, kind: str | int, resource_id: str) -> list[AuditRow]:
        wanted = (self._kind(kind), resource_id)
        self.before_read("resource_audit")
        return [row for row in reversed(self.history) if (row.kind, row.resource_id) == wanted]


def _allow(*_: str) -> None:
    """Let everything pass."""


def _blob(data: bytes) -> dict[str, Any]:
    """Return a message as a row tells it."""
    return {"data": base64.b64encode(data).decode(), "size": len(data)}
