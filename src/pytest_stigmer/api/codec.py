"""Messages of generation 2026-01 into plain values and back, and the rules of their fields."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_stigmer.api import values
from pytest_stigmer.api.wire import foreign, why_undecodable
from pytest_stigmer.errors import UndecodableMessage, UsageError

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from protovalidate import Violation

    from pytest_stigmer.api.message_types import MessageClasses

M = TypeVar("M", bound="Message")

_SECOND = 1_000_000_000


class Codec:
    """What the message classes of one pool mean: the one place that knows their fields."""

    def __init__(self, messages: MessageClasses) -> None:
        self._messages = messages

    def encode(self, message: Message) -> bytes:
        """Serialize; equal messages give equal bytes, whatever the order of their map entries."""
        return message.SerializeToString(deterministic=True)

    def decode(self, message_class: type[M], data: bytes) -> M:
        """Parse `data` as a message of this class; raise UndecodableMessage, which says why not."""
        from google.protobuf.message import DecodeError

        try:
            return message_class.FromString(data)
        except (DecodeError, UnicodeDecodeError) as error:
            why = why_undecodable(_descriptor(message_class), data)
            raise UndecodableMessage(message_class.DESCRIPTOR.full_name, why) from error

    def foreign(self, message: Message, data: bytes) -> str | None:
        """Say why `data` was written for another API generation, or None when nothing shows it.

        `message` is what it was parsed as: a field that protobuf misread is an unknown one.
        """
        from google.protobuf.unknown_fields import UnknownFieldSet

        if not len(UnknownFieldSet(message)):
            return None
        return foreign(_descriptor(message), data, self._messages.name)

    def push_message(
        self, *, name: str, artifact: bytes, org: str = "", scope: str | int = 0, tag: str = ""
    ) -> Any:
        """Return a PushSkillRequest; a scope is given by name or number."""
        number = self._number("ApiResourceOwnerScope", scope)
        return self._messages.PushSkillRequest(
            name=name, scope=number, org=org, artifact=artifact, tag=tag
        )

    def reference_message(
        self,
        *,
        slug: str,
        org: str = "",
        version: str = "",
        scope: str | int = 0,
        kind: str | int = 0,
    ) -> Any:
        """Return an ApiResourceReference; scope and kind are given by name or number."""
        return self._messages.ApiResourceReference(
            slug=slug,
            org=org,
            version=version,
            scope=self._number("ApiResourceOwnerScope", scope),
            kind=self._number("ApiResourceKind", kind),
        )

    def push(self, message: Any) -> values.PushSkill:
        """Read a PushSkillRequest."""
        return values.PushSkill(
            name=message.name,
            artifact=message.artifact,
            scope=message.scope,
            org=message.org,
            tag=message.tag,
        )

    def reference(self, message: Any) -> values.Reference:
        """Read an ApiResourceReference."""
        return values.Reference(
            slug=message.slug,
            org=message.org,
            version=message.version,
            scope=message.scope,
            kind=message.kind,
        )

    def id(self, message: Any) -> str:
        """Read a SkillId."""
        return str(message.value)

    def id_message(self, skill_id: str) -> Any:
        """Return a SkillId."""
        return self._messages.SkillId(value=skill_id)

    def artifact_key_message(self, key: str) -> Any:
        """Return a GetArtifactRequest."""
        return self._messages.GetArtifactRequest(artifact_storage_key=key)

    def artifact_key(self, message: Any) -> str:
        """Read a GetArtifactRequest."""
        return str(message.artifact_storage_key)

    def artifact(self, message: Any) -> bytes:
        """Read a GetArtifactResponse."""
        return bytes(message.artifact)

    def artifact_message(self, data: bytes) -> Any:
        """Return a GetArtifactResponse."""
        return self._messages.GetArtifactResponse(artifact=data)

    def identity(self, message: Any) -> tuple[str, str]:
        """Read which skill a Skill is a version of: its organisation and its slug."""
        return message.metadata.org, message.metadata.slug

    def version_hash(self, message: Any) -> str:
        """Read the version hash of a Skill."""
        return str(message.status.version_hash)

    def tag(self, message: Any) -> str | None:
        """Read the tag of a Skill; one without status, which no push has made, has none."""
        return message.spec.tag if message.HasField("status") else None

    def skill(self, message: Any) -> values.Skill:
        """Read a Skill; what values.Skill has no field for is left out."""
        status = message.status
        return values.Skill(
            metadata=_metadata(message.metadata),
            skill_md=message.spec.skill_md,
            tag=message.spec.tag,
            version_hash=status.version_hash,
            artifact_storage_key=status.artifact_storage_key,
            state=status.state,
            spec_audit=_audit(status.audit.spec_audit),
            status_audit=_audit(status.audit.status_audit),
            has_metadata=message.HasField("metadata"),
            has_status=message.HasField("status"),
        )

    def skill_message(self, skill: values.Skill) -> Any:
        """Return a Skill message with the api version and kind of this generation."""
        message = self._messages.Skill()
        message.api_version = values.API_VERSION
        message.kind = values.KIND_NAME
        message.spec.skill_md = skill.skill_md
        message.spec.tag = skill.tag
        if skill.has_metadata:
            _write_metadata(message.metadata, skill.metadata)
        if skill.has_status:
            _write_status(message.status, skill)
        return message

    def _number(self, enum: str, value: str | int) -> int:
        if not isinstance(value, str):
            return value
        numbers: dict[str, int] = dict(getattr(self._messages, enum).items())
        if value not in numbers:
            raise UsageError.unknown(enum, value, numbers)
        return numbers[value]

    def legacy(self, kind: str, data: bytes) -> tuple[str, str] | None:
        """Return version hash and tag of a schema v1 audit row, None unless it is a skill."""
        if kind != values.SKILL_KIND:
            return None
        try:
            message = self.decode(self._messages.Skill, data)
        except UndecodableMessage:
            return None
        return message.status.version_hash, message.spec.tag


class Rules:
    """The rules of the .proto files, for one pool: protovalidate caches rules by message name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._validator: Any = None

    def __call__(self, message: Message) -> str | None:
        """Return what is wrong with `message`, or None: every violation, in field order.

        The text is that of protovalidate for Go 1.1.0, which the real server sends.
        Source: stigmer b070f18, backend/libs/go/grpc/request/pipeline/steps.
        """
        lines = [_line(violation) for violation in self._loaded().collect_violations(message)]
        if not lines:
            return None
        if len(lines) == 1:
            return f"validation error: {lines[0]}"
        return "".join(["validation errors:", *(f"\n - {line}" for line in lines)])

    def _loaded(self) -> Any:
        with self._lock:
            if self._validator is None:
                from protovalidate import Validator

                self._validator = Validator()
            return self._validator


