"""Defects of the skill API that only show at the edge of what a name, a stamp or a file may be."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api import values
from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.defects.change import Row, in_place
from pytest_stigmer.defects.skill_changes import (
    alike,
    reading_organisations,
    refusing_entries,
    with_id,
    with_metadata,
    with_slug,
    with_stamp,
    with_version,
)
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage, StoredArtifact
from pytest_stigmer.skills.controller import SkillController, Stored
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import Identity, SlugIndex, Snapshot
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.api.values import PushSkill, Reference
    from pytest_stigmer.skills.zipdirectory import Entry

_MICROSECOND = 1_000
_MILLISECOND = 1_000_000
_LONGEST_PART = 255
_OVER_THE_RATIO = 101
_DEFAULT_RECEIVE_LIMIT = 4_194_304


class _Joined(SlugIndex):
    """Looks skills up under one text for organisation and slug."""

    def find(self, identity: Identity) -> str | None:
        return super().find(_joined(identity))

    def saved(self, identity: Identity, skill_id: str) -> None:
        super().saved(_joined(identity), skill_id)

    def deleted(self, identity: Identity) -> None:
        super().deleted(_joined(identity))

    def organisations(self, slug: str) -> set[str]:
        return {""} if slug else set()

    def _read(self, revision: object) -> Snapshot:
        found = super()._read(revision)
        found.ids = {_joined(identity): row for identity, row in found.ids.items()}
        return found


def _joined(identity: Identity) -> Identity:
    return Identity("", "-".join(filter(None, identity)))


class _LastWins(SlugIndex):
    """Takes the last of several rows of one slug."""

    def _read(self, revision: object) -> Snapshot:
        found = super()._read(revision)
        for row, data in self._store.resource_rows(values.SKILL_KIND):
            with suppress(Exception):  # damage is told by what was read before
                message = self._generation.Skill.FromString(data)
                found.ids[Identity(*self._generation.codec.identity(message))] = row
        return found


class _Stripping(SkillController):
    """Reads an id without its blanks."""

    def get(self, skill_id: str) -> Stored:
        return super().get(skill_id.strip())


class _ArchiveFirst(SkillController):
    """Judges the artifact before the words of the request."""

    def push(self, request: PushSkill) -> Stored:
        self.read_archive(request.artifact)
        return super().push(request)


class _HoldingScopes(ReferenceResolver):
    """Finds an organisation's skill by its scope only when the record says it too."""

    def resolve(self, reference: Reference) -> Any:
        found = super().resolve(reference)
        if reference.scope not in (0, found.metadata.owner_scope):
            raise refusals.no_skill_with_slug(reference.slug)
        return found


EDGES_OF_IDENTITIES = (
    *alike(
        "A name is shown otherwise than its author writes it.",
        "contract 3.3: name as given",
        {
            "names-are-trimmed": with_metadata(
                lambda made, _: replace(made, name=made.name.strip())
            ),
            "names-are-composed": with_metadata(
                lambda made, _: replace(made, name=unicodedata.normalize("NFC", made.name))
            ),
        },
    ),
    *alike(
        "A skill gets another slug than on the real server, where its references fail.",
        "contract 3.2: GenerateSlug",
        {
            "slug-folds-case": with_slug(str.casefold),
            "slug-takes-any-digit": with_slug(
                lambda name: re.sub(".", lambda at: str(unicodedata.digit(at[0], at[0])), name)
            ),
        },
    ),
    *alike(
        "Two organisations share their skills.",
        "contract 0: organisation and slug are the identity",
        {
            "organisations-are-normalised": reading_organisations(
                lambda org: unicodedata.normalize("NFKC", org)
            ),
            "organisation-and-slug-are-joined": partial(in_place, part=_Joined),
        },
    ),
    Row(
        "ids-are-stripped",
        "An id with a line end from a file gives a skill here and none on another server.",
        "contract 3.4: ids are compared as they are",
        partial(in_place, part=_Stripping),
    ),
    Row(
        "last-of-two-records-wins",
        "Of two skills of one slug this server updates one and the real server the other.",
        "contract 3.2: FindResourceBySlug returns the first",
        partial(in_place, part=_LastWins),
    ),
)

