"""The skill API in plain values: push, get, get by reference, get artifact, delete."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api import values
from pytest_stigmer.api.values import AuditInfo, Metadata, Skill
from pytest_stigmer.errors import ArchiveError, AuditNotFound, ResourceNotFound, StoreError
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.controller import new_id, slug_of
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.codec import Codec
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.api.values import PushSkill, Reference
    from pytest_stigmer.clock import Clock
    from pytest_stigmer.skills.archive import Archive
    from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
    from pytest_stigmer.store.sqlite import SqliteStore

ID_PREFIX = "skl"
ACTOR = "system"
"""Who pushes: the open-source server knows no other actor."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_HASH_LIKE = re.compile("[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """One version as it lies in the store: its bytes, which are the answer, and its plain value."""

    data: bytes
    message: Any
    codec: Codec

    @property
    def skill(self) -> Skill:
        """The plain value; most callers want the bytes alone, so it is made when asked for."""
        return self.codec.skill(self.message)


class SkillController:
    """Versioned skills over a store and an artifact storage.

    Failures are StatusError with the real server's codes and inner texts, or StoreError when the
    store cannot answer. `archives` makes the reader of artifacts, `index` what finds the skill of a
    slug, `references` what resolves references.
    Source: stigmer b070f18, backend/services/stigmer-server/pkg/domain/skill/controller.
    """

    def __init__(
        self,
        store: SqliteStore,
        artifacts: ArtifactStorage,
        clock: Clock,
        generation: Generation,
        *,
        archives: Callable[[], ArchiveReader] = ArchiveReader,
        index: Callable[[SqliteStore, Generation], SlugIndex] = SlugIndex,
        references: Callable[..., ReferenceResolver] = ReferenceResolver,
    ) -> None:
        self.store = store
        self.artifacts = artifacts
        self.clock = clock
        self.generation = generation
        self.archives = archives()
        self.index = index(store, generation)
        self.references = references(store, self.index, generation)

    def push(self, request: PushSkill) -> Stored:
        """Store an artifact as the newest version of its skill; make the skill when it is new.

        All of it is kept, or nothing: the record, its archived copy, and the artifact unless it was
        there before. Pushes exclude each other, in other processes too. Raises StatusError
        INVALID_ARGUMENT for a request or an artifact that breaks a rule, DATA_LOSS when an
        unreadable row may be the skill, RESOURCE_EXHAUSTED for a record too large to be answered.
        """
        self.check_push(request)
        identity = self.identity(request)
        archive = self.read_archive(request.artifact)
        artifact: StoredArtifact | None = None
        skill: Skill | None = None
        try:
            with refusals.saying("failed to save skill"), self.store.transaction():
                current = self.current(identity)
                artifact = self.artifacts.store(request.artifact)
                skill = self.next_version(request, identity, archive, artifact.key, current)
                return self.save(identity, skill)
        except BaseException:
            if not self.is_kept(skill):
                self.undo(artifact)
            raise

    def get(self, skill_id: str) -> Stored:
        """Return the current version; raise StatusError NOT_FOUND, UndecodableRow."""
        return self.stored(self.message(skill_id))

    def get_by_reference(self, reference: Reference) -> Stored:
        """Return the version that a reference names, as stored; errors as ReferenceResolver."""
        return self.stored(self.references.resolve(reference))

    def get_artifact(self, key: str) -> bytes:
        """Return the artifact under a storage key; errors as ArtifactStorage.read."""
        return self.artifacts.read(key)

    def delete(self, skill_id: str) -> Stored:
        """Remove a skill and its history in one transaction and return it as it was.

        Artifacts stay: other skills may have the same content.
        """
        with refusals.saying("failed to delete Skill"), self.store.transaction():
            self.index.refresh()
            found = self.stored(self.message(skill_id))
            self.remove(skill_id)
            self.index.deleted(Identity(found.skill.metadata.org, found.skill.metadata.slug))
        return found

    def check_push(self, request: PushSkill) -> None:
        """Refuse a scope that contradicts the organisation, and a tag that no lookup could find."""
        if request.scope == values.SCOPE_IDENTITY_ACCOUNT:
            raise refusals.invalid_field("scope", "a skill cannot belong to an identity account")
        if request.scope == values.SCOPE_ORGANIZATION and not request.org:
            raise refusals.invalid_field("org", "value is required with scope organization")
        if request.scope == values.SCOPE_PLATFORM and request.org:
            raise refusals.invalid_field("org", "value must be empty with scope platform")
        if _HASH_LIKE.fullmatch(request.tag):
            raise refusals.invalid_field("tag", "64 hexadecimal digits would be taken for a hash")

    def identity(self, request: PushSkill) -> Identity:
        """Return which skill a push concerns; raise INVALID_ARGUMENT for a name without a slug."""
        slug = self.slug(request.name)
        if not slug:
            raise refusals.invalid_name(request.name)
        return Identity(request.org, slug)

    def slug(self, name: str) -> str:
        """Return the slug of a name."""
        return slug_of(name)

    def read_archive(self, data: bytes) -> Archive:
        """Return what the artifact holds; raise INVALID_ARGUMENT with the rule that it breaks."""
        try:
            return self.archives.read(data)
        except ArchiveError as error:
            raise refusals.invalid_artifact(error) from error

    def current(self, identity: Identity) -> Skill | None:
        """Return the live record of this identity, its id that of the row; None without one."""
        with refusals.saying("failed to search for existing skill: failed to list resources"):
            skill_id = self.index.find(identity)
            if skill_id is None:
                return None
            found = self.store.get_resource(values.SKILL_KIND, skill_id, self.generation.Skill)
        skill = self.generation.codec.skill(found)
        return replace(skill, metadata=replace(skill.metadata, id=skill_id))

    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        """Return the record that a push makes of the current one."""
        now = (self.clock.now() - _EPOCH) // _MICROSECOND * 1000
        return Skill(
            metadata=self.metadata(request, identity, current),
            skill_md=archive.skill_md,
            tag=request.tag,
            version_hash=archive.version_hash,
            artifact_storage_key=key,
            state=values.STATE_READY,
            spec_audit=self.stamp(now, current.spec_audit if current else None),
            status_audit=self.stamp(now, current.status_audit if current else None),
        )

    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        """Return the metadata: the name is the push's, so is a scope it gives; the rest stays."""
        if current is None:
            skill_id = self.new_id()
            return Metadata(request.name, identity.slug, skill_id, identity.org, request.scope)
        kept = current.metadata
        return replace(kept, name=request.name, owner_scope=request.scope or kept.owner_scope)

    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        """Return who made and who changed the record and when; the making stays what it was."""
        if before is None:
            return AuditInfo(ACTOR, now, ACTOR, now, "created")
        created_at = now if before.created_at is None else before.created_at
        return AuditInfo(before.created_by or ACTOR, created_at, ACTOR, now, "updated")

    def new_id(self) -> str:
        """Return the id of a new skill."""
        return new_id(ID_PREFIX, self.clock)

    def save(self, identity: Identity, skill: Skill) -> Stored:
        """Write a version, archived copy and live record, inside the caller's transaction."""
        message = self.generation.codec.skill_message(skill)
        data = self.generation.codec.encode(message)
        if len(data) > values.MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.SENDING, len(data))
        self.write(skill, message)
        self.index.saved(identity, skill.metadata.id)
        return Stored(data, message, self.generation.codec)

    def write(self, skill: Skill, message: Any) -> None:
        """Archive a version and make it the live record."""
        skill_id = skill.metadata.id
        self.store.save_audit(
            values.SKILL_KIND,
            skill_id,
            message,
            version_hash=skill.version_hash,
            tag=skill.tag,
        )
        self.store.save_resource(values.SKILL_KIND, skill_id, message)

    def remove(self, skill_id: str) -> None:
        """Remove history and live record, inside the caller's transaction."""
        self.store.delete_audit_by_resource_id(values.SKILL_KIND, skill_id)
        self.store.delete_resource(values.SKILL_KIND, skill_id)

    def is_kept(self, skill: Skill | None) -> bool:
        """Whether a version that was being pushed is stored: a signal can follow the commit."""
        if skill is None:
            return False
        try:
            self.store.get_audit_by_hash(
                values.SKILL_KIND, skill.metadata.id, skill.version_hash, self.generation.Skill
            )
        except AuditNotFound:
            return False
        except StoreError:
            # What cannot be asked may be there, and its artifact must stay.
            return True
        return True

    def undo(self, artifact: StoredArtifact | None) -> None:
        """Remove the artifact that a failed push alone made.

        The lock is taken again: no other push may come between the look at the file and its
        removal.
        """
        if artifact is None:
            return
        try:
            with self.store.transaction():
                self.artifacts.discard(artifact)
        except StoreError:
            # Without the lock the file must stay: another push may rely on it by now.
            return

    def message(self, skill_id: str) -> Any:
        """Return the live record as a message; raise NOT_FOUND."""
        try:
            return self.store.get_resource(values.SKILL_KIND, skill_id, self.generation.Skill)
        except ResourceNotFound:
            raise refusals.no_skill_with_id(skill_id) from None

    def stored(self, message: Any) -> Stored:
        """Return a message as it answers a call; the bytes keep what the value leaves out."""
        codec = self.generation.codec
        return Stored(codec.encode(message), message, codec)
