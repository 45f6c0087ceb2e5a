"""The factories of one test in one object."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from pytest_stigmer.api.generation import Generation
from pytest_stigmer.factories import artifacts, bad_artifacts, good_artifacts, messages
from pytest_stigmer.factories.audit_history import History, HistoryFields, audit_history
from pytest_stigmer.factories.legacy_rows import LegacyFields, legacy_database
from pytest_stigmer.factories.messages import PushFields, ReferenceFields, SkillFields
from pytest_stigmer.factories.seeding import Draws

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.api.message_types import ApiResourceReference, PushSkillRequest, Skill


class Factory:
    """Makes messages, artifacts, histories and legacy databases; the same for equal seed and id.

    Every keyword is optional and names a field; an unknown one raises UnknownField (a TypeError)
    with the nearest field. Nothing is read from disk or clock: instants start at
    `pytest_stigmer.clock.DEFAULT_START`. `generation` is loaded on first use when not given.
    """

    def __init__(
        self, seed: object, test_id: str = "", generation: Generation | None = None
    ) -> None:
        self._draws = Draws(seed, test_id)
        self._given = generation

    def skill(self, **fields: Unpack[SkillFields]) -> Skill:
        """Return a Skill message as a registry stores it after a push.

        Fields: name, slug, id, org, scope, labels, annotations, tags, skill_md, tag, version_hash,
        artifact_storage_key, state, event, created_at, updated_at.
        """
        made: Skill = messages.skill(self._generation, self._draws, fields)
        return made

    def push_request(self, **fields: Unpack[PushFields]) -> PushSkillRequest:
        """Return a PushSkillRequest with a valid artifact.

        Fields: name, org, tag, scope, skill_md, files, and artifact, which takes the place of both.
        """
        made: PushSkillRequest = messages.push_request(self._generation, self._draws, fields)
        return made

    def reference(
        self, skill: Message | None = None, /, **fields: Unpack[ReferenceFields]
    ) -> ApiResourceReference:
        """Return an ApiResourceReference to a Skill message, or to the slug given.

        Fields: slug, org, version, scope, kind.
        """
        made: ApiResourceReference = messages.reference(
            self._generation, self._draws, skill, fields
        )
        return made

    def artifact(
        self,
        *,
        skill_md: str | bytes | None = None,
        files: Mapping[str, str | bytes] | None = None,
    ) -> bytes:
        """Return a valid skill ZIP: SKILL.md first, then the files by name."""
        text = self._draws.skill_md(self._draws.name()) if skill_md is None else skill_md
        return artifacts.artifact(
            skill_md=text, files=self._draws.files() if files is None else files
        )

    def bad_artifact(self, kind: str) -> bytes:
        """Return an artifact that a registry must refuse; see `BAD_ARTIFACTS` for the kinds."""
        return bad_artifacts.bad_artifact(kind)

    def good_artifact(self, kind: str) -> bytes:
        """Return an unusual artifact that a registry must accept; see `GOOD_ARTIFACTS`."""
        return good_artifacts.good_artifact(kind)

    def audit_history(self, **fields: Unpack[HistoryFields]) -> History:
        """Return a history of versions: a pure value that `stigmer_store_factory(history=)` loads.

        versions: how many (default 3). resources: how many of each kind, or their ids (default 1).
        kinds: the kinds' names (default skill; every message is a Skill). tags, skill_md: a text
        for all versions, a sequence that repeats, or a function of the version's number, which
        starts at 1. spacing: the duration between two versions, or several that repeat; `"0ms"`
        stays within the instant, `"-1h"` steps back. start: the first version's instant. A version
        hash is the SHA-256 of its SKILL.md: no artifact goes with a history.
        """
        return audit_history(self._generation, self._draws, fields)

    def legacy_database(self, **fields: Unpack[LegacyFields]) -> bytes:
        """Return the bytes of a schema v1 file whose audit records are live rows (stigmer 5af72bf).

        Fields: those of `audit_history`, and malformed, innocent, undecodable (default False): the
        rows of MALFORMED_IDS, of INNOCENT_IDS and of UNDECODABLE_ID too; versioned (default True):
        False gives the file of a release that recorded no schema version. Audit ids are
        `skill_audit/<resource id>/<nanoseconds>`. Equal bytes need an equal release of SQLite.
        """
        return legacy_database(self._generation, self._draws, fields)

    @cached_property
    def _generation(self) -> Generation:
        from pytest_stigmer.api.generation import load

        return self._given or load()
