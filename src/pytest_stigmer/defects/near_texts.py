"""Registries that take one text for another that resembles it, or for what it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api import values
from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import (
    reading_organisations,
    refusing_pushes,
)
from pytest_stigmer.errors import AuditNotFound
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import SlugIndex, Snapshot
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.api.values import AuditInfo, Metadata, PushSkill, Reference, Skill
    from pytest_stigmer.skills.index import Identity
    from pytest_stigmer.skills.zipdirectory import Entry

_SHORTEST_HASH = 7


class _LeavingOutV(ReferenceResolver):
    """Looks for a version with a v in front where there is none without."""

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            return super().by_tag(skill_id, f"v{tag}", current)


class _FillingUp(ReferenceResolver):
    """Looks for the patch 0 of a version that says none."""

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        try:
            return super().by_tag(skill_id, tag, current)
        except AuditNotFound:
            return super().by_tag(skill_id, f"{tag}.0", current)


class _ByScope(SkillController):
    """Takes a push without a scope for one of another skill than the organisation's."""

    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        is_another = (
            current is not None
            and current.metadata.owner_scope == values.SCOPE_ORGANIZATION
            and not request.scope
        )
        return super().metadata(request, identity, None if is_another else current)


class _BlamingTheScope(SkillController):
    """Names the scope where the organisation is missing."""

    def check_push(self, request: PushSkill) -> None:
        if request.scope == values.SCOPE_ORGANIZATION and not request.org:
            raise refusals.invalid_field("scope", "organization needs an organisation")
        super().check_push(request)


class _OfTheirScope(SkillController):
    """Takes a record of another scope for another skill."""

    def metadata(self, request: PushSkill, identity: Identity, current: Skill | None) -> Metadata:
        found = current.metadata.owner_scope if current else 0
        is_another = found and request.scope and found != request.scope
        return super().metadata(request, identity, None if is_another else current)


NEAR_TAGS = (
    Row(
        "tag-may-leave-out-its-v",
        "A reference to 1.0 runs what was pushed as v1.0, here alone.",
        "contract 3.5: tags are compared as they are",
        partial(in_place, part=_LeavingOutV),
    ),
    Row(
        "tag-may-leave-out-its-patch",
        "A reference to 1.0 runs what was pushed as 1.0.0, here alone.",
        "contract 3.5: tags are compared as they are",
        partial(in_place, part=_FillingUp),
    ),
)


class _ShorteningHashes(SkillEndpoint):
    """Tells the first letters of a hash, as listings do."""

    def without_folder(self, text: str) -> str:
        return re.sub("([0-9a-f]{12})[0-9a-f]{52}", r"\1", super().without_folder(text))


class _CheckingKindsOfLatest(ReferenceResolver):
    """Lets the kind of a reference count for the current version alone."""

    def check(self, reference: Reference) -> None:
        super().check(replace(reference, kind=0) if reference.version else reference)


NEAR_HASHES = (
    Row(
        "commits-are-no-tags",
        "Who tags with the commit of his repository can push nothing.",
        "contract 1.3: only 64 digits are a version hash",
        refusing_pushes("tag", r"\A[0-9a-f]{40}\Z"),
    ),
    Row(
        "missing-organisation-is-a-wrong-scope",
        "Who forgot the organisation is told to change the scope, which was right.",
        "D4: the refusal names the field",
        partial(in_place, part=_BlamingTheScope),
    ),
    Row(
        "texts-shorten-hashes",
        "What the log says was not found cannot be found in anything else.",
        "contract 3.5: the text has the version",
        partial(in_place, part=_ShorteningHashes),
    ),
)

NEAR_IDENTITIES = (
    Row(
        "scopeless-push-is-of-another-skill",
        "A push that says no scope leaves the skill behind and takes over its slug.",
        "contract 0: organisation and slug are the identity",
        partial(in_place, part=_ByScope),
    ),
    Row(
        "another-scope-makes-another-skill",
        "Who corrects the scope of a skill leaves the skill behind and takes over its slug.",
        "contract 0: organisation and slug are the identity",
        partial(in_place, part=_OfTheirScope),
    ),
)


class _Abbreviating(ReferenceResolver):
    """Finds the current version by the first digits of its hash too."""

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        if len(tag) >= _SHORTEST_HASH and self._codec.version_hash(current).startswith(tag):
            return current
        return super().by_tag(skill_id, tag, current)


class _OnlyAdding(SlugIndex):
    """Never forgets where a skill once was."""

    def _read(self, revision: object) -> Snapshot:
        found, before = super()._read(revision), self._snapshot.ids
        found.ids = {**before, **found.ids}
        return found


NEAR_VERSIONS = (
    Row(
        "hash-may-be-abbreviated",
        "A reference that runs here names nothing on the real server, and another version one day.",
        "contract 3.5: a hash has 64 digits",
        partial(in_place, part=_Abbreviating),
    ),
    Row(
        "moved-skill-keeps-its-slug",
        "A skill that was renamed answers to its old name, and a push under that one changes it.",
        "contract 3.3: the search reads the records as they are",
        partial(in_place, part=_OnlyAdding),
    ),
    Row(
        "old-versions-are-of-any-kind",
        "A reference to an agent gets the old version of a skill of its name.",
        "D5, mended for the current version",
        partial(in_place, part=_CheckingKindsOfLatest),
    ),
)

RESERVED_WORDS = (
    Row(
        "names-are-reserved",
        "A name that means something to somebody else cannot be used.",
        "contract 3.2: every name with a slug is one",
        refusing_pushes("name", r"\A(?:latest|default|con)\Z"),
    ),
    Row(
        "words-for-nothing-are-no-organisation",
        "The skills of the organisation null are everybody's.",
        "contract 0: '' alone is no organisation",
        reading_organisations(lambda org: "" if org in ("null", "undefined", "default") else org),
    ),
)


class _ByNumber(ArchiveReader):
    """Takes a checksum of 0 for none."""

    def check_unpacked(self, entry: Entry, size: int, crc: int, most: int) -> None:
        super().check_unpacked(entry, size, crc if entry.crc else 0, most)


NEAR_CHECKSUMS = (
    Row(
        "checksum-of-zero-is-none",
        "A file that was damaged on its way is taken for the author's.",
        "contract 3.8: Go verifies a CRC only when it is not 0",
        partial(in_place, part=_ByNumber),
    ),
)


class _Monotonous(SkillController):
    """Lets no change be earlier than the one before it."""

    def stamp(self, now: int, before: AuditInfo | None) -> AuditInfo:
        return super().stamp(max(now, (before and before.updated_at) or now), before)


NEAR_STAMPS = (
    Row(
        "stamps-never-go-back",
        "After a clock was set right, changes bear the wrong time for as long as it was wrong.",
        "contract 3.2: updated_at is now",
        partial(in_place, part=_Monotonous),
    ),
)
