"""The verbs of a scenario step as methods, over a skill client and, where there is one, a store."""

from __future__ import annotations

import base64
import functools
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.skills.client import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore


class Flow:
    """Scripted flows: messages come back, a failed call of the skill API is a StatusError.

    Store verbs raise the store's own errors. Where the target has no store or no clock of ours,
    their verbs raise UsageError.
    """

    def __init__(
        self,
        api: Generation,
        skills: SkillClient,
        factory: Factory,
        *,
        store: SqliteStore | None = None,
        clock: FrozenClock | None = None,
    ) -> None:
        self.api = api
        self.skills = skills
        self._factory = factory
        self._store = store
        self._clock = clock

    def push(self, *, name: str, artifact: Any = None, **fields: Any) -> Any:
        """Push a skill: `org`, `scope`, `tag`, and `skill_md` with `files`, or `artifact`.

        With `skill_md` alone the ZIP holds nothing else, so that equal texts make equal versions;
        with neither the content is drawn.
        """
        content: dict[str, Any] = {
            key: fields.pop(key) for key in ("skill_md", "files") if key in fields
        }
        fields = _with_number(fields, "scope", self.api.ApiResourceOwnerScope)
        data = self._artifact(content) if artifact is None else self._given(artifact)
        return self.skills.push(self.api.PushSkillRequest(name=name, artifact=data, **fields))

    def get(self, *, id: str) -> Any:  # noqa: A002 - the field's own name
        """Return the current record of a skill."""
        return self.skills.get(self.api.SkillId(value=id))

    def get_by_reference(self, **fields: Any) -> Any:
        """Return the version that `slug`, `org`, `scope`, `kind` and `version` name."""
        fields = _with_number(fields, "scope", self.api.ApiResourceOwnerScope)
        fields = _with_number(fields, "kind", self.api.ApiResourceKind)
        return self.skills.get_by_reference(self.api.ApiResourceReference(**fields))

    def get_artifact(self, *, key: str) -> bytes:
        """Return the ZIP behind a storage key."""
        answer = self.skills.get_artifact(self.api.GetArtifactRequest(artifact_storage_key=key))
        return bytes(answer.artifact)

    def delete(self, *, id: str) -> Any:  # noqa: A002 - the field's own name
        """Delete a skill with its history and return it as it was."""
        return self.skills.delete(self.api.SkillId(value=id))

    def save_resource(self, *, id: str, message: Any, kind: str | int = "skill") -> None:  # noqa: A002
        """Save a live record."""
        self.store.save_resource(kind, id, self.message(message))

    def get_resource(self, *, id: str, kind: str | int = "skill") -> Any:  # noqa: A002
        """Return a live record as a Skill."""
        return self.store.get_resource(kind, id, self.api.Skill)

    def list_resources(self, *, kind: str | int = "skill") -> list[Any]:
        """Return the live records of a kind as Skills, by id."""
        return [self.api.Skill.FromString(data) for data in self.store.list_resources(kind)]

    def delete_resource(self, *, id: str, kind: str | int = "skill") -> None:  # noqa: A002
        """Delete a live record."""
        self.store.delete_resource(kind, id)

    def delete_resources_by_kind(self, *, kind: str | int = "skill") -> int:
        """Delete the live records of a kind and return their number."""
        return self.store.delete_resources_by_kind(kind)

    def delete_resources_by_id_prefix(self, *, prefix: str, kind: str | int = "skill") -> int:
        """Delete the live records whose id starts with a prefix and return their number."""
        return self.store.delete_resources_by_id_prefix(kind, prefix)

    def save_audit(
        self,
        *,
        resource_id: str,
        message: Any,
        kind: str | int = "skill",
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Append a snapshot."""
        self.store.save_audit(
            kind, resource_id, self.message(message), version_hash=version_hash, tag=tag
        )

    def get_audit_by_hash(
        self, *, resource_id: str, version_hash: str, kind: str | int = "skill"
    ) -> Any:
        """Return the newest snapshot of a version hash as a Skill."""
        return self.store.get_audit_by_hash(kind, resource_id, version_hash, self.api.Skill)

    def get_audit_by_tag(self, *, resource_id: str, tag: str, kind: str | int = "skill") -> Any:
        """Return the newest snapshot of a tag as a Skill."""
        return self.store.get_audit_by_tag(kind, resource_id, tag, self.api.Skill)

    def list_audit_history(self, *, resource_id: str, kind: str | int = "skill") -> list[Any]:
        """Return the snapshots of a resource as Skills, newest first."""
        listed = self.store.list_audit_history(kind, resource_id)
        return [self.api.Skill.FromString(data) for data in listed]

    def delete_audit_by_resource_id(self, *, resource_id: str, kind: str | int = "skill") -> int:
        """Delete the snapshots of a resource and return their number."""
        return self.store.delete_audit_by_resource_id(kind, resource_id)

    def advance(self, duration: Any) -> None:
        """Move the clock by a duration such as `300ms`."""
        self.clock.advance(duration)

    def set_clock(self, instant: Any) -> None:
        """Move the clock to an instant."""
        self.clock.move_to(instant)

    @property
    def store(self) -> SqliteStore:
        """The store behind the target; raise UsageError where there is none."""
        if self._store is None:
            msg = "this target gives no access to its store; use --stigmer-target local or service"
            raise UsageError(msg)
        return self._store

    @property
    def clock(self) -> FrozenClock:
        """The frozen clock; raise UsageError where there is none."""
        if self._clock is None:
            msg = "no frozen clock here: use the stigmer_clock fixture and target local or service"
            raise UsageError(msg)
        return self._clock

    def _artifact(self, content: dict[str, Any]) -> bytes:
        if "skill_md" in content:
            content = {"files": {}, **content, "skill_md": content_bytes(content["skill_md"])}
        if "files" in content:
            content["files"] = {
                name: content_bytes(data) for name, data in content["files"].items()
            }
        return self._factory.artifact(**content)

    def _given(self, artifact: Any) -> bytes:
        if isinstance(artifact, bytes):
            return artifact
        if "bad" in artifact:
            return self._factory.bad_artifact(artifact["bad"])
        return base64.b64decode(artifact["base64"], validate=True)

    def message(self, message: Any) -> Any:
        """Return a message as it is, or the Skill that a map of dotted paths describes."""
        if not isinstance(message, dict):
            return message
        from google.protobuf.json_format import ParseDict

        nested: dict[str, Any] = {}
        for path, value in message.items():
            *parents, last = path.split(".")
            place = nested
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
        return ParseDict(nested, self.api.Skill())


def _with_number(fields: dict[str, Any], name: str, enum: Any) -> dict[str, Any]:
    """Return the fields with an enum value's name turned into its number."""
    value = fields.get(name)
    return {**fields, name: enum.Value(value)} if isinstance(value, str) else fields


def content_bytes(content: Any) -> str | bytes:
    """Read content as scenarios write it: text, `{size: N}` or `{base64: TEXT}`."""
    if isinstance(content, (str, bytes)):
        return content
    if "size" in content:
        return _of_size(int(content["size"]))
    return base64.b64decode(content["base64"], validate=True)


@functools.lru_cache(maxsize=1)
def _of_size(size: int) -> bytes:
    return b"#" * size
