"""The store and its model keep every promise; each fact that the kit alone states can be broken."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from tests.kit.on_a_file import StoreOnAFile

from pytest_stigmer.errors import ResourceNotFound, UndecodableRow
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.kit.store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.store.sqlite import SqliteStore


class TestSqliteStore(StoreOnAFile):
    """The store on a file, for threads too."""

    is_thread_safe = True

    @pytest.fixture
    def store(self, assembled: Callable[..., Registry]) -> SqliteStore:
        """Give a store on a fresh file."""
        self.assembled = assembled
        return assembled().store


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
        return StoreModel(otherwise=frozenset({"store_deletes_cascade"}))


class _Facts(StoreContract):
    """What a project with everything declares; its facts are called one by one."""

    __test__ = False
    has_transactions = is_thread_safe = deletes_cascade = True
    patience = 0.2


class _Sharing(StoreModel):
    """Keeps the caller's own messages."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self.verb = verb
        self.kept: list[Any] = []

    def save_resource(self, kind: Any, resource_id: str, message: Any) -> None:
        self.kept.append(message)
        super().save_resource(kind, resource_id, message)

    def list_resources(self, kind: Any) -> list[bytes]:
        if self.verb != "list_resources":
            return super().list_resources(kind)
        return [message.SerializeToString() for message in self.kept]

    def list_audit_history(self, kind: Any, resource_id: str) -> list[bytes]:
        if self.verb != "list_audit_history":
            return super().list_audit_history(kind, resource_id)
        return [message.SerializeToString() for message in self.kept]


class _Lenient(StoreModel):
    """Takes None for nothing to do."""

    def save_audit(self, kind: Any, resource_id: str, message: Any, **names: str) -> None:
        if message is not None:
            super().save_audit(kind, resource_id, message, **names)


class _Blind(StoreModel):
    """Does not find what it cannot read."""

    def get_resource(self, kind: Any, resource_id: str, message_class: Any) -> Any:
        try:
            return super().get_resource(kind, resource_id, message_class)
        except UndecodableRow as error:
            raise ResourceNotFound(resource_id) from error


class _Skipping(StoreModel):
    """Looks for the newest snapshot of a hash that it can read."""

    def get_audit_by_hash(self, kind: Any, resource_id: str, *rest: Any) -> Any:
        history = list(self.history)
        while True:
            try:
                found = super().get_audit_by_hash(kind, resource_id, *rest)
            except UndecodableRow:
                self.history.pop()
            else:
                self.history = history
                return found


class _Open(StoreModel):
    """Stays open after `with`."""

    def __exit__(self, *error: object) -> None:
        pass


class _Beginning(StoreModel):
    """Begins transactions after its end."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield


class _Keeping(StoreModel):
    """Undoes a transaction after ordinary errors only."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        interrupted = None
        with super().transaction():
            try:
                yield
            except KeyboardInterrupt as error:
                interrupted = error
        if interrupted:
            raise interrupted


class _Waiting(StoreModel):
    """Waits for ever outside the main thread."""

    def save_audit(self, *arguments: Any, **fields: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            threading.Event().wait()
        super().save_audit(*arguments, **fields)


class _Losing(StoreModel):
    """Loses what another thread than the first archives."""

    def save_audit(self, *arguments: Any, **fields: Any) -> None:
        super().save_audit(*arguments, **fields)
        with suppress(IndexError):
            if self.history[-1].data.endswith(b"3-24"):
                self.history.pop()


WRONG: dict[str, tuple[Callable[[], StoreModel], str]] = {
    "stored_message_is_a_copy": (lambda: _Sharing("list_resources"), "own object as a record"),
    "stored_message_is_a_copy ": (
        lambda: _Sharing("list_audit_history"),
        "object as an audit record",
    ),
    "none_is_no_message": (_Lenient, "archiving None must raise TypeError, but answered None"),
    "record_of_another_type_is_named": (_Blind, "must raise UndecodableRow, but raised Resource"),
    "audit_record_of_another_type_is_not_passed_over": (
        _Skipping,
        "a lookup of 1.* must raise Undec",
    ),
    "context_manager_closes": (_Open, "a verb after `with` must raise StoreClosed"),
    "closed_store_begins_no_transaction": (_Beginning, "a transaction on a closed store must rai"),
    "interrupted_transaction_keeps_nothing": (_Keeping, "an interrupted transaction left a rec"),
    "failed_transaction_undoes_no_other_threads_writes": (StoreModel, r"thread left \[\]"),
    "threads_lose_nothing": (_Waiting, r"4 of 4 threads are not done after 0\.2 s"),
    "threads_lose_nothing ": (_Losing, "audit records of thread 3 are lost"),
}
"""By the kit's own fact: a store that breaks it, and in which words."""


@pytest.mark.parametrize("fact", WRONG)
def test_wrong_store_is_told_in_words(fact: str) -> None:
    """Each of the facts that no scenario can state is red where it does not hold, and says why."""
    make, words = WRONG[fact]
    with pytest.raises((AssertionError, pytest.fail.Exception), match=words):
        getattr(_Facts(), f"test_{fact.strip()}")(make())


@pytest.mark.parametrize("how", ["by id", "by kind", "by prefix"])
def test_cascade_that_is_only_declared_is_told(how: str) -> None:
    """A class that declares cascading deletions for a store without them is told so."""
    with pytest.raises(AssertionError, match=f"declares deletes_cascade, but deleting {how}"):
        _Facts().test_deletion_takes_the_history_where_declared(StoreModel(), how)
