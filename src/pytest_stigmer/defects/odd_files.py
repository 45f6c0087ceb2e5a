"""Registries that expect times, sizes, ids and failures to be as they usually are."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.change import AUDIT_OF, HASHED, TAGGED, Row, exchange, in_place
from pytest_stigmer.errors import StatusError, StoreError
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.store.migration import LegacyRow, Migrations
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from google.protobuf.message import Message

_EVERY_ROW = "contract 2.5: every row is moved, archived_at = the row's updated_at"
_ROW = (
    "SELECT data, updated_at FROM resources "
    "WHERE kind = CAST(:kind AS TEXT) AND id = CAST(:id AS TEXT)"
)
_BLOCK = 4096
_PAGE = 64
_PATIENCE = 3
_LAST = "ORDER BY id DESC LIMIT 1"
_TIMED = "datetime(archived_at) IS NOT NULL"


def _moving(is_moved: Callable[[bytes, str], bool]) -> Any:
    """Move the versions only whose message and time are as they should be."""

    class Choosing(Migrations):
        def legacy_rows(self) -> list[LegacyRow]:
            return [
                row
                for row in super().legacy_rows()
                if is_moved(*self.session.rows(_ROW, {"kind": row.kind, "id": row.id})[0])
            ]

    return partial(in_place, part=Choosing)


class _UpToDamage(Migrations):
    """Ends the upgrade at a version that does not decode."""

    def legacy_rows(self) -> list[LegacyRow]:
        rows = super().legacy_rows()
        readable = [self.names_of(row) != ("", "") for row in rows]
        return rows[: readable.index(False)] if False in readable else rows


ODD_OLD_ROWS = (
    exchange(
        "migration-reads-times",
        "A version whose time is in another form loses it in the upgrade.",
        _EVERY_ROW,
        ddl=(
            (
                "UPDATE resource_audit SET archived_at = coalesce(datetime(archived_at), "
                "datetime('now'))"
            ),
        ),
    ),
    Row(
        "migration-skips-rows-without-a-time",
        "Versions of a restored file stay among the live records, for good.",
        _EVERY_ROW,
        _moving(lambda _, at: at != ""),
    ),
    Row(
        "migration-skips-empty-messages",
        "A version without content stays among the live records, for good.",
        _EVERY_ROW,
        _moving(lambda data, _: data != b""),
    ),
    Row(
        "migration-ends-at-a-nameless-version",
        "Behind a version that lacks its names none is moved.",
        _EVERY_ROW,
        partial(in_place, part=_UpToDamage),
    ),
)

ODD_TIMES = (
    exchange(
        "snapshots-without-a-time-are-hidden",
        "A version beside which some program has written no time is gone.",
        "contract 0: archived_at is stored and shown, not trusted",
        audit_by_hash=f"SELECT data {HASHED} AND {_TIMED} {_LAST}",
        audit_by_tag=f"SELECT data {TAGGED} AND {_TIMED} {_LAST}",
        audit_history=f"SELECT data {AUDIT_OF} AND {_TIMED} ORDER BY id DESC",
    ),
)


def _paging(verb: str) -> type[SqliteStore]:
    """Make a store that waits for a page that is not full, and loses the last one without it."""

    def changed(self: SqliteStore, *given: Any) -> Any:
        found = getattr(SqliteStore, verb)(self, *given)
        return found if len(found) % _PAGE else found[:-_PAGE]

    return type("Paging", (SqliteStore,), {verb: changed})


ODD_NUMBERS = (
    exchange(
        "full-page-of-records-is-lost",
        "A kind of exactly 64 records is listed as empty.",
        "contract 2.6: no verb has a page",
        store=_paging("list_resources"),
    ),
    exchange(
        "full-page-of-history-is-lost",
        "A skill of exactly 64 versions has none that is listed.",
        "contract 2.6: no verb has a page",
        store=_paging("list_audit_history"),
    ),
)


def _reading_ids(change: Callable[[str], str]) -> type[SqliteStore]:
    """Make a store that reads the ids of records in another form."""

    class Reading(SqliteStore):
        def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
            super().save_resource(kind, change(resource_id), message)

        def get_resource(self, kind: str | int, resource_id: str, message_class: Any) -> Any:
            return super().get_resource(kind, change(resource_id), message_class)

        def delete_resource(self, kind: str | int, resource_id: str) -> None:
            super().delete_resource(kind, change(resource_id))

    return Reading


_FORMS: Mapping[str, Callable[[str], str]] = {
    "ids-are-compatible": lambda text: unicodedata.normalize("NFKC", text),
    "ids-are-folded": lambda text: text if text.isascii() else text.casefold(),
    "ids-are-paths": lambda text: re.sub("/+", "/", text),
    "unseen-characters-of-ids-count-for-nothing": lambda text: re.sub("[\u200d\ufeff]", "", text),
}
"""The forms in which ids are read, by defect."""

ODD_IDS = tuple(
    exchange(
        defect_id,
        "Saving or deleting a record saves or deletes another one, whose id looks like its own.",
        "contract 2.6: ids are compared as they are",
        store=_reading_ids(change),
    )
    for defect_id, change in _FORMS.items()
)


class _DeletingFirst(SqliteStore):
    """Deletes what it replaces, in a step of its own."""

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        self.delete_resource(kind, resource_id)
        super().save_resource(kind, resource_id, message)


class _Unmoved(SqliteStore):
    """Takes a deletion that failed for one that found nothing."""

    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreError as error:
            if sql.startswith("DELETE") and error.code == "INTERNAL":
                return 0
            raise


FAILED_WRITES = (
    exchange(
        "failed-save-deletes-the-record",
        "A record that could not be replaced is gone.",
        "contract 2.6: a save is one statement",
        store=_DeletingFirst,
    ),
    exchange(
        "failed-deletion-finds-nothing",
        "What could not be deleted is told to be gone, and is still there.",
        "contract 2.6: a deletion that fails says so",
        store=_Unmoved,
    ),
)


class _Resigning(SkillEndpoint):
    """Serves nobody any more after three failures of its own."""

    failures = 0

    def call(self, method: str, request: bytes) -> bytes:
        if self.failures >= _PATIENCE:
            raise StatusError("UNAVAILABLE", "too many failures: try again later")
        try:
            return super().call(method, request)
        except StatusError as error:
            self.failures += error.code in {"INTERNAL", "UNAVAILABLE"}
            raise


RESIGNED = (
    Row(
        "third-failure-is-the-last",
        "A server that met a lock three times serves nobody until it is restarted.",
        "D11: a failure is one of its call",
        partial(in_place, part=_Resigning),
    ),
)


class _WholeBlocks(ArtifactStorage):
    """Takes a file that ends with a block for one that was cut."""

    def content(self, path: Path) -> bytes | None:
        data = super().content(path)
        return None if data and len(data) % _BLOCK == 0 else data


class _AsText(ArtifactStorage):
    """Leaves out a line end at the end, as of a text."""

    def store(self, data: bytes) -> Any:
        return super().store(data.removesuffix(b"\n"))


ODD_SIZES = (
    Row(
        "full-blocks-are-taken-for-cut",
        "One artifact in four thousand is pushed and can never be fetched.",
        "contract 3.9: Get gives the content",
        partial(in_place, part=_WholeBlocks),
    ),
    Row(
        "artifacts-are-stored-as-texts",
        "An artifact whose comment ends with a line end comes back as another one.",
        "contract 3.8: the stored artifact is always the original bytes",
        partial(in_place, part=_AsText),
    ),
)
