"""The skill API on a file and the model in memory keep the same contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.kit.on_a_file import SkillsOnAFile

from pytest_stigmer.explore.skill_model import SkillModel
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.kit.skill_contract import SkillContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import SkillClient


class TestSkillsOnAFile(SkillsOnAFile):
    """The skill API in process, for threads too."""

    is_thread_safe = True

    @pytest.fixture
    def skills(self, assembled: Callable[..., Registry]) -> SkillClient:
        """Give a client of a fresh registry."""
        return self.opened(assembled)


class TestSkillModel(SkillContract):
    """The model in memory."""

    can_reopen = True
    can_move_clock = True

    @pytest.fixture
    def skills(self, clock: Any, api: Generation) -> SkillModel:
        """Give a model with nothing in it."""
        return SkillModel(StoreModel(), clock, api)

    def reopen(self, skills: Any) -> Any:
        """Return the same model: it has nothing to lose."""
        return skills

    def move_clock(self, skills: Any, seconds: float) -> None:
        """Move the clock that the model was given."""
        skills.clock.advance(seconds=seconds)
