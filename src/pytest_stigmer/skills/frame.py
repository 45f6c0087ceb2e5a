"""What every generation's skill API has in common: a push is one unit, a record is read as stored.

Nothing here knows a field of a message or decides about identities, tags or versions; a controller
per generation does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from pytest_stigmer.api.codec import Codec
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.api.values import MAX_MESSAGE_BYTES, SKILL_KIND, PushSkill, Reference, Skill
from pytest_stigmer.clock import Clock
from pytest_stigmer.errors import (
    ArchiveError,
    AuditNotFound,
    ResourceNotFound,
    StatusError,
    StoreError,
)
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import Archive, ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
from pytest_stigmer.skills.callers import CALLER
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.store.sqlite import SqliteStore


def has_gone() -> bool:
    """Tell whether the caller has gone away: he cancelled the call, or its deadline passed."""
    one = CALLER.get()
    return one is not None and one.has_gone()


def refuse_for_nobody() -> None:
    """Raise StatusError CANCELLED once the caller has gone away."""
    if has_gone():
        raise StatusError("CANCELLED", "the caller went away before the call had begun")


@contextmanager
def saying(what: str) -> Iterator[None]:
    """Say what was being done when the store fails in a way that has no name of its own."""
    try:
        yield
    except StoreError as error:
        if error.code != "INTERNAL":
            raise
        raise StatusError("INTERNAL", f"{what}: {error}") from error


class Resolver(Protocol):
    """What finds the version that a reference names."""

    def resolve(self, reference: Reference) -> Any:
        """Return the version's message; errors as `references.ReferenceResolver`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One version as it lies in the store: its bytes, which are the answer, and its plain value.

    A store's verbs take it for the message, and store the bytes as they are.
    """

    data: bytes
    message: Any
    codec: Codec

    @property
    def skill(self) -> Skill:
        """The plain value; most callers want the bytes alone, so it is made when asked for."""
        return self.codec.skill(self.message)

    @property
    def identity(self) -> Identity:
        """Which skill it is a version of."""
        return Identity(*self.codec.identity(self.message))

    def SerializeToString(self, *, deterministic: bool = True) -> bytes:  # noqa: N802 - as messages
        """Return the bytes: a record is serialised once, however often it is stored."""
        del deterministic
        return self.data


class SkillFrame(ABC):
    """Skills over a store and an artifact storage, whatever makes one version of another.

    `archives` makes the reader of artifacts, `index` what finds the skill of a slug, `references`
    what resolves references.
    """

    resolver: ClassVar[Callable[..., Resolver]]
    """The generation's own resolver of references."""

    def __init__(
        self,
        store: SqliteStore,
        artifacts: ArtifactStorage,
        clock: Clock,
        generation: Generation,
        *,
        archives: Callable[[], ArchiveReader] = ArchiveReader,
        index: Callable[..., SlugIndex] = SlugIndex,
        references: Callable[..., Resolver] | None = None,
    ) -> None:
        self.store = store
        self.artifacts = artifacts
        self.clock = clock
        self.generation = generation
        self.archives = archives()
        self.index = index(store, generation)
        self.references = (references or self.resolver)(store, self.index, generation)
        self.sweep()

    @abstractmethod
    def check_push(self, request: PushSkill) -> None:
        """Refuse a push whose words contradict each other."""

    @abstractmethod
    def identity(self, request: PushSkill) -> Identity:
        """Return which skill a push concerns."""

    @abstractmethod
    def next_version(
        self,
        request: PushSkill,
        identity: Identity,
        archive: Archive,
        key: str,
        current: Skill | None,
    ) -> Skill:
        """Return the record that a push makes of the current one."""

    def push(self, request: PushSkill) -> Stored:
        """Store an artifact as the newest version of its skill; make the skill when it is new.

        All of it is kept, or nothing: the record, its audit record, and the artifact unless it was
        there before. All of it happens at one instant. Pushes exclude each other, in other
        processes too; one whose caller goes away while it waits for its turn is not begun. Raises
        StatusError INVALID_ARGUMENT for a request or an artifact that breaks a rule, DATA_LOSS when
        an unreadable row may be the skill, RESOURCE_EXHAUSTED for a record too large to be
        answered, CANCELLED for one that is not begun.
        """
        self.check_push(request)
        identity = self.identity(request)
        archive = self.read_archive(request.artifact)
        artifact: StoredArtifact | None = None
        skill: Skill | None = None
        try:
            with (
                saying("failed to save skill"),
                self.store.transaction(),
                self.store.instants.paused(),
            ):
                refuse_for_nobody()
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
        with saying("failed to delete Skill"), self.store.transaction():
            refuse_for_nobody()
            self.index.refresh()
            found = self.stored(self.message(skill_id))
            self.remove(skill_id)
            self.index.deleted(found.identity)
        return found

    def read_archive(self, data: bytes) -> Archive:
        """Return what the artifact holds; raise INVALID_ARGUMENT with the rule that it breaks."""
        try:
            return self.archives.read(data)
        except ArchiveError as error:
            raise refusals.invalid_artifact(error) from error

    def current(self, identity: Identity) -> Skill | None:
        """Return the live record of this identity, its id that of the row; None without one."""
        with saying("failed to search for existing skill: failed to list resources"):
            skill_id = self.index.find(identity)
            if skill_id is None:
                return None
            found = self.store.get_resource(SKILL_KIND, skill_id, self.generation.Skill)
        skill = self.generation.codec.skill(found)
        return replace(skill, metadata=replace(skill.metadata, id=skill_id))

    def save(self, identity: Identity, skill: Skill) -> Stored:
        """Write a version, audit record and live record, inside the caller's transaction."""
        codec = self.generation.codec
        message = codec.skill_message(skill)
        stored = Stored(codec.encode(message), message, codec)
        if len(stored.data) > MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.SENDING, len(stored.data))
        self.write(skill, stored)
        self.index.saved(identity, skill.metadata.id)
        return stored

    def write(self, skill: Skill, message: Any) -> None:
        """Add a version to the history and make it the live record; `message` is what is stored."""
        skill_id = skill.metadata.id
        self.store.save_audit(
            SKILL_KIND,
            skill_id,
            message,
            version_hash=skill.version_hash,
            tag=skill.tag,
        )
        self.store.save_resource(SKILL_KIND, skill_id, message)

    def remove(self, skill_id: str) -> None:
        """Remove history and live record, inside the caller's transaction."""
        self.store.delete_audit_by_resource_id(SKILL_KIND, skill_id)
        self.store.delete_resource(SKILL_KIND, skill_id)

    def is_kept(self, skill: Skill | None) -> bool:
        """Whether a version that was being pushed is stored: a signal can follow the commit."""
        if skill is None:
            return False
        try:
            self.store.get_audit_by_hash(
                SKILL_KIND, skill.metadata.id, skill.version_hash, self.generation.Skill
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

    def sweep(self) -> None:
        """Remove the half-written files of killed pushes, under the lock that every push holds."""
        leftovers = self.artifacts.leftovers()
        if not leftovers:
            return
        with suppress(StoreError), self.store.transaction():
            self.artifacts.sweep(leftovers)

    def message(self, skill_id: str) -> Any:
        """Return the live record as a message; raise NOT_FOUND."""
        try:
            return self.store.get_resource(SKILL_KIND, skill_id, self.generation.Skill)
        except ResourceNotFound:
            raise refusals.no_skill_with_id(skill_id) from None

    def stored(self, message: Any) -> Stored:
        """Return a message as it answers a call; the bytes keep what the value leaves out."""
        codec = self.generation.codec
        return Stored(codec.encode(message), message, codec)
