"""Registries that remember what is no longer so, or under a name that is not its own."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.change import Row, exchange, in_place
from pytest_stigmer.errors import AuditNotFound, ResourceNotFound, StatusError, UndecodableRow
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.index import SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.interface import M


_NOW = "D11: an answer is true of the file as it is"
_RECORD = ("get_resource",)
_SNAPSHOTS = ("get_audit_by_hash", "get_audit_by_tag")


def _remembering(
    error: type[Exception], verbs: tuple[str, ...], since: Callable[[Any], object] = lambda _: 0
) -> type[SqliteStore]:
    """Make a store that goes on failing where it failed; `since` tells what makes it forget."""

    def of(verb: str) -> Callable[..., Any]:
        def changed(self: SqliteStore, *given: Any) -> Any:
            failures = self.__dict__.setdefault("failures", {})
            key = (since(self), verb, *map(str, given[:-1]))
            if key in failures:
                raise failures[key]
            try:
                return getattr(SqliteStore, verb)(self, *given)
            except error as failure:
                failures[key] = failure
                raise

        return changed

    return type("Remembering", (SqliteStore,), {verb: of(verb) for verb in verbs})


def _own_writes(store: Any) -> int:
    return int(store.connection.total_changes)


def _joining(verbs: tuple[str, ...], sign: str) -> type[SqliteStore]:
    """Make a store that keeps answers under texts that it joins of kind, id and name."""

    def of(verb: str) -> Callable[..., Any]:
        def changed(self: SqliteStore, *given: Any) -> Any:
            answers = self.__dict__.setdefault("answers", {})
            key = (self.revision(), verb, sign.join(map(str, given[:-1])))
            if key not in answers:
                answers[key] = getattr(SqliteStore, verb)(self, *given)
            answer = given[-1]()
            answer.CopyFrom(answers[key])
            return answer

        return changed

    return type("Joining", (SqliteStore,), {verb: of(verb) for verb in verbs})


class _OneByOne(SqliteStore):
    """Keeps the records that were read, and forgets those that are deleted by their ids."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        kept = self.__dict__.setdefault("kept", {})
        key = self.revision()[:2], str(kind), resource_id, _own_writes(self) - self.overlooked()
        if key not in kept:
            found = super().get_resource(kind, resource_id, message_class)
            kept[key] = found.SerializePartialToString()
        return message_class.FromString(kept[key])

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        deleted = super().delete_resources_by_id_prefix(kind, prefix)
        self.__dict__["missed"] = self.overlooked() + deleted
        return deleted

    def overlooked(self) -> int:
        """Return how many of the rows that it changed it does not know of."""
        return int(self.__dict__.get("missed", 0))


REMEMBERED_RECORDS = (
    exchange(
        "prefix-deletion-leaves-what-was-read",
        "A record that was deleted with others is answered until the next write.",
        _NOW,
        store=_OneByOne,
    ),
    exchange(
        "damage-is-remembered",
        "A record that was restored from a backup stays damaged until the server is restarted.",
        _NOW,
        store=_remembering(UndecodableRow, _RECORD),
    ),
    exchange(
        "missing-record-is-remembered",
        "A record that another process has written is missing for whoever asked too early.",
        _NOW,
        store=_remembering(ResourceNotFound, _RECORD, _own_writes),
    ),
)

REMEMBERED_SNAPSHOTS = (
    exchange(
        "damaged-version-is-remembered",
        "A version that was restored from a backup stays damaged until the server is restarted.",
        _NOW,
        store=_remembering(UndecodableRow, _SNAPSHOTS),
    ),
    exchange(
        "missing-version-is-remembered",
        "A version that another process has archived is missing for whoever asked too early.",
        _NOW,
        store=_remembering(AuditNotFound, _SNAPSHOTS, _own_writes),
    ),
)

REMEMBERED_NAMES = (
    exchange(
        "record-keys-are-joined",
        "One of two records is answered with the other, now and then.",
        "contract 2.6: kind and id name a record; a cache in front of the file",
        store=_joining(_RECORD, "_"),
    ),
    exchange(
        "snapshot-keys-are-joined",
        "A tag gives the version of another skill, now and then.",
        "contract 2.6: kind, id and tag name a snapshot; a cache in front of the file",
        store=_joining(_SNAPSHOTS, ":"),
    ),
)


class _Stubborn(ReferenceResolver):
    """Remembers which tags a skill does not have."""

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        missing = self.__dict__.setdefault("missing", {})
        if (skill_id, tag) in missing and self._codec.tag(current) != tag:
            raise missing[skill_id, tag]
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound as error:
            missing[skill_id, tag] = error
            raise


class _Widening(SlugIndex):
    """Remembers every organisation that has ever had a slug."""

    def organisations(self, slug: str) -> set[str]:
        known: dict[str, set[str]] = self.__dict__.setdefault("known", {})
        known.setdefault(slug, set()).update(super().organisations(slug))
        return set(known[slug])


REMEMBERED_TAGS = (
    Row(
        "ambiguity-is-remembered",
        "A name that two organisations once had stays ambiguous when one of them has given it up.",
        _NOW,
        partial(in_place, part=_Widening),
    ),
    Row(
        "missing-tag-is-remembered",
        "A tag that somebody asked for too early names nothing once a later version is current.",
        _NOW,
        partial(in_place, part=_Stubborn),
    ),
)


class _Distrusting(ArtifactStorage):
    """Remembers what was damaged until it is stored again."""

    @cached_property
    def bad(self) -> set[str]:
        return set()

    def store(self, data: bytes) -> Any:
        stored = super().store(data)
        self.bad.discard(stored.key)
        return stored

    def verify(self, key: str, data: bytes) -> None:
        if key in self.bad:
            raise self.damaged(key, "its content has another hash")
        try:
            super().verify(key, data)
        except StatusError:
            self.bad.add(key)
            raise


class _Missing(ArtifactStorage):
    """Remembers what was not there."""

    @cached_property
    def gone(self) -> set[str]:
        return set()

    def read(self, key: str) -> bytes:
        if key in self.gone:
            raise self.missing(key)
        try:
            return super().read(key)
        except StatusError as error:
            if error.code == "NOT_FOUND":
                self.gone.add(key)
            raise


REMEMBERED_ARTIFACTS = (
    Row(
        "damaged-artifact-is-remembered",
        "An artifact that was restored from a backup stays damaged until the server is restarted.",
        _NOW,
        partial(in_place, part=_Distrusting),
    ),
    Row(
        "missing-artifact-is-remembered",
        "Whoever asks for an artifact before it is pushed keeps it from everybody afterwards.",
        _NOW,
        partial(in_place, part=_Missing),
    ),
)


class _Undoing(SqliteStore):
    """Tells of changes by their number, which an undone transaction does not take back."""

    def revision(self) -> tuple[int, ...]:
        return super().revision()[:3]


REMEMBERED_TRANSACTIONS = (
    exchange(
        "undone-push-stays-in-the-index",
        "After a transaction was undone its skills are found, and what it deleted is not.",
        "contract 0: one transaction, all of it or nothing; an index in memory",
        store=_Undoing,
    ),
)
