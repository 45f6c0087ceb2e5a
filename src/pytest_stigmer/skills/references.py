"""From a reference to one version of one skill.

Version forms, order of the lookups and texts: stigmer b070f18,
backend/services/stigmer-server/pkg/domain/skill/controller/load_skill_by_reference.go. The real
server ignores scope and kind and takes any organisation's skill when none is named; here they
count.
"""

from __future__ import annotations

import re
from typing import Any

from pytest_stigmer.api import values
from pytest_stigmer.api.generation import Generation
from pytest_stigmer.api.values import Reference
from pytest_stigmer.errors import AuditNotFound, ResourceNotFound
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.frame import saying
from pytest_stigmer.skills.index import Identity, SlugIndex
from pytest_stigmer.store.sqlite import SqliteStore

LATEST = "latest"
_HASH = re.compile("[a-f0-9]{64}")
_KINDS = (values.KIND_UNKNOWN_NUMBER, values.KIND_SKILL_NUMBER)


def is_hash(version: str) -> bool:
    """Whether a version has the form of a version hash: 64 lower-case hexadecimal digits."""
    return _HASH.fullmatch(version) is not None


class ReferenceResolver:
    """Answers references with stored Skill messages."""

    def __init__(self, store: SqliteStore, index: SlugIndex, generation: Generation) -> None:
        self._store = store
        self._index = index
        self._codec = generation.codec
        self._message_class = generation.Skill

    def resolve(self, reference: Reference) -> Any:
        """Return the Skill message that the reference names, as it was stored.

        Raises StatusError INVALID_ARGUMENT for a reference that breaks a rule, NOT_FOUND when it
        names nothing or is ambiguous; StoreError when the store cannot answer.
        """
        self.check(reference)
        with saying("failed to list skills"):
            skill_id = self.skill_id(reference)
        try:
            current = self._store.get_resource(values.SKILL_KIND, skill_id, self._message_class)
        except ResourceNotFound:
            raise refusals.no_skill_with_slug(reference.slug) from None
        return self.version(reference, skill_id, current)

    def check(self, reference: Reference) -> None:
        """Refuse a reference that cannot name a skill."""
        if reference.kind not in _KINDS:
            raise refusals.invalid_field("kind", "value must be skill or unset")
        if reference.scope == values.SCOPE_IDENTITY_ACCOUNT:
            raise refusals.invalid_field("scope", "no skill belongs to an identity account")
        if reference.scope == values.SCOPE_ORGANIZATION and not reference.org:
            raise refusals.invalid_field("org", "value is required with scope organization")
        if not reference.slug:
            raise refusals.slug_required()

    def skill_id(self, reference: Reference) -> str:
        """Return the id of the skill that the reference names, whichever version of it."""
        found = self._index.find(self.identity(reference))
        if found is None:
            raise refusals.no_skill_with_slug(reference.slug)
        return found

    def identity(self, reference: Reference) -> Identity:
        """Return the organisation and slug meant; when none is said, the slug's only one."""
        if reference.scope == values.SCOPE_PLATFORM:
            return self.platform_identity(reference)
        if reference.org or reference.scope == values.SCOPE_ORGANIZATION:
            return Identity(reference.org, reference.slug)
        organisations = self._index.organisations(reference.slug)
        if len(organisations) > 1 and "" not in organisations:
            raise refusals.ambiguous(reference.slug, len(organisations))
        org = "" if "" in organisations or not organisations else organisations.pop()
        return Identity(org, reference.slug)

    def platform_identity(self, reference: Reference) -> Identity:
        """Return the skill without organisation; one that names an organisation is not there."""
        if reference.org:
            raise refusals.no_skill_with_slug(reference.slug)
        return Identity("", reference.slug)

    def version(self, reference: Reference, skill_id: str, current: Any) -> Any:
        """Return the version asked for: the current record if it fits, else the newest archived."""
        version = reference.version
        if self.is_current(version):
            return current
        try:
            if self.is_hash(version):
                return self.by_hash(skill_id, version, current)
            return self.by_tag(skill_id, version, current)
        except AuditNotFound:
            raise refusals.no_version(reference.slug, version) from None

    def is_current(self, version: str) -> bool:
        """Whether a version means the current record, whatever its tag and hash."""
        return version in ("", LATEST)

    def is_hash(self, version: str) -> bool:
        """Whether a version is looked up as a hash; every other is a tag."""
        return is_hash(version)

    def by_hash(self, skill_id: str, version_hash: str, current: Any) -> Any:
        """Return the version of this content; raise AuditNotFound."""
        if self._codec.version_hash(current) == version_hash:
            return current
        with saying("failed to query audit by hash"):
            return self._store.get_audit_by_hash(
                values.SKILL_KIND, skill_id, version_hash, self._message_class
            )

    def by_tag(self, skill_id: str, tag: str, current: Any) -> Any:
        """Return the newest version pushed with this tag; a record without status has none."""
        if self._codec.tag(current) == tag:
            return current
        with saying("failed to query audit by tag"):
            return self._store.get_audit_by_tag(
                values.SKILL_KIND, skill_id, tag, self._message_class
            )