EDGES_OF_RECORDS_PUSHED = (
    *alike(
        "Two changes that followed one another look simultaneous, or one looks later than it was.",
        "contract 3.2: now, in nanoseconds; D12",
        {
            "stamps-are-milliseconds": with_stamp(
                lambda made: replace(
                    made, updated_at=(made.updated_at or 0) // _MILLISECOND * _MILLISECOND
                )
            ),
            "created-at-loses-nanoseconds": with_stamp(
                lambda made: replace(
                    made, created_at=(made.created_at or 0) // _MICROSECOND * _MICROSECOND
                )
            ),
        },
    ),
    Row(
        "ids-tell-no-time",
        "New skills sort anywhere among the old ones.",
        "contract 3.2: GenerateID",
        with_id(lambda made: f"{made[:4]}{'0' * 10}{made[14:]}"),
    ),
    Row(
        "failed-state-stays",
        "A skill that once failed is never ready again.",
        "contract 3.3: state READY",
        with_version(
            lambda made, before: replace(made, state=before.state if before else made.state)
        ),
    ),
)

EDGES_OF_REFERENCES = (
    Row(
        "scope-must-be-that-of-the-record",
        "A skill that was pushed without a scope is found without it alone.",
        "contract 0: a reference with org names that organisation's skill",
        partial(in_place, part=_HoldingScopes),
    ),
)


class _SizesOnly(ArtifactStorage):
    """Takes a file of the right length for the right one."""

    @cached_property
    def sizes(self) -> dict[str, int]:
        return {}

    def store(self, data: bytes) -> StoredArtifact:
        stored = super().store(data)
        self.sizes[stored.key] = len(data)
        return stored

    def verify(self, key: str, data: bytes) -> None:
        if self.sizes.get(key) != len(data):
            super().verify(key, data)


class _EmptyIsMissing(ArtifactStorage):
    """Takes an emptied file for none."""

    def verify(self, key: str, data: bytes) -> None:
        if not data:
            raise self.missing(key)
        super().verify(key, data)


class _OneMore(ArchiveReader):
    """Lets the first ratio over the limit pass."""

    def check_ratio(self, entry: Entry) -> None:
        if entry.size // (entry.packed_size or 1) != _OVER_THE_RATIO:
            super().check_ratio(entry)


EDGES_OF_ARTIFACTS = (
    Row(
        "artifact-is-verified-by-size",
        "A damaged artifact of the right length is run as the version that its name promises.",
        "D42",
        partial(in_place, part=_SizesOnly),
    ),
    Row(
        "emptied-artifact-is-missing",
        "Damage looks like a version that was never pushed.",
        "D42",
        partial(in_place, part=_EmptyIsMissing),
    ),
    Row(
        "ratio-limit-is-off-by-one",
        "What the documentation forbids is accepted, and refused by the real server.",
        "contract 3.8: 1010/10 = 101 fails",
        partial(in_place, part=_OneMore),
    ),
    Row(
        "longest-name-is-refused",
        "A file with a long name that every program can unpack cannot be pushed.",
        "contract 3.8: names are not limited but by what a disk takes",
        refusing_entries(
            lambda entry: any(
                len(part.encode()) >= _LONGEST_PART for part in entry.filename.split("/")
            )
        ),
    ),
)


class _OneByteMore(SkillEndpoint):
    """Takes a request that is one byte too long."""

    def check_size(self, message: bytes, what: str) -> None:
        if len(message) != MAX_MESSAGE_BYTES + 1:
            super().check_size(message, what)


class _DefaultLimit(SkillEndpoint):
    """Sends what a client receives that has set no limit."""

    def check_size(self, message: bytes, what: str) -> None:
        if what == refusals.SENDING and len(message) > _DEFAULT_RECEIVE_LIMIT:
            raise refusals.message_too_large(what, len(message))
        super().check_size(message, what)


EDGES_OF_MESSAGES = (
    Row(
        "message-limit-is-off-by-one",
        "What is pushed here is refused by the real server.",
        "D43; contract 4.1",
        partial(in_place, part=_OneByteMore),
    ),
    Row(
        "large-artifacts-cannot-be-fetched",
        "A skill of 5 MiB is pushed, and no agent gets its files.",
        "D44",
        partial(in_place, part=_DefaultLimit),
    ),
    Row(
        "artifact-is-judged-before-the-name",
        "Who has made two mistakes is told the second one first, after a long upload.",
        "contract 3.3: the order of the steps",
        partial(in_place, part=_ArchiveFirst),
    ),
)
