"""Defects of the skill API that differ in one value: what is refused or read otherwise."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from pytest_stigmer.api import values
from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import (
    alike,
    checking_references,
    checking_tags_in_lower_case,
    platform_references,
    reading_organisations,
    reading_references,
    reading_versions,
    refusing_pushes,
    refusing_references,
    retouching,
    with_metadata,
    with_slug,
)
from pytest_stigmer.errors import AuditNotFound, StatusError
from pytest_stigmer.skills.controller import ID_PREFIX
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.translation import kind_text


class _HistoryFirst(ReferenceResolver):
    """Asks the history for a hash before it looks at the record."""

    def by_hash(self, skill_id: str, version_hash: str, current: Any) -> Any:
        with suppress(AuditNotFound):
            return self._store.get_audit_by_hash(
                values.SKILL_KIND, skill_id, version_hash, self._message_class
            )
        return super().by_hash(skill_id, version_hash, current)


class _KnownFieldsAlone(SkillEndpoint):
    """Refuses a request that says more than this release knows."""

    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        super().validate(message, message_class, request)
        message.DiscardUnknownFields()
        if message.ByteSize() != len(request):
            raise StatusError("INVALID_ARGUMENT", "validation error: unknown field")


REFUSALS = (
    Row(
        "newer-requests-are-refused",
        "No client can be updated before every server is.",
        "contract 1: proto3",
        partial(in_place, part=_KnownFieldsAlone),
    ),
    *alike(
        "Tags and names that were in use cannot be pushed any more.",
        "contract 1.3 and 3.2: no limit of length, and `^[a-zA-Z0-9._-]+$`",
        {
            "tag-with-underscore-is-refused": refusing_pushes("tag", "_"),
            "tag-with-hyphen-is-refused": refusing_pushes("tag", "-"),
            "tag-over-32-letters-is-refused": refusing_pushes("tag", "^.{33}"),
            "tag-as-long-as-a-hash-is-refused": refusing_pushes("tag", "^.{64}$"),
            "name-over-60-letters-is-refused": refusing_pushes("name", "^.{61}"),
        },
    ),
    Row(
        "hash-in-capitals-is-taken-as-a-tag",
        "Two spellings of one hash name two versions.",
        "D19, with capitals",
        checking_tags_in_lower_case,
    ),
    Row(
        "tag-latest-is-refused",
        "Every push of a client that tags with `latest` by default fails.",
        "D19, turned round",
        refusing_pushes("tag", r"^latest\Z"),
    ),
    Row(
        "missing-slug-is-not-found",
        "A client that forgot a field is told that a skill is missing.",
        "stigmer b070f18, load_skill_by_reference.go: the slug is required",
        checking_references(lambda reference: replace(reference, slug="any")),
    ),
)
"""What a push must be allowed to say, and what it must not."""

IDENTITIES = (
    *alike(
        "Two organisations share their skills.",
        "contract 0: organisation and slug are the identity",
        {
            "organisations-ignore-case": reading_organisations(str.lower),
            "organisations-are-trimmed": reading_organisations(str.strip),
            "organisations-end-at-nul": reading_organisations(lambda org: org.partition("\0")[0]),
        },
    ),
    *alike(
        "A skill gets another slug than on the real server, where its references fail.",
        "contract 3.2: GenerateSlug",
        {
            "slug-takes-any-blank-for-a-space": with_slug(lambda name: re.sub(r"\s", " ", name)),
            "slug-drops-letters-before-case": with_slug(
                lambda name: re.sub("[^\0-\x7f]", "", name)
            ),
            "slug-reads-wide-letters": with_slug(lambda name: unicodedata.normalize("NFKC", name)),
        },
    ),
    *alike(
        "A skill of the platform or of an organisation is nobody's.",
        "D2; TestPush_PlatformScoped of b070f18",
        {
            "platform-scope-is-lost": with_metadata(
                lambda made, _: replace(made, owner_scope=made.owner_scope & ~values.SCOPE_PLATFORM)
            ),
            "first-scope-is-kept": with_metadata(
                lambda made, before: replace(
                    made, owner_scope=(before.metadata if before else made).owner_scope
                )
            ),
        },
    ),
    Row(
        "slug-keeps-underscores",
        "A skill whose name holds an underscore gets another slug than on the real server, where "
        "its references fail.",
        "D7, turned round",
        with_slug(lambda name: name.replace("_", "-")),
    ),
    Row(
        "slug-transliterates",
        "A skill with an accent in its name gets another slug than on the real server, where its "
        "references fail.",
        "D8, turned round",
        with_slug(lambda name: unicodedata.normalize("NFKD", name)),
    ),
    Row(
        "id-is-made-from-the-slug",
        "Skills of one slug overwrite each other, and a skill made anew answers to the id of the "
        "deleted one.",
        "D1, for ids",
        with_metadata(lambda made, _: replace(made, id=f"{ID_PREFIX}-{made.slug}")),
    ),
    Row(
        "update-keeps-the-first-name",
        "A corrected spelling never shows.",
        "stigmer b070f18, push.go: the name is the request's",
        with_metadata(
            lambda made, before: replace(made, name=(before.metadata if before else made).name)
        ),
    ),
    Row(
        "update-wipes-labels",
        "What was sorted and selected by labels disappears from view with the next push.",
        "D3",
        with_metadata(lambda made, _: replace(made, labels={}, annotations={}, tags=())),
    ),
)
"""What makes a skill the same skill, and whose it is."""

REFERENCES = (
    Row(
        "history-goes-before-the-record",
        "A reference by hash misses the labels that the current version has.",
        "D17, with the two the wrong way round",
        partial(in_place, part=_HistoryFirst),
    ),
    *alike(
        "A tag that may be pushed can never be asked for.",
        "contract 3.5: '' and `latest` alone",
        {
            "latest-of-any-case": reading_versions(lambda version: version.lower() == "latest"),
            "head-is-latest": reading_versions(lambda version: version == "head"),
        },
    ),
    *alike(
        "A client that says exactly what it refers to is refused.",
        "D5, turned round",
        {
            "own-kind-is-refused": refusing_references(
                lambda reference: reference.kind == values.KIND_SKILL_NUMBER
            ),
            "scope-organization-is-refused": refusing_references(
                lambda reference: reference.scope == values.SCOPE_ORGANIZATION
            ),
        },
    ),
    *alike(
        "Whose skill runs depends on which half of a contradiction is read.",
        "D5",
        {
            "platform-reference-takes-an-organisation": platform_references(
                lambda reference: Identity(reference.org, reference.slug)
            ),
            "platform-reference-drops-the-organisation": platform_references(
                lambda reference: Identity("", reference.slug)
            ),
        },
    ),
    Row(
        "reference-kind-is-ignored",
        "A reference to an agent is answered with a skill of the same slug.",
        "D5",
        reading_references(lambda reference: replace(reference, kind=values.KIND_SKILL_NUMBER)),
    ),
    Row(
        "reference-scope-is-ignored",
        "A reference to a platform skill runs what an organisation has pushed under that slug.",
        "D5",
        reading_references(lambda reference: replace(reference, scope=values.SCOPE_UNSPECIFIED)),
    ),
    Row(
        "unknown-kind-is-a-skill",
        "A client of a newer release, which means another kind, is answered with a skill.",
        "D5, for numbers without a name",
        checking_references(
            lambda reference: (
                replace(reference, kind=values.KIND_UNKNOWN_NUMBER)
                if kind_text(reference.kind).isdigit()
                else reference
            )
        ),
    ),
    Row(
        "archived-version-shows-current-metadata",
        "What a version was called when it was pushed cannot be told any more.",
        "stigmer b070f18, load_skill_by_reference.go: a version is returned as archived",
        retouching(lambda found, current: found.metadata.CopyFrom(current.metadata)),
    ),
    Row(
        "archived-version-shows-current-stamps",
        "An audit of what was live on a day takes old versions for new ones.",
        "stigmer b070f18, load_skill_by_reference.go: a version is returned as archived",
        retouching(lambda found, current: found.status.audit.CopyFrom(current.status.audit)),
    ),
)
"""What a reference names."""
