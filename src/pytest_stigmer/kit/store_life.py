"""Facts about time, transactions, threads, closing and reopening."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.kit.calls import at_once, must_raise
from pytest_stigmer.kit.capabilities import CLOCK_STEPS
from pytest_stigmer.kit.store_declarations import StoreDeclarations

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.interface import Store

_THREADS = 4
_TURNS = 25
_GRACE = 0.1
"""For how long a transaction waits for another thread's write, in seconds."""


class LifeFacts(StoreDeclarations):
    """What a store promises whatever the clock, the threads and its end."""

    @pytest.mark.parametrize("step", CLOCK_STEPS)
    def test_order_is_that_of_saving(self, store: Store, step: str) -> None:
        """However the clock moves between two saves, the one saved later is the newer one."""
        self.needs("can_move_clock")
        for text in ("one", "two", "three"):
            self.archive(store, "a", text, version_hash="1" * 64, tag="stable")
            self.move_clock(store, CLOCK_STEPS[step])
        told = f"the clock moved {step} between saves, and"
        listed = self.history(store, "a")
        assert listed == ["three", "two", "one"], f"{told} the history is listed as {listed}"
        for lookup, word in ((self.by_tag, "stable"), (self.by_hash, "1" * 64)):
            found = lookup(store, "a", word)
            assert found == "three", f"{told} {lookup.__name__} gave {found}"

    def test_what_was_read_is_read_anew_after_a_write(self, store: Store) -> None:
        """An answer given before a write does not come back after it."""
        for text in ("one", "two"):
            self.save(store, "a", text)
            self.archive(store, "a", text, version_hash="1" * 64, tag="stable")
            assert self.fetch(store, "a") == text, "the live record is one that was replaced"
            assert self.live(store, "skill") == [text], "the listing is older than the last save"
            assert self.by_tag(store, "a", "stable") == text, "the tag names what it named before"
            assert self.by_hash(store, "a", "1" * 64) == text, "the hash names what it named before"
            assert self.history(store, "a")[0] == text, "the history lacks the last snapshot"
        store.delete_resource("skill", "a")
        store.delete_audit_by_resource_id("skill", "a")
        must_raise(
            self.resource_not_found,
            "get_resource of a record that was read and then deleted",
            lambda: self.fetch(store, "a"),
        )
        assert self.live(store, "skill") == [], "the listing is older than the deletion"
        assert self.history(store, "a") == [], "the history is older than its deletion"

    def test_none_is_no_message(self, store: Store) -> None:
        """Saving None is a TypeError and stores nothing."""
        nothing: Any = None
        must_raise(TypeError, "saving None", lambda: store.save_resource("skill", "a", nothing))
        must_raise(TypeError, "archiving None", lambda: store.save_audit("skill", "a", nothing))
        assert self.live(store, "skill") + self.history(store, "a") == [], "None was stored"

    def test_transaction_keeps_all_or_nothing(self, store: Store) -> None:
        """What a failed transaction saved or deleted is undone, for records and snapshots."""
        self.needs("has_transactions")
        self.save(store, "a", "before")
        self.archive(store, "a", "archived")

        def write() -> None:
            self.save(store, "a", "during")
            self.save(store, "b", "during")
            self.archive(store, "a", "during")

        def fail(work: Callable[[], object]) -> None:
            with store.transaction():
                work()
                raise LookupError("the caller gives up")

        must_raise(LookupError, "a transaction whose block raises", partial(fail, write))
        assert self.live(store, "skill") == ["before"], "a failed transaction left records"
        assert self.history(store, "a") == ["archived"], "a failed transaction left a snapshot"
        deletions: dict[str, Callable[[], object]] = {
            "delete_resource": lambda: store.delete_resource("skill", "a"),
            "delete_resources_by_kind": lambda: store.delete_resources_by_kind("skill"),
            "delete_resources_by_id_prefix": (
                lambda: store.delete_resources_by_id_prefix("skill", "a")
            ),
            "delete_audit_by_resource_id": lambda: store.delete_audit_by_resource_id("skill", "a"),
        }
        for verb, delete in deletions.items():
            must_raise(LookupError, f"a transaction that fails after {verb}", partial(fail, delete))
            told = f"a failed transaction did not undo its {verb}"
            assert self.live(store, "skill") == ["before"], f"{told}: the record is not back"
            assert self.history(store, "a") == ["archived"], f"{told}: the snapshot is not back"

    def test_transaction_that_is_interrupted_keeps_nothing(self, store: Store) -> None:
        """Ctrl-C in a transaction undoes it as an error does, and the store goes on."""
        self.needs("has_transactions")

        def interrupted() -> None:
            with store.transaction():
                self.save(store, "a", "during")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert self.live(store, "skill") == [], "an interrupted transaction left a record"
        self.save(store, "a", "after")
        assert self.live(store, "skill") == ["after"], "after an interruption nothing is saved"

    def test_transaction_sees_its_own_writes(self, store: Store) -> None:
        """Inside a transaction its own writes are read, and afterwards all of them are there."""
        self.needs("has_transactions")
        with store.transaction():
            self.save(store, "a", "one")
            self.archive(store, "a", "one", tag="v1")
            assert self.by_tag(store, "a", "v1") == "one", "a transaction missed its own write"
        assert self.live(store, "skill") == ["one"], "a committed write is lost"

    def test_inner_transaction_fails_alone(self, store: Store) -> None:
        """A nested transaction that fails takes back its own writes and not the outer ones."""
        self.needs("has_transactions")

        def fail() -> None:
            with store.transaction():
                self.save(store, "inner", "inner")
                raise LookupError("the caller gives up")

        with store.transaction():
            self.save(store, "outer", "outer")
            must_raise(LookupError, "a nested transaction whose block raises", fail)
        assert self.live(store, "skill") == ["outer"], "the nested failure reached too far"

    def test_failed_transaction_undoes_no_other_threads_writes(self, store: Store) -> None:
        """What another thread saved while a transaction was open stays when that one fails."""
        self.needs("has_transactions")
        self.needs("is_thread_safe")
        begun, saved = threading.Event(), threading.Event()

        def work(number: int) -> None:
            if number == 0:
                with suppress(LookupError), store.transaction():
                    self.save(store, "own", "taken back")
                    begun.set()
                    saved.wait(_GRACE)  # a store may let the other one wait for the end
                    raise LookupError("the caller gives up")
            begun.wait(self.patience)
            if number == 1:
                self.save(store, "other", "acknowledged")
                saved.set()

        at_once(work, 2, seconds=self.patience)
        left = self.live(store, "skill")
        assert left == ["acknowledged"], f"a failed transaction beside another thread left {left}"

    def test_threads_lose_nothing(self, store: Store) -> None:
        """What several threads save and archive at once is all there."""
        self.needs("is_thread_safe")

        def work(worker: int) -> None:
            for turn in range(_TURNS):
                self.save(store, f"{worker}-{turn}", "one")
                self.archive(store, "shared", f"{worker}-{turn:02}")

        at_once(work, _THREADS, seconds=self.patience)
        assert len(self.live(store, "skill")) == _THREADS * _TURNS, "records are lost"
        history = self.history(store, "shared")
        for worker in range(_THREADS):
            own = [text for text in history if text.startswith(f"{worker}-")]
            assert len(own) == _TURNS, f"snapshots of thread {worker} are lost"
            assert own == sorted(own, reverse=True), f"thread {worker}'s are not newest first"

    def test_data_outlives_the_store(self, store: Store) -> None:
        """After closing and opening again records, snapshots and their order are the same."""
        self.needs("can_reopen")
        self.save(store, "a", "live")
        for text in ("one", "two"):
            self.archive(store, "a", text, version_hash="1" * 64, tag="stable")
        with self.reopen(store) as again:
            self.archive(again, "a", "three", tag="beta")
            assert self.live(again, "skill") == ["live"], "a live record did not outlive its store"
            listed = self.history(again, "a")
            assert listed == ["three", "two", "one"], f"after reopening the history is {listed}"
            assert self.by_tag(again, "a", "stable") == "two", "the tag moved by reopening"
            assert self.by_hash(again, "a", "1" * 64) == "two", "the hash moved by reopening"

    def test_closing_twice_is_no_error(self, store: Store) -> None:
        """A second close does nothing."""
        store.close()
        store.close()

    def test_context_manager_closes(self, store: Store) -> None:
        """`with store:` gives the store and closes it at the end."""
        with store as entered:
            self.save(entered, "a", "one")
        must_raise(self.store_closed, "a verb after `with`", lambda: store.list_resources("skill"))

    def test_closed_store_answers_nothing(self, store: Store) -> None:
        """After close every verb is an error that says so, and none is `not found` or empty."""
        self.save(store, "a", "one")
        store.close()
        for verb, call in self._every_verb(store).items():
            must_raise(self.store_closed, f"{verb} on a closed store", call)
        if self.has_transactions:
            begin = store.transaction().__enter__
            must_raise(self.store_closed, "a transaction on a closed store", begin)

    def _every_verb(self, store: Store) -> dict[str, Callable[[], object]]:
        message, kind = self.message("one"), "skill"
        return {
            "save_resource": lambda: store.save_resource(kind, "a", message),
            "get_resource": lambda: store.get_resource(kind, "a", self.message_class),
            "list_resources": lambda: store.list_resources(kind),
            "delete_resource": lambda: store.delete_resource(kind, "a"),
            "delete_resources_by_kind": lambda: store.delete_resources_by_kind(kind),
            "delete_resources_by_id_prefix": lambda: store.delete_resources_by_id_prefix(kind, "a"),
            "save_audit": lambda: store.save_audit(kind, "a", message),
            "get_audit_by_hash": lambda: self.by_hash(store, "a", ""),
            "get_audit_by_tag": lambda: self.by_tag(store, "a", ""),
            "list_audit_history": lambda: store.list_audit_history(kind, "a"),
            "delete_audit_by_resource_id": lambda: store.delete_audit_by_resource_id(kind, "a"),
        }
