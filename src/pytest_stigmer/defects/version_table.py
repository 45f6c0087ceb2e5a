"""Defects of what a push keeps: one value of the record, or of the version, is another one."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.defects.change import Row
from pytest_stigmer.defects.skill_changes import (
    alike,
    archived_under,
    with_id,
    with_message,
    with_stamp,
    with_version,
)

_SECOND = 1_000_000_000
_UPLOADING = 1

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
    Row(
        "created-at-is-lost",
        "Nobody can tell how old a skill is.",
        "D12",
        with_stamp(lambda made: replace(made, created_at=made.updated_at)),
    ),
    Row(
        "stamps-are-swapped",
        "A skill seems to have been changed before it was made.",
        "D12, with the slots mixed up",
        with_stamp(
            lambda made: replace(made, created_at=made.updated_at, updated_at=made.created_at)
        ),
    ),
    Row(
        "updated-at-stays",
        "Caches that ask whether a skill has changed keep the old version for ever.",
        "TestPush_Update_UpdatesTimestamp of b070f18, which compares pointers",
        with_stamp(lambda made: replace(made, updated_at=made.created_at)),
    ),
    Row(
        "updates-are-events-of-creation",
        "Whoever follows events sees new skills instead of new versions.",
        "stigmer b070f18, defaults.go: the event of an update is `updated`",
        with_stamp(lambda made: replace(made, event="created")),
    ),
    Row(
        "halves-name-two-authors",
        "Who made a skill depends on which half of its audit is read, until it is updated.",
        "contract 3.2: one info is used for spec_audit and status_audit",
        with_version(
            lambda made, before: replace(
                made,
                status_audit=made.spec_audit
                if before
                else replace(made.status_audit, created_by="controller"),
            )
        ),
    ),
    Row(
        "state-stays-uploading",
        "Clients that wait for a skill to be ready wait for ever.",
        "stigmer b070f18, push.go: the state is always READY",
        with_version(lambda made, _: replace(made, state=_UPLOADING)),
    ),
    Row(
        "status-is-not-stamped",
        "The status seems to be that of an earlier version.",
        "stigmer b070f18, defaults.go: both halves get the same stamp",
        with_version(
            lambda made, before: replace(made, status_audit=(before or made).status_audit)
        ),
    ),
    Row(
        "untagged-push-keeps-the-tag",
        "A draft that was pushed without a tag goes out to everyone who follows `stable`.",
        "D70, with the tag moving by itself",
        with_version(
            lambda made, before: replace(made, tag=made.tag or (before.tag if before else ""))
        ),
    ),
    Row(
        "equal-content-is-not-pushed",
        "A version cannot be given another tag by pushing it again: the tag goes on naming another "
        "one.",
        "D18, with deduplication in the wrong place",
        with_version(
            lambda made, before: (
                before if before and before.version_hash == made.version_hash else made
            )
        ),
    ),
    Row(
        "archived-without-hash",
        "With the next push nobody can fetch this version by its hash.",
        "D21, for pushes",
        archived_under("tag"),
    ),
    Row(
        "archived-without-tag",
        "With the next push the tag of this one names nothing.",
        "D21, for pushes",
        archived_under("version_hash"),
    ),
)
"""What a record says of itself."""

VERSIONS = (
    Row(
        "new-version-keeps-the-old-artifact",
        "The new instructions are run with the old scripts.",
        "TestPush_Update_NewArtifact of b070f18, with deduplication by name",
        with_version(
            lambda made, before: replace(
                made, artifact_storage_key=(before or made).artifact_storage_key
            )
        ),
    ),
)
"""What a version brings along."""
