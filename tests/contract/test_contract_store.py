"""The store on a file and the model in memory keep the same contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.contract.disputed import Disputed
from pytest_stigmer.contract.model import StoreModel
from pytest_stigmer.contract.store import StoreContract
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pytest_stigmer.assembly import Parts


class TestSqliteStore(StoreContract):
    """The store on a file, with the messages of google.protobuf.wrappers."""

    has_transactions = True
    is_thread_safe = True
    can_reopen = True
    can_move_clock = True

    @pytest.fixture
    def store(self, assembled: Callable[..., Parts]) -> SqliteStore:
        """Give a store on a fresh file."""
        return assembled().store

    def reopen(self, store: Any) -> SqliteStore:
        """Open the same file again."""
        store.close()
        return SqliteStore(store.path, clock=store.clock)

    def move_clock(self, store: Any, seconds: float) -> None:
        """Move the clock that the store was given."""
        store.clock.move(seconds)


class TestStoreOfSkills(TestSqliteStore):
    """The same with a project's own messages."""

    def message(self, text: str) -> Any:
        """Return a Skill whose SKILL.md is the text."""
        api = load("bundled")
        return api.Skill(spec=api.SkillSpec(skill_md=text))

    def text_of(self, message: Any) -> str:
        """Return the SKILL.md."""
        return str(message.spec.skill_md)


class TestStoreModel(StoreContract):
    """The model in memory; it has no clock, and one thread."""

    has_transactions = True
    can_reopen = True
    can_move_clock = True

    @pytest.fixture
    def store(self) -> StoreModel:
        """Give an empty model."""
        return StoreModel()

    def reopen(self, store: Any) -> StoreModel:
        """Go on with the same records."""
        return StoreModel.reopened(store)

    def move_clock(self, store: Any, seconds: float) -> None:
        """Do nothing: the model knows no time."""


class TestCascadingModel(TestStoreModel):
    """The model with the other answer to the open question of what a deletion takes with it."""

    deletes_cascade = True

    @pytest.fixture
    def store(self) -> StoreModel:
        """Give an empty model that cascades."""
        return StoreModel(disputed=Disputed(store_deletes_cascade=True))