def _line(violation: Violation) -> str:
    found = violation.proto
    path = ".".join(element.field_name for element in found.field.elements) if found.field else ""
    # For a pattern the Python words leave out the subject that the Go words start with.
    subject = "value " if found.rule_id == "string.pattern" else ""
    return f"{path}: {subject}{found.message}"


def _descriptor(message: Message | type[Message]) -> Any:
    return message.DESCRIPTOR


def _metadata(message: Any) -> values.Metadata:
    return values.Metadata(
        name=message.name,
        slug=message.slug,
        id=message.id,
        org=message.org,
        owner_scope=message.owner_scope,
        labels=dict(message.labels),
        annotations=dict(message.annotations),
        tags=tuple(message.tags),
    )


def _write_metadata(message: Any, metadata: values.Metadata) -> None:
    message.name = metadata.name
    message.slug = metadata.slug
    message.id = metadata.id
    message.org = metadata.org
    message.owner_scope = metadata.owner_scope
    message.labels.update(metadata.labels)
    message.annotations.update(metadata.annotations)
    message.tags.extend(metadata.tags)


def _write_status(message: Any, skill: values.Skill) -> None:
    message.version_hash = skill.version_hash
    message.artifact_storage_key = skill.artifact_storage_key
    message.state = skill.state
    _write_audit(message.audit, "spec_audit", skill.spec_audit)
    _write_audit(message.audit, "status_audit", skill.status_audit)


def _audit(message: Any) -> values.AuditInfo:
    return values.AuditInfo(
        created_by=message.created_by.id,
        created_at=_nanoseconds(message, "created_at"),
        updated_by=message.updated_by.id,
        updated_at=_nanoseconds(message, "updated_at"),
        event=message.event,
    )


def _write_audit(audit: Any, half: str, info: values.AuditInfo) -> None:
    if info == values.AuditInfo():
        return
    message = getattr(audit, half)
    message.created_by.id = info.created_by
    message.updated_by.id = info.updated_by
    message.event = info.event
    _write_instant(message.created_at, info.created_at)
    _write_instant(message.updated_at, info.updated_at)


def _nanoseconds(message: Any, field: str) -> int | None:
    if not message.HasField(field):
        return None
    timestamp = getattr(message, field)
    return int(timestamp.seconds) * _SECOND + int(timestamp.nanos)


def _write_instant(timestamp: Any, nanoseconds: int | None) -> None:
    if nanoseconds is not None:
        timestamp.seconds, timestamp.nanos = divmod(nanoseconds, _SECOND)
        timestamp.SetInParent()
