"""The skill API's contract as the shortest program that keeps it, over the model of the store."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import Clock
from pytest_stigmer.errors import StatusError, StoreError
from pytest_stigmer.explore.model_rules import (
    check_push,
    check_reference,
    is_hash,
    model_slug,
    skill_md_of,
)
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.skills import refusals
from pytest_stigmer.store.translation import decode

if TYPE_CHECKING:
    from google.protobuf.message import Message

_KIND = values.SKILL_KIND
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


LINK = b"a link"
"""What lies under the key of an artifact in whose place a link was put; it is compared by `is`."""


class SkillModel:
    """Messages in, messages out, a failure is a StatusError, as of `skills.client.SkillClient`.

    A skill is an organisation and a slug. Which artifacts are acceptable is not modelled: that is
    the archive reader's to say. `artifacts` maps storage keys to content. A new skill takes the id
    `next_id`, which whoever compares it with a registry sets; '' makes one up: instant and count.
    """

    def __init__(self, store: StoreModel, clock: Clock, generation: Generation) -> None:
        self.store = store
        self.clock = clock
        self.api = generation
        self.artifacts: dict[str, bytes] = {}
        self.next_id = ""
        self._made = 0
        self._sent: Any = None

    def push(self, request: Any) -> Any:
        """Make the artifact the newest version of the skill of this organisation and slug."""
        self._sent = request
        if request.ByteSize() > values.MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.RECEIVED, request.ByteSize())
        self._validate(request)
        check_push(request, self.store.otherwise)
        slug = model_slug(request.name)
        if not slug:
            raise refusals.invalid_name(request.name)
        skill_md = skill_md_of(request.artifact)
        with self._answering("failed to save skill"), self.store.transaction():
            with self._answering("failed to search for existing skill: failed to list resources"):
                found = self._find(request.org, slug)
            skill = self._next_version(request, slug, skill_md, found)
            key = skill.status.artifact_storage_key
            self._check_place(key, f"failed to store artifact: {key}")
            if key in self.artifacts:
                # Written before the records, and right whether or not they follow.
                self.artifacts[key] = request.artifact
            self._write(skill, found)
        self.artifacts[key] = request.artifact
        return skill

    def get(self, request: Any) -> Any:
        """Return the current version of an id."""
        self._validate(request)
        with self._answering():
            return self._current(request.value)

    def get_by_reference(self, request: Any) -> Any:
        """Return the version that a reference names."""
        self._validate(request)
        check_reference(request, self.store.otherwise)
        with self._answering("failed to list skills"):
            current = self._find(self._org_meant(request), request.slug)
            if current is None:
                raise refusals.no_skill_with_slug(request.slug)
        way = "hash" if is_hash(request.version) else "tag"
        with self._answering(f"failed to query audit by {way}"):
            found = self._version(request, current)
            # Told as it is stored, not with the id of its row.
            return self._current(current.metadata.id) if found is current else found

    def get_artifact(self, request: Any) -> Any:
        """Return the artifact of a storage key."""
        self._validate(request)
        key = request.artifact_storage_key
        is_key = is_hash(key[len("skills/") : -len(".zip")])
        if is_key:
            self._check_place(key, "failed to load skill artifact: failed to read artifact")
        if key not in self.artifacts or not is_key:
            raise StatusError("NOT_FOUND", f"skill artifact not found: {key}")
        if key != f"skills/{hashlib.sha256(self.artifacts[key]).hexdigest()}.zip":
            is_link = self.artifacts[key] is LINK
            why = "another file lies there" if is_link else "its content has another hash"
            raise StatusError("DATA_LOSS", f"skill artifact {key} is damaged: {why}; push it again")
        answer = self.api.GetArtifactResponse(artifact=self.artifacts[key])
        if answer.ByteSize() > values.MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(refusals.SENDING, answer.ByteSize())
        return answer

    def _check_place(self, key: str, what: str) -> None:
        if any(file.startswith(f"{key}/") for file in self.artifacts):
            raise StatusError("INTERNAL", f"{what}: Is a directory")

    def delete(self, request: Any) -> Any:
        """Forget a skill; its artifact stays, because another skill may have the same."""
        self._validate(request)
        with self._answering("failed to delete Skill"), self.store.transaction():
            found = self._current(request.value)
            if "skill_delete_drops_history" not in self.store.otherwise:
                self.store.delete_audit_by_resource_id(_KIND, request.value)
            self.store.delete_resource(_KIND, request.value)
            return found

    def adopt(self, skill: Mapping[str, Any]) -> None:
        """Store what another registry answered the last push with, whatever this one would."""
        from google.protobuf.json_format import ParseDict

        version = ParseDict(_set(skill), self.api.Skill())
        self.artifacts[version.status.artifact_storage_key] = self._sent.artifact
        self._write(version, None)

    def state(self) -> tuple[Any, dict[str, bytes]]:
        """Return a copy of all that is stored."""
        return self.store.state(), dict(self.artifacts)

    def put_back(self, state: tuple[Any, dict[str, bytes]]) -> None:
        """Store what was stored when `state` was asked."""
        stored, artifacts = state
        self.store.put_back(stored)
        self.artifacts = dict(artifacts)

    @contextmanager
    def _answering(self, what: str = "") -> Iterator[None]:
        """Raise a StatusError for what the store raises; say what was done if it has no name."""
        try:
            yield
        except StoreError as error:
            text = str(error).replace(str(self.store.path), self.store.path.name)
            if what and error.code == "INTERNAL":
                text = f"{what}: {text}"
            raise StatusError(error.code, text) from error

    def _validate(self, request: Message) -> None:
        wrong = self.api.validate(request)
        if wrong is not None:
            raise StatusError("INVALID_ARGUMENT", wrong)

    def _current(self, skill_id: str) -> Any:
        if skill_id not in dict(self.store.resource_rows(_KIND)):
            raise refusals.no_skill_with_id(skill_id)
        return self.store.get_resource(_KIND, skill_id, self.api.Skill)

    def _find(self, org: str, slug: str) -> Any | None:
        """Return the live skill; an unreadable record might be it, so then nobody can say no."""
        unreadable: StoreError | None = None
        for skill_id, data in self.store.resource_rows(_KIND):
            try:
                skill = decode(self.api.Skill, data, _KIND, skill_id)
            except StoreError as error:
                unreadable = unreadable or error
                continue
            if (skill.metadata.org, skill.metadata.slug) == (org, slug):
                skill.metadata.id = skill_id
                return skill
        if unreadable is not None:
            raise unreadable
        return None

    def _org_meant(self, reference: Any) -> str:
        if reference.scope == values.SCOPE_PLATFORM:
            if reference.org:
                raise refusals.no_skill_with_slug(reference.slug)
            return ""
        if reference.org:
            return str(reference.org)
        if "bare_reference_finds_the_only_one" in self.store.otherwise:
            return ""
        orgs = self._organisations(reference.slug)
        if len(orgs) > 1 and "" not in orgs:
            if "ambiguity_is_told" in self.store.otherwise:
                raise refusals.no_skill_with_slug(reference.slug)
            raise refusals.ambiguous(reference.slug, len(orgs))
        return orgs.pop() if len(orgs) == 1 else ""

    def _organisations(self, slug: str) -> set[str]:
        found = set()
        for skill_id, data in self.store.resource_rows(_KIND):
            try:
                metadata = decode(self.api.Skill, data, _KIND, skill_id).metadata
            except StoreError:
                continue
            if metadata.slug == slug:
                found.add(metadata.org)
        return found

    def _version(self, reference: Any, current: Any) -> Any:
        version = reference.version.strip()
        if version in ("", "latest"):
            return current
        named = current.status.version_hash if is_hash(version) else current.spec.tag
        if current.HasField("status") and version == named:
            return current
        try:
            return self._archived(current.metadata.id, version)
        except StoreError as error:
            if error.code != "NOT_FOUND":
                raise
            raise refusals.no_version(reference.slug, version) from None

    def _archived(self, skill_id: str, version: str) -> Any:
        if is_hash(version):
            return self.store.get_audit_by_hash(_KIND, skill_id, version, self.api.Skill)
        return self.store.get_audit_by_tag(_KIND, skill_id, version, self.api.Skill)

    def _next_version(self, request: Any, slug: str, skill_md: str, found: Any | None) -> Any:
        skill = self.api.Skill(api_version=values.API_VERSION, kind=values.KIND_NAME)
        if found is None:
            self._made += 1
            skill.metadata.id = self.next_id or f"skl-{self._instant()}{self._made:016d}"
        else:
            skill.metadata.CopyFrom(found.metadata)
            skill.metadata.ClearField("version")
            skill.metadata.DiscardUnknownFields()
        metadata = skill.metadata
        metadata.name, metadata.slug, metadata.org = request.name, slug, request.org
        metadata.owner_scope = request.scope or metadata.owner_scope
        if not metadata.owner_scope and "unspecified_scope_stays" in self.store.otherwise:
            own = values.SCOPE_ORGANIZATION if request.org else values.SCOPE_PLATFORM
            metadata.owner_scope = own
        skill.spec.skill_md, skill.spec.tag = skill_md, request.tag
        digest = hashlib.sha256(request.artifact).hexdigest()
        skill.status.version_hash = digest
        skill.status.artifact_storage_key = f"skills/{digest}.zip"
        skill.status.state = values.STATE_READY
        now = (self.clock.now() - _EPOCH) // dt.timedelta(microseconds=1)
        for half in ("spec_audit", "status_audit"):
            self._stamp(skill, found, half, now)
        return skill

    def _instant(self) -> str:
        """Spell the clock's milliseconds as an id begins with them; there is none before 1970."""
        milliseconds = max((self.clock.now() - _EPOCH) // dt.timedelta(milliseconds=1), 0)
        return "".join(_CROCKFORD[milliseconds >> at & 31] for at in range(45, -1, -5))

    def _stamp(self, skill: Any, found: Any | None, half: str, microseconds: int) -> None:
        info = getattr(skill.status.audit, half)
        info.created_by.id = info.updated_by.id = "system"
        info.updated_at.FromMicroseconds(microseconds)
        info.created_at.FromMicroseconds(microseconds)
        info.event = "created"
        if found is not None:
            before = getattr(found.status.audit, half)
            if before.HasField("created_at"):
                info.created_at.CopyFrom(before.created_at)
            info.created_by.id = before.created_by.id or "system"
            info.event = "updated"

    def _write(self, skill: Any, found: Any | None) -> None:
        adds_always = "repush_adds_version" not in self.store.otherwise
        if adds_always or not _same_version(skill, found):
            self.store.save_audit(
                _KIND,
                skill.metadata.id,
                skill,
                version_hash=skill.status.version_hash,
                tag=skill.spec.tag,
            )
        self.store.save_resource(_KIND, skill.metadata.id, skill)


def _same_version(skill: Any, found: Any | None) -> bool:
    return found is not None and (found.status.version_hash, found.spec.tag) == (
        skill.status.version_hash,
        skill.spec.tag,
    )


def _set(value: Any) -> Any:
    """Leave out the messages that are not set."""
    if not isinstance(value, Mapping):
        return value
    return {key: _set(item) for key, item in value.items() if item is not None}
