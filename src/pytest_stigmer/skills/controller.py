"""The skill API of generation 2026-01: identities, slugs, ids, and what a push makes."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import replace

from pytest_stigmer.api import values
from pytest_stigmer.api.values import AuditInfo, Metadata, PushSkill, Skill
from pytest_stigmer.clock import Clock
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.frame import SkillFrame, Stored
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver

__all__ = ["ACTOR", "ID_PREFIX", "SkillController", "Stored", "new_id", "slug_of"]

ID_PREFIX = "skl"
ACTOR = "system"
"""Who pushes: the open-source server knows no other actor."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_MILLISECOND = dt.timedelta(milliseconds=1)
_HASH_LIKE = re.compile("[0-9a-fA-F]{64}")

_DROPPED = re.compile("[^a-z0-9-]")
_HYPHENS = re.compile("-+")

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80
_DIGITS = 26
_SHIFTS = tuple(range(5 * (_DIGITS - 1), -1, -5))


def slug_of(name: str) -> str:
    """Return the slug of a name; '' when the name holds no ASCII letter or digit.

    Lower case, spaces become hyphens, everything but ASCII letters, digits and hyphens is dropped,
    runs of hyphens become one, none is left at the ends. Nothing is transliterated and no length is
    cut. Source: stigmer/stigmer at b070f18, backend/libs/go/grpc/request/pipeline/steps/slug.go.
    """
    kept = _DROPPED.sub("", name.lower().replace(" ", "-"))
    return _HYPHENS.sub("-", kept).strip("-")


def new_id(prefix: str, clock: Clock) -> str:
    """Return `<prefix>-<ulid>`, lower case: 48 bits of Unix milliseconds, then 80 random ones.

    Ids of one millisecond are in no order.
    Source: stigmer/stigmer at b070f18, backend/libs/go/grpc/request/pipeline/steps/defaults.go.
    """
    return f"{prefix}-{_ulid(clock.now(), secrets.randbits(_RANDOM_BITS))}"


def _ulid(now: dt.datetime, random: int) -> str:
    # A ULID knows no instant before 1970; a clock that stands there still gets valid ids. At the
    # other end 48 bits reach past the year 9999, Python's last.
    milliseconds = max((now - _EPOCH) // _MILLISECOND, 0)
    value = milliseconds << _RANDOM_BITS | random
    return "".join([_CROCKFORD[value >> shift & 31] for shift in _SHIFTS])


class SkillController(SkillFrame):
    """Versioned skills as generation 2026-01 has them.

    Failures are StatusError with the real server's codes and inner texts, or StoreError when the
    store cannot answer.
    Source: stigmer b070f18, backend/services/stigmer-server/pkg/domain/skill/controller.
    """

    resolver = ReferenceResolver

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
