"""Skill registries that do one thing wrong inside each break the fact about it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.contract.model import StoreModel
from pytest_stigmer.contract.skill_model import SkillModel, is_hash

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
    """Takes the artifact of the deleted version along, unless another skill has it now."""

    def delete(self, request: Any) -> Any:
        skill = super().delete(request)
        key = skill.status.artifact_storage_key
        live = [self._current(skill_id) for skill_id, _ in self.store.resource_rows("skill")]
        if key not in [other.status.artifact_storage_key for other in live]:
            self.artifacts.pop(key, None)
        return skill


WRONG: dict[str, tuple[type[SkillModel], str]] = {
    "answers with another skill's tag": (_AnySkillsTag, "versions_of_another_skill_are_hidden"),
    "answers with another skill's hash": (_AnySkillsHash, "versions_of_another_skill_are_hidden"),
    "deletes artifacts": (_DropsArtifact, "delete_spares_the_artifact"),
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
