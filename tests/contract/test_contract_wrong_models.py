"""Skill registries that do one thing wrong inside each break the fact about it, in words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api import values
from pytest_stigmer.errors import StatusError
from pytest_stigmer.explore.skill_model import SkillModel, is_hash
from pytest_stigmer.explore.store_model import StoreModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Broken, Clock

    from pytest_stigmer.api.generation import Generation


class _AnySkills(SkillModel):
    """Looks a version up among those of every skill of the organisation."""

    wanted: Callable[[str], bool]

    def _archived(self, skill_id: str, version: str) -> Any:
        if not type(self).wanted(version):
            return super()._archived(skill_id, version)
        org = self._current(skill_id).metadata.org
        for row in reversed(self.store.history):
            skill = self.api.Skill.FromString(row.data)
            if skill.metadata.org == org and version in (row.tag, row.version_hash):
                return skill
        return super()._archived(skill_id, version)


class _AnySkillsTag(_AnySkills):
    wanted = staticmethod(lambda version: not is_hash(version))


class _AnySkillsHash(_AnySkills):
    wanted = staticmethod(is_hash)


class _DropsArtifact(SkillModel):
    """Takes the artifact of the deleted version along, unless another skill has it."""

    def delete(self, request: Any) -> Any:
        skill = super().delete(request)
        key = skill.status.artifact_storage_key
        others = [self.api.Skill.FromString(row.data) for row in self.store.history]
        if key not in [other.status.artifact_storage_key for other in others]:
            self.artifacts.pop(key, None)
        return skill


class _OwnKindRefused(SkillModel):
    """Takes no reference that says its kind."""

    def get_by_reference(self, request: Any) -> Any:
        if request.kind:
            raise StatusError("INVALID_ARGUMENT", "kind must be unset")
        return super().get_by_reference(request)


class _OrganizationRefused(SkillModel):
    """Takes no reference of scope organization."""

    def get_by_reference(self, request: Any) -> Any:
        if request.scope == values.SCOPE_ORGANIZATION:
            raise StatusError("INVALID_ARGUMENT", "scope must be platform or unset")
        return super().get_by_reference(request)


class _PlatformOfAny(SkillModel):
    """Names the organisation's skill, whatever the scope."""

    def _org_meant(self, reference: Any) -> str:
        return str(reference.org) or super()._org_meant(reference)


class _PlatformAlone(SkillModel):
    """Names the skill without organisation, whatever the organisation."""

    def _org_meant(self, reference: Any) -> str:
        is_platform = reference.scope == values.SCOPE_PLATFORM
        return "" if is_platform else super()._org_meant(reference)


class _UnknownKind(SkillModel):
    """Takes a kind that it does not know for a skill."""

    def get_by_reference(self, request: Any) -> Any:
        if request.kind not in self.api.ApiResourceKind.values():
            request = _with(request, kind=values.KIND_SKILL_NUMBER)
        return super().get_by_reference(request)


class _LastNewline(SkillModel):
    """Checks a version with a `$` that allows a newline behind it."""

    def get_by_reference(self, request: Any) -> Any:
        return super().get_by_reference(_with(request, version=request.version.removesuffix("\n")))


class _ShoutedTag(SkillModel):
    """Takes a tag for a hash in lower case only."""

    def push(self, request: Any) -> Any:
        return super().push(_with(request, tag=re.sub("^[0-9A-F]{64}$", "", request.tag)))


class _Slugs(SkillModel):
    """Makes slugs of names that were changed first."""

    read: Callable[[str], str]

    def push(self, request: Any) -> Any:
        skill = super().push(_with(request, name=type(self).read(request.name)))
        skill.metadata.name = request.name
        return skill


class _AnyBlank(_Slugs):
    read = staticmethod(lambda name: re.sub(r"\s", " ", name))


class _AsciiFirst(_Slugs):
    read = staticmethod(lambda name: re.sub("[^\0-\x7f]", "", name))


class _Compatible(_Slugs):
    read = staticmethod(lambda name: unicodedata.normalize("NFKC", name))


class _Changed(SkillModel):
    """Makes records that are changed before they are kept."""

    def _next_version(self, request: Any, *rest: Any) -> Any:
        skill = super()._next_version(request, *rest)
        self.change(skill)
        return skill

    def change(self, skill: Any) -> None:
        """Change a record."""
        raise NotImplementedError


class _NoVersion(_Changed):
    def change(self, skill: Any) -> None:
        skill.api_version = "v1"


class _LowerKind(_Changed):
    def change(self, skill: Any) -> None:
        skill.kind = "skill"


