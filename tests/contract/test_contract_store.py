"""The store on a file and the model in memory keep the same contract."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.explore.disputed import Disputed
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.kit.store_contract import StoreContract
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from pytest_stigmer.registry.registry import Registry


class TestSqliteStore(StoreContract):
    """The store on a file, with the messages of google.protobuf.wrappers."""

    has_transactions = True
    is_thread_safe = True
    can_reopen = True
    can_move_clock = True

    @pytest.fixture
    def store(self, assembled: Callable[..., Registry]) -> SqliteStore:
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


class Caching(StoreModel):
    """A store that remembers which record it answered first."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[Any, Any] = {}

    def get_resource(self, kind: Any, resource_id: str, message_class: Any) -> Any:
        """Answer as the first time."""
        answer = super().get_resource
        key = ("get", kind, resource_id)
        if key not in self.answers:
            self.answers[key] = answer(kind, resource_id, message_class)
        return self.answers[key]


def test_store_that_answers_from_a_cache_is_told() -> None:
    """A record that was replaced comes back, and the fact says so."""
    with pytest.raises(AssertionError, match="the live record is one that was replaced"):
        StoreContract().test_what_was_read_is_read_anew_after_a_write(Caching())


class Keeping(StoreModel):
    """A store whose transactions are undone by ordinary errors only."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep what an interrupted block did."""
        interrupted = None
        with super().transaction():
            try:
                yield
            except KeyboardInterrupt as error:
                interrupted = error
        if interrupted:
            raise interrupted


def test_store_that_keeps_an_interrupted_transaction_is_told() -> None:
    """What Ctrl-C left behind is named."""
    facts = TestStoreModel()
    with pytest.raises(AssertionError, match="an interrupted transaction left a record"):
        facts.test_transaction_that_is_interrupted_keeps_nothing(Keeping())


class Threaded(TestStoreModel):
    """What a project with threads declares."""

    is_thread_safe = True


Threaded.__test__ = False  # its facts are called one by one


class Hasty(Threaded):
    """One with little patience."""

    patience = 0.2


def test_transaction_that_undoes_another_threads_write_is_told() -> None:
    """The model takes back whatever was saved meanwhile, whoever saved it."""
    with pytest.raises(AssertionError, match=r"beside another thread left \[\]"):
        Threaded().test_failed_transaction_undoes_no_other_threads_writes(StoreModel())


class Waiting(StoreModel):
    """A store that waits for ever outside the main thread."""

    def save_audit(self, *arguments: Any, **fields: Any) -> None:
        """Wait for what never comes."""
        if threading.current_thread() is not threading.main_thread():
            threading.Event().wait()
        super().save_audit(*arguments, **fields)


def test_store_that_waits_for_ever_is_told() -> None:
    """The fact ends, and says how many threads did not."""
    with pytest.raises(AssertionError, match=r"4 of 4 threads are not done after 0\.2 s"):
        Hasty().test_threads_lose_nothing(Waiting())
