"""The skill API in plain values, which the core speaks; a codec per API generation makes messages.

Instants are integers, nanoseconds since the Unix epoch; None means not set. Enum fields hold the
enum's number. Source of the fields' meaning: stigmer b070f18, apis/ai/stigmer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKILL_KIND = "skill"
API_VERSION = "agentic.stigmer.ai/v1"
KIND_NAME = "Skill"

SCOPE_UNSPECIFIED = 0
SCOPE_PLATFORM = 1
SCOPE_ORGANIZATION = 2
SCOPE_IDENTITY_ACCOUNT = 3

STATE_READY = 2

MAX_MESSAGE_BYTES = 10 * 1024 * 1024
"""The longest request and answer. Source: stigmer b070f18, backend/libs/go/grpc/server.go."""

KIND_UNKNOWN_NUMBER = 0
KIND_SKILL_NUMBER = 43


@dataclass(frozen=True, slots=True)
class AuditInfo:
    """Who made and last changed one half of a record (spec or status), and when."""

    created_by: str = ""
    created_at: int | None = None
    updated_by: str = ""
    updated_at: int | None = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Identity and attributes of a resource; `org` and `slug` are a skill's identity."""

    name: str = ""
    slug: str = ""
    id: str = ""
    org: str = ""
    owner_scope: int = SCOPE_UNSPECIFIED
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """One version of a skill, as stored in `resources` and `resource_audit`."""

    metadata: Metadata = Metadata()
    skill_md: str = ""
    tag: str = ""
    version_hash: str = ""
    artifact_storage_key: str = ""
    state: int = 0
    spec_audit: AuditInfo = AuditInfo()
    status_audit: AuditInfo = AuditInfo()
    has_metadata: bool = True
    has_status: bool = True


@dataclass(frozen=True, slots=True)
class PushSkill:
    """A push: the ZIP and the name under which it is stored."""

    name: str
    artifact: bytes
    scope: int = SCOPE_UNSPECIFIED
    org: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to one version of a skill: '' or `latest`, a tag, or a version hash."""

    slug: str
    org: str = ""
    version: str = ""
    scope: int = SCOPE_UNSPECIFIED
    kind: int = KIND_UNKNOWN_NUMBER
