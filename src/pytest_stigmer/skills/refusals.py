"""The answers of the skill API that are not a skill, each with its gRPC status name and text.

Texts: stigmer b070f18, backend/services/stigmer-server/pkg/domain/skill/controller; those that the
real server does not have are worded like its validation errors.
"""

from __future__ import annotations

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import StatusError

_INVALID = "INVALID_ARGUMENT"
_NOT_FOUND = "NOT_FOUND"

RECEIVED = "received message"
SENDING = "trying to send message"
"""What was being done with a message that is too large."""


def invalid_field(field: str, why: str) -> StatusError:
    """Name the field of the request that breaks a rule."""
    return StatusError(_INVALID, f"validation error: {field}: {why}")


def invalid_name(name: str) -> StatusError:
    """Refuse a name that has no slug."""
    return StatusError(_INVALID, f"invalid skill name: {name}")


def invalid_artifact(why: object) -> StatusError:
    """Refuse an artifact, in the words of the archive rule that it breaks."""
    return StatusError(_INVALID, f"failed to extract SKILL.md: {why}")


def slug_required() -> StatusError:
    """Refuse a reference without a slug."""
    return StatusError(_INVALID, "slug is required in reference")


def no_skill_with_id(skill_id: str) -> StatusError:
    """Say that no live skill has this id."""
    return StatusError(_NOT_FOUND, f"Skill not found: {skill_id}")


def no_skill_with_slug(slug: str) -> StatusError:
    """Say that no live skill answers the reference."""
    return StatusError(_NOT_FOUND, f"skill not found: {slug}")


def ambiguous(slug: str, count: int) -> StatusError:
    """Say that several organisations have this slug and the reference names none of them."""
    return StatusError(
        _NOT_FOUND,
        f"skill not found: {slug}: the reference is ambiguous, {count} organisations have "
        "a skill of this slug; set org",
    )


def no_version(slug: str, version: str) -> StatusError:
    """Say that the skill exists and neither it nor its history has this version."""
    return StatusError(_NOT_FOUND, f"skill version not found: {slug}:{version}")


def message_too_large(what: str, size: int) -> StatusError:
    """Refuse a message over the limit; `size` is in bytes."""
    return StatusError(
        "RESOURCE_EXHAUSTED", f"grpc: {what} larger than max ({size} vs. {MAX_MESSAGE_BYTES})"
    )