class _OtherKey(_Changed):
    """Names artifacts by their hash alone."""

    def change(self, skill: Any) -> None:
        skill.status.artifact_storage_key = f"{skill.status.version_hash}.zip"

    def get_artifact(self, request: Any) -> Any:
        key = request.artifact_storage_key
        if key not in self.artifacts:
            return super().get_artifact(request)
        return self.api.GetArtifactResponse(artifact=self.artifacts[key])


class _NoPlatform(_Changed):
    def change(self, skill: Any) -> None:
        if skill.metadata.owner_scope == values.SCOPE_PLATFORM:
            skill.metadata.owner_scope = 0


class _Nobody(_Changed):
    def change(self, skill: Any) -> None:
        skill.status.audit.spec_audit.ClearField("created_by")
        skill.status.audit.status_audit.ClearField("created_by")


class _TwoActors(_Changed):
    """Names another author in one half of a new record, and mends it with the first update."""

    def change(self, skill: Any) -> None:
        half = skill.status.audit.status_audit
        half.created_by.id = "controller" if half.event == "created" else "system"


class _FirstScope(SkillModel):
    """Keeps the scope of the first push."""

    def _next_version(self, request: Any, slug: str, skill_md: str, found: Any | None) -> Any:
        skill = super()._next_version(request, slug, skill_md, found)
        if found is not None:
            skill.metadata.owner_scope = found.metadata.owner_scope
        return skill


def _with(request: Any, **fields: Any) -> Any:
    changed = type(request)()
    changed.CopyFrom(request)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


WRONG: dict[str, tuple[type[SkillModel], str]] = {
    "answers with another skill's tag": (_AnySkillsTag, "versions_of_another_skill_are_hidden"),
    "answers with another skill's hash": (_AnySkillsHash, "versions_of_another_skill_are_hidden"),
    "deletes artifacts": (_DropsArtifact, "delete_spares_the_artifact"),
    "refuses kind skill": (_OwnKindRefused, "good_reference_is_accepted[kind skill]"),
    "refuses scope organization": (
        _OrganizationRefused,
        "good_reference_is_accepted[scope organization and the organisation]",
    ),
    "reads no scope platform": (
        _PlatformOfAny,
        "platform_reference_with_an_organisation_is_not_found",
    ),
    "reads no organisation with scope platform": (
        _PlatformAlone,
        "platform_reference_with_an_organisation_is_not_found",
    ),
    "takes unknown kinds": (
        _UnknownKind,
        "bad_reference_is_refused[a kind that does not exist]",
    ),
    "takes a newline behind a version": (
        _LastNewline,
        "bad_reference_is_refused[a version with a newline]",
    ),
    "takes a hash in upper case as a tag": (
        _ShoutedTag,
        "bad_push_is_refused[a tag of 64 hexadecimal digits in upper case]",
    ),
    "makes a hyphen of a tab": (_AnyBlank, "slug_follows_from_the_name[a\tb]"),
    "makes a hyphen of a no-break space": (_AnyBlank, "slug_follows_from_the_name[a\u00a0b]"),
    "makes a hyphen of a newline": (_AnyBlank, "slug_follows_from_the_name[a\nb]"),
    "drops the Kelvin sign": (_AsciiFirst, "slug_follows_from_the_name[\u212aelvin]"),
    "drops a capital with a dot": (_AsciiFirst, "slug_follows_from_the_name[\u0130stanbul]"),
    "reads wide letters": (_Compatible, "slug_follows_from_the_name[\uff21\uff11a]"),
    "says another API version": (_NoVersion, "pushed_record_is_whole"),
    "says another kind": (_LowerKind, "pushed_record_is_whole"),
    "has other storage keys": (_OtherKey, "pushed_record_is_whole"),
    "forgets scope platform": (_NoPlatform, "pushed_record_is_whole"),
    "does not say who pushed": (_Nobody, "pushed_record_is_whole"),
    "names two authors": (_TwoActors, "pushed_record_is_whole"),
    "keeps the first scope": (_FirstScope, "update_takes_the_scope_it_says"),
}
"""A registry that is wrong, and the fact that must say so."""


@pytest.mark.parametrize("what", WRONG)
def test_wrong_models_are_named(
    what: str, clock: Clock, api: Generation, verdict_on: Callable[..., Broken | None]
) -> None:
    """A registry that is wrong in one way breaks the fact about it; a sound one keeps it."""
    model, fact = WRONG[what]
    sound = SkillModel(StoreModel(), clock, api)
    assert verdict_on(f"Skills.test_{fact}", sound) is None, "a sound registry breaks it"
    told = verdict_on(f"Skills.test_{fact}", model(StoreModel(), clock, api))
    assert told is not None, f"a registry that {what} keeps {fact}"
    assert told.in_words, told.why
