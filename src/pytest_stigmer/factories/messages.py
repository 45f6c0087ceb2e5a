"""Messages of the skill API: a test names the fields it is about, the factory fills the rest.

Only name, SKILL.md and files are made up; organisation, scope and tag stay empty unless given.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.clock import DEFAULT_START, parse_instant
from pytest_stigmer.errors import UnknownField, UsageError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.seeding import Draws, slug

_ACTOR = "system"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class PushFields(TypedDict, total=False):
    """What a push request may be given; `artifact` takes the place of `skill_md` and `files`."""

    name: str
    org: str
    tag: str
    scope: int | str
    skill_md: str | bytes
    files: Mapping[str, str | bytes]
    artifact: bytes


class ReferenceFields(TypedDict, total=False):
    """What a reference may be given."""

    slug: str
    org: str
    version: str
    scope: int | str
    kind: int | str


class SkillFields(TypedDict, total=False):
    """What a stored skill may be given; instants are ISO texts or aware datetimes."""

    name: str
    slug: str
    id: str
    org: str
    scope: int
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    tags: Iterable[str]
    skill_md: str
    tag: str
    version_hash: str
    artifact_storage_key: str
    state: int
    event: str
    created_at: str | dt.datetime
    updated_at: str | dt.datetime


def check_fields(method: str, given: Iterable[str], fields: type) -> None:
    """Raise UnknownField, a TypeError, for a keyword that is not a field."""
    known = fields.__annotations__
    for word in given:
        if word not in known:
            raise UnknownField.of(method, word, known)


def push_request(generation: Generation, draws: Draws, fields: PushFields) -> Any:
    """Return a PushSkillRequest with a valid artifact."""
    check_fields("push_request", fields, PushFields)
    if "artifact" in fields and not fields.keys().isdisjoint(("skill_md", "files")):
        raise UsageError("push_request(): artifact holds skill_md and files; give it or them")
    name = fields["name"] if "name" in fields else draws.name()
    return generation.codec.push_message(
        name=name,
        scope=fields.get("scope", values.SCOPE_UNSPECIFIED),
        org=fields.get("org", ""),
        artifact=fields["artifact"] if "artifact" in fields else _packed(draws, name, fields),
        tag=fields.get("tag", ""),
    )


def _packed(draws: Draws, name: str, fields: PushFields) -> bytes:
    return artifact(
        skill_md=fields["skill_md"] if "skill_md" in fields else draws.skill_md(name),
        files=fields["files"] if "files" in fields else draws.files(),
    )


def reference(
    generation: Generation, draws: Draws, skill: Any | None, fields: ReferenceFields
) -> Any:
    """Return an ApiResourceReference to a Skill message, to a given slug or to a made-up one."""
    check_fields("reference", fields, ReferenceFields)
    org, known = generation.codec.identity(skill) if skill is not None else ("", None)
    named = fields.get("slug", known)
    return generation.codec.reference_message(
        scope=fields.get("scope", values.SCOPE_UNSPECIFIED),
        org=fields.get("org", org),
        kind=fields.get("kind", values.KIND_UNKNOWN_NUMBER),
        slug=slug(draws.name()) if named is None else named,
        version=fields.get("version", ""),
    )


def skill(generation: Generation, draws: Draws, fields: SkillFields) -> Any:
    """Return a Skill message as a registry stores it after a push."""
    check_fields("skill", fields, SkillFields)
    return generation.codec.skill_message(skill_value(draws, fields))


def skill_value(draws: Draws, fields: SkillFields) -> values.Skill:
    """Return the same as plain values."""
    name = fields["name"] if "name" in fields else draws.name()
    skill_md = fields["skill_md"] if "skill_md" in fields else draws.skill_md(name)
    version_hash = fields.get("version_hash", _hash(skill_md))
    audit = _audit(fields)
    return values.Skill(
        metadata=_metadata(name, draws, fields),
        skill_md=skill_md,
        tag=fields.get("tag", ""),
        version_hash=version_hash,
        artifact_storage_key=fields.get("artifact_storage_key", f"skills/{version_hash}.zip"),
        state=fields.get("state", values.STATE_READY),
        spec_audit=audit,
        status_audit=audit,
    )


def _hash(skill_md: str) -> str:
    return hashlib.sha256(artifact(skill_md=skill_md, files={})).hexdigest()


def _metadata(name: str, draws: Draws, fields: SkillFields) -> values.Metadata:
    return values.Metadata(
        name=name,
        slug=fields.get("slug", slug(name)),
        id=fields["id"] if "id" in fields else draws.resource_id(),
        org=fields.get("org", ""),
        owner_scope=fields.get("scope", values.SCOPE_UNSPECIFIED),
        labels=fields.get("labels", {}),
        annotations=fields.get("annotations", {}),
        tags=tuple(fields.get("tags", ())),
    )


def _audit(fields: SkillFields) -> values.AuditInfo:
    created = fields.get("created_at", DEFAULT_START)
    updated = fields.get("updated_at", created)
    return values.AuditInfo(
        created_by=_ACTOR,
        created_at=nanoseconds(created),
        updated_by=_ACTOR,
        updated_at=nanoseconds(updated),
        event=fields.get("event", "created" if updated == created else "updated"),
    )


def nanoseconds(instant: str | dt.datetime) -> int:
    """Return an instant as nanoseconds since the Unix epoch."""
    return (parse_instant(instant) - _EPOCH) // _MICROSECOND * 1000
