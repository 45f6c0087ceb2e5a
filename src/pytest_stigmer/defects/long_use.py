"""Registries that go wrong with use: with age, with number, or with what a caller does later."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.change import (
    AUDIT_OF,
    HASHED,
    TAGGED,
    Row,
    exchange,
    in_place,
)
from pytest_stigmer.defects.skill_changes import with_stamp
from pytest_stigmer.errors import NewerSchema, StoreLocked
from pytest_stigmer.store.migration import LegacyRow, Migrations
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.store.interface import M

_NO_AGE = "contract 2.6: no verb looks at a time"
_NO_END = "contract 2.6: no verb has a page"
_THOUSAND = 1000
_SECOND = 1_000_000_000
_LAST = "ORDER BY id DESC LIMIT 1"
_NEWEST = f"resource_audit WHERE id IN (SELECT id {AUDIT_OF} ORDER BY id DESC LIMIT {_THOUSAND})"


def _seen(defect_id: str, harm: str, condition: str) -> Row:
    """Return a defect of the queries of versions: only some are seen."""
    return exchange(
        defect_id,
        harm,
        _NO_AGE,
        audit_by_hash=f"SELECT data {HASHED} AND {condition} {_LAST}",
        audit_by_tag=f"SELECT data {TAGGED} AND {condition} {_LAST}",
        audit_history=f"SELECT data {AUDIT_OF} AND {condition} ORDER BY id DESC",
    )


AGING = (
    _seen(
        "versions-expire",
        "A version that was pinned a quarter of a year ago is gone.",
        "archived_at > datetime('now', '-90 days')",
    ),
    _seen(
        "versions-to-come-are-hidden",
        "After a clock was set right, versions of the wrong time cannot be found.",
        "archived_at <= datetime('now')",
    ),
)

AGED_RECORDS = (
    exchange(
        "records-expire",
        "What nobody has changed for a year is listed no more.",
        _NO_AGE,
        list_resources="SELECT data FROM resources WHERE kind = :kind "
        "AND updated_at > datetime('now', '-1 year') ORDER BY id",
    ),
)

AGED_STAMPS = (
    Row(
        "stamps-before-1970-are-mirrored",
        "Of a clock that stands before 1970 the stamps go backwards within each second.",
        "contract 3.2: now, in nanoseconds",
        with_stamp(lambda made: replace(made, updated_at=_mirrored(made.updated_at or 0))),
    ),
)


def _mirrored(stamp: int) -> int:
    """Take the fraction for one that counts on, as whole seconds are cut towards zero."""
    if stamp >= 0:
        return stamp
    return -(-stamp // _SECOND) * _SECOND + -stamp % _SECOND


class _MovesAThousand(Migrations):
    """Moves no more than a thousand versions."""

    def legacy_rows(self) -> list[LegacyRow]:
        return super().legacy_rows()[:_THOUSAND]


class _MovesSkillAudits(Migrations):
    """Knows versions by the word that the last release wrote."""

    def legacy_rows(self) -> list[LegacyRow]:
        return [row for row in super().legacy_rows() if row.id.startswith(b"skill_audit/")]


class _AsText(Migrations):
    """Compares versions of the schema as texts."""

    def version(self) -> int:
        ((found,),) = self.session.rows("SELECT max(version) FROM schema_version", {})
        try:
            return super().version()
        except NewerSchema:
            if str(found) > str(LATEST):
                raise
            return LATEST


NUMBERS = (
    exchange(
        "history-ends-at-1000",
        "Of a skill with many versions the first ones cannot be listed any more.",
        _NO_END,
        audit_history=f"SELECT data {AUDIT_OF} ORDER BY id DESC LIMIT {_THOUSAND}",
    ),
    exchange(
        "lookups-search-a-thousand-versions",
        "A tag or a hash that a thousand versions follow names nothing.",
        _NO_END,
        audit_by_hash=f"SELECT data FROM {_NEWEST} AND version_hash = :hash {_LAST}",
        audit_by_tag=f"SELECT data FROM {_NEWEST} AND tag = :tag {_LAST}",
    ),
    exchange(
        "index-reads-a-thousand-skills",
        "A registry that has grown makes a second skill of one whose id comes late.",
        _NO_END,
        resource_rows="SELECT id, data FROM resources WHERE kind = :kind "
        f"ORDER BY id LIMIT {_THOUSAND}",
    ),
)

GROWN_FILES = (
    Row(
        "migration-stops-at-1000",
        "The upgrade of a large file leaves versions among the live records, for good.",
        "contract 2.5: every row is moved",
        partial(in_place, part=_MovesAThousand),
    ),
    Row(
        "migration-moves-skill-audits-alone",
        "The versions of agents and workflows stay among the live records, for good.",
        "contract 2.5: every row of any kind",
        partial(in_place, part=_MovesSkillAudits),
    ),
    Row(
        "schema-versions-are-compared-as-texts",
        "A file of schema 10 is opened and written by rules that are not its own.",
        "D27",
        partial(in_place, part=_AsText),
    ),
)


class _Lending(SqliteStore):
    """Hands out the message that it keeps for the next caller."""

    lent: dict[Any, Any]

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        key = (self.revision(), str(kind), resource_id, message_class)
        lent = self.__dict__.setdefault("lent", {})
        if key not in lent:
            lent[key] = super().get_resource(kind, resource_id, message_class)
        return lent[key]  # type: ignore[no-any-return]


class _Borrowing(SqliteStore):
    """Keeps the message of its caller, and answers with it while nothing else is written."""

    kept: tuple[Any, ...] = ()

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        super().save_resource(kind, resource_id, message)
        self.kept = (self.revision(), str(kind), resource_id, message)

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        key = (self.revision(), str(kind), resource_id)
        if self.kept[:3] == key and hasattr(self.kept[3], "SerializePartialToString"):
            return message_class.FromString(self.kept[3].SerializePartialToString())
        return super().get_resource(kind, resource_id, message_class)


_THEIR_OWN = "contract 2.1: the caller brings the message to fill, and one to serialise"

SHARED_MESSAGES = (
    exchange(
        "answers-are-lent",
        "What a caller changes in an answer everybody else is answered too.",
        _THEIR_OWN,
        store=_Lending,
    ),
    exchange(
        "messages-are-borrowed",
        "What a caller changes in a message that was saved is changed in the record.",
        _THEIR_OWN,
        store=_Borrowing,
    ),
)


class _GivingUpQuietly(SqliteStore):
    """Deletes nothing while somebody else has the lock, and says so to nobody."""

    def _write(self, sql: str, kind: str | int, **values: str | bytes) -> int:
        try:
            return super()._write(sql, kind, **values)
        except StoreLocked:
            if sql.startswith("DELETE"):
                return 0
            raise


class _Impatient(SqliteStore):
    """Takes the seconds of its wait for milliseconds."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.connection.execute("PRAGMA busy_timeout=5")


LOCKED = (
    exchange(
        "waits-for-milliseconds",
        "Whoever writes while somebody else does is refused, where a moment would have done.",
        "contract 2.3: busy_timeout=5000",
        store=_Impatient,
    ),
    exchange(
        "locked-deletion-is-lost",
        "What was deleted while somebody else wrote is still there.",
        "D11: a locked store is UNAVAILABLE",
        store=_GivingUpQuietly,
    ),
)
