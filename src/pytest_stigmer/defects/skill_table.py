"""Defects of the skill API that differ in one value: what is refused, read or kept otherwise."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from pytest_stigmer.api import values
from pytest_stigmer.defects.skill_changes import (
    Change,
    alike,
    checking_tags_in_lower_case,
    platform_references,
    reading_organisations,
    reading_versions,
    refusing_pushes,
    refusing_references,
    with_id,
    with_message,
    with_metadata,
    with_slug,
    with_stamp,
)
from pytest_stigmer.skills.index import Identity

_SECOND = 1_000_000_000

RECORDS = (
    *alike(
        "Clients that check what a record says of itself refuse every skill.",
        "contract 3.2 and 3.3",
        {
            "ids-are-in-upper-case": with_id(str.upper),
            "ids-have-another-prefix": with_id(lambda made: made.replace("skl-", "skill-")),
            "record-says-another-api-version": with_message(api_version="v1"),
            "record-says-another-kind": with_message(kind="skill"),
        },
    ),
    *alike(
        "An audit of who changed what, and when, tells something else.",
        "contract 3.2: SetAuditFields",
        {
            "stamps-are-whole-seconds": with_stamp(
                lambda made: replace(made, updated_at=(made.updated_at or 0) // _SECOND * _SECOND)
            ),
            "created-by-is-lost": with_stamp(lambda made: replace(made, created_by="")),
        },
    ),
)
"""What a record says of itself."""

REFUSALS = (
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
    Change(
        "hash-in-capitals-is-taken-as-a-tag",
        "Two spellings of one hash name two versions.",
        "D19, with capitals",
        checking_tags_in_lower_case,
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
)
"""What makes a skill the same skill, and whose it is."""

REFERENCES = (
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
)
"""What a reference names."""
