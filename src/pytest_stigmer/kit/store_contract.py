"""The promises of a store, as a class to subclass.

    class TestMine(StoreContract):
        can_reopen = True

        @pytest.fixture
        def store(self, tmp_path):
            with MyStore(tmp_path / "my.db") as store:
                yield store

        def reopen(self, store):
            store.close()
            return MyStore(store.path)

The inherited `test_promise` asks every scenario about stores, one test each: the test's id is the
name of the scenario's file. The other tests are facts that only Python can state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import pytest

from pytest_stigmer.kit.calls import at_once, must_raise, must_succeed
from pytest_stigmer.kit.declared_store import StoreTarget
from pytest_stigmer.kit.promises import Promise, ask
from pytest_stigmer.kit.store_declarations import StoreDeclarations
from pytest_stigmer.store.interface import Store

ONE, TWO = "1" * 64, "2" * 64

_THREADS = 4
_TURNS = 25
_GRACE = 0.1
"""For how long a transaction waits for another thread's write, in seconds."""


class StoreContract(StoreDeclarations):
    """Holds a store to the promises; `StoreDeclarations` lists what to declare."""

    @pytest.mark.usefixtures("stigmer_api")
    def test_promise(self, store: Store, promise: Promise, request: pytest.FixtureRequest) -> None:
        """The store keeps the promise that a scenario states."""
        with closing(StoreTarget(self, store)) as target:
            ask(promise, target, request.node, self.provided())

    def test_stored_message_is_a_copy(self, store: Store) -> None:
        """Changing a message after saving, archiving or reading it changes nothing stored."""
        message = self.message("one")
        store.save_resource("skill", "a", message)
        store.save_audit("skill", "a", message, version_hash="", tag="v1")
        message.Clear()
        store.get_resource("skill", "a", self.message_class).Clear()
        store.get_audit_by_tag("skill", "a", "v1", self.message_class).Clear()
        assert self._live(store) == ["one"], "the store kept the caller's own object as a record"
        assert self._history(store) == ["one"], "it kept the caller's own object as an audit record"

    def test_none_is_no_message(self, store: Store) -> None:
        """Saving None is a TypeError and stores nothing."""
        nothing: Any = None
        must_raise(TypeError, "saving None", lambda: store.save_resource("skill", "a", nothing))
        must_raise(TypeError, "archiving None", lambda: store.save_audit("skill", "a", nothing))
        assert self._live(store) + self._history(store) == [], "None was stored"

    def test_record_of_another_type_is_named(self, store: Store) -> None:
        """A record that does not parse as the message asked for is an error that names it."""
        store.save_resource("skill", "foreign", self.foreign())
        error = must_raise(
            self.undecodable,
            "get_resource of a record of another message type",
            lambda: store.get_resource("skill", "foreign", self.message_class),
        )
        assert "foreign" in str(error), "the error does not name the record that does not parse"

    def test_audit_record_of_another_type_is_not_passed_over(self, store: Store) -> None:
        """A lookup whose audit record does not parse names it, and no other answers."""
        # At either end of both lookups is one that does not parse, and no two of them are equal.
        foreign, older = self.foreign(), self.message("older")
        rows = (
            (foreign, TWO, "v1"),
            (foreign, ONE, "v2"),
            (older, ONE, "v1"),
            (foreign, ONE, "v1"),
        )
        for message, version_hash, tag in rows:
            store.save_audit("skill", "foreign", message, version_hash=version_hash, tag=tag)
        lookups: dict[str, Callable[[str, str, str, Any], object]] = {
            "v1": store.get_audit_by_tag,
            ONE: store.get_audit_by_hash,
        }
        for word, lookup in lookups.items():
            error = must_raise(
                self.undecodable,
                f"a lookup of {word}, where the newest audit record is of another message type,",
                lambda: lookup("skill", "foreign", word, self.message_class),  # noqa: B023
            )
            assert "foreign" in str(error), "the error does not name the audit record's resource"

    def test_context_manager_closes(self, store: Store) -> None:
        """`with store:` gives the store and closes it at the end."""
        with store as entered:
            entered.save_resource("skill", "a", self.message("one"))
        must_raise(self.store_closed, "a verb after `with`", lambda: store.list_resources("skill"))

    def test_closed_store_begins_no_transaction(self, store: Store) -> None:
        """After close a transaction is refused as the verbs are."""
        self.needs("has_transactions")
        store.close()
        begin = store.transaction().__enter__
        must_raise(self.store_closed, "a transaction on a closed store", begin)

    def test_interrupted_transaction_keeps_nothing(self, store: Store) -> None:
        """Ctrl-C in a transaction undoes it as an error does, and the store goes on."""
        self.needs("has_transactions")

        def interrupted() -> None:
            with store.transaction():
                store.save_resource("skill", "a", self.message("during"))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert self._live(store) == [], "an interrupted transaction left a record"
        store.save_resource("skill", "a", self.message("after"))
        assert self._live(store) == ["after"], "after an interruption nothing is saved"

    @pytest.mark.parametrize("how", ["by id", "by kind", "by prefix"])
    def test_deletion_takes_the_history_where_declared(self, store: Store, how: str) -> None:
        """Deleting live records deletes their audit records alone, if the class says so."""
        self.needs("deletes_cascade")
        store.save_resource("skill", "a", self.message("one"))
        store.save_audit("skill", "a", self.message("one"))
        store.save_audit("skill", "other", self.message("other"))
        deletions: dict[str, Callable[[], object]] = {
            "by id": lambda: store.delete_resource("skill", "a"),
            "by kind": lambda: store.delete_resources_by_kind("skill"),
            "by prefix": lambda: store.delete_resources_by_id_prefix("skill", "a"),
        }
        must_succeed(f"deleting a record {how}, where it has audit records,", deletions[how])
        assert self._history(store) == [], (
            f"{type(self).__name__} declares deletes_cascade, but deleting {how} left audit records"
        )
        assert self._history(store, "other") == ["other"], "another resource's history is touched"

    def test_failed_transaction_undoes_no_other_threads_writes(self, store: Store) -> None:
        """What another thread saved while a transaction was open stays when that one fails."""
        self.needs("has_transactions")
        self.needs("is_thread_safe")
        begun, saved = threading.Event(), threading.Event()

        def work(number: int) -> None:
            if number == 0:
                with suppress(LookupError), store.transaction():
                    store.save_resource("skill", "own", self.message("taken back"))
                    begun.set()
                    saved.wait(_GRACE)  # a store may let the other one wait for the end
                    raise LookupError("the caller gives up")
            begun.wait(self.patience)
            if number == 1:
                store.save_resource("skill", "other", self.message("acknowledged"))
                saved.set()

        at_once(work, 2, seconds=self.patience)
        left = self._live(store)
        assert left == ["acknowledged"], f"a failed transaction beside another thread left {left}"

    def test_threads_lose_nothing(self, store: Store) -> None:
        """What several threads save and archive at once is all there."""
        self.needs("is_thread_safe")

        def work(worker: int) -> None:
            for turn in range(_TURNS):
                store.save_resource("skill", f"{worker}-{turn}", self.message("one"))
                store.save_audit("skill", "a", self.message(f"{worker}-{turn:02}"))

        at_once(work, _THREADS, seconds=self.patience)
        assert len(self._live(store)) == _THREADS * _TURNS, "records are lost"
        history = self._history(store)
        for worker in range(_THREADS):
            own = [text for text in history if text.startswith(f"{worker}-")]
            assert len(own) == _TURNS, f"audit records of thread {worker} are lost"
            assert own == sorted(own, reverse=True), f"thread {worker}'s are not newest first"

    def _live(self, store: Store) -> list[str]:
        listed = must_succeed("list_resources", store.list_resources, "skill")
        return [self.text_of(self.message_class.FromString(data)) for data in listed]

    def _history(self, store: Store, resource_id: str = "a") -> list[str]:
        listed = must_succeed("list_audit_history", store.list_audit_history, "skill", resource_id)
        return [self.text_of(self.message_class.FromString(data)) for data in listed]
