"""Facts about live records: save, get, list, delete."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.kit.calls import must_raise, must_succeed
from pytest_stigmer.kit.store_declarations import StoreDeclarations

if TYPE_CHECKING:
    from pytest_stigmer.store.interface import Store

SPECIAL_PREFIXES = ("*", "?", "[a]", "[^a]", "%", "_", "\\", "'", "a*", "a?", "a[")
"""Prefixes with characters that some engine reads as a pattern."""

_MANY = 250


class ResourceFacts(StoreDeclarations):
    """What live records promise."""

    def test_saved_record_comes_back(self, store: Store) -> None:
        """A record that was saved is the record that is read."""
        self.save(store, "a", "one")
        assert self.fetch(store, "a") == "one", "get_resource gave another record than was saved"
        found = store.get_resource("skill", "a", self.message_class)
        assert isinstance(found, self.message_class), "get_resource gave another message class"

    def test_missing_record_is_not_found(self, store: Store) -> None:
        """An id that was never saved is not found, and the error names it."""
        error = must_raise(
            self.resource_not_found,
            "get_resource of an id that was never saved",
            lambda: store.get_resource("skill", "nobody", self.message_class),
        )
        assert "nobody" in str(error), "the error does not name the id that was asked for"

    def test_saving_again_replaces_the_record(self, store: Store) -> None:
        """Saving under an id that exists replaces its record and adds none."""
        self.save(store, "a", "one")
        self.save(store, "a", "two")
        assert self.live(store, "skill") == ["two"], "the second save did not replace the first"

    def test_same_id_in_two_kinds_is_two_records(self, store: Store) -> None:
        """Kinds do not share ids."""
        self.save(store, "a", "a skill")
        self.save(store, "a", "an agent", kind="agent")
        store.delete_resource("agent", "a")
        assert self.live(store, "skill") == ["a skill"], "a record of another kind was touched"
        assert self.live(store, "agent") == [], "the deleted record is still listed"

    def test_record_is_read_in_its_kind_only(self, store: Store) -> None:
        """An id gives the record of the kind that is asked for, never another kind's."""
        self.save(store, "a", "a skill")
        must_raise(
            self.resource_not_found,
            "get_resource of an id that only another kind has",
            lambda: self.fetch(store, "a", kind="agent"),
        )
        self.save(store, "a", "an agent", kind="agent")
        for kind, expected in (("skill", "a skill"), ("agent", "an agent")):
            found = self.fetch(store, "a", kind=kind)
            assert found == expected, f"{kind} a is `{expected}`, but get_resource gave `{found}`"

    def test_kinds_of_one_family_are_apart(self, store: Store) -> None:
        """Deleting a kind spares the kinds whose name begins with its name."""
        kinds = ("agent", "agent_execution", "agent_instance")
        for kind in kinds:
            self.save(store, "a", kind, kind=kind)
        assert store.delete_resources_by_kind("agent") == 1, "records of other kinds were counted"
        left = [kind for kind in kinds if self.live(store, kind)]
        assert left == list(kinds[1:]), f"of {kinds} only {left} are left"

    def test_unknown_kind_lists_nothing(self, store: Store) -> None:
        """A kind without records gives an empty list, not an error and not None."""
        assert store.list_resources("workflow") == [], "an unused kind must list []"

    def test_records_are_listed_by_id(self, store: Store) -> None:
        """A listing is ordered by id, compared as UTF-8 bytes, whatever the order of saving."""
        ids = ["b", "a", "B", "a/1", "\uffff", "\U00010000", ""]
        for resource_id in ids:
            self.save(store, resource_id, resource_id)
        expected = sorted(ids, key=str.encode)
        assert self.live(store, "skill") == expected, "records are not listed by id"

    def test_many_records_are_all_listed(self, store: Store) -> None:
        """A listing has no last page: however many records a kind has, all are listed."""
        ids = [f"{number:03}" for number in range(_MANY)]
        with store.transaction() if self.has_transactions else nullcontext():
            for resource_id in ids:
                self.save(store, resource_id, resource_id)
        listed = self.live(store, "skill")
        assert len(listed) == _MANY, f"of {_MANY} records {len(listed)} are listed"
        assert sorted(listed) == ids, f"{_MANY} records are listed, but not those that were saved"

    def test_equal_records_are_all_listed(self, store: Store) -> None:
        """Two ids with equal messages are two records."""
        for resource_id in ("a", "b"):
            self.save(store, resource_id, "same")
        assert self.live(store, "skill") == ["same"] * 2, "an equal record of another id is lost"

    def test_deleted_record_is_gone(self, store: Store) -> None:
        """Deleting removes the record of that id and no other."""
        for resource_id in ("a", "ab", "b"):
            self.save(store, resource_id, resource_id)
        store.delete_resource("skill", "a")
        left = sorted(self.live(store, "skill"))
        assert left == ["ab", "b"], "delete_resource removed the wrong records"

    def test_deleting_nothing_succeeds(self, store: Store) -> None:
        """Deleting an id that does not exist is no error."""
        what = "delete_resource of an id that does not exist"
        must_succeed(what, store.delete_resource, "skill", "nobody")

    def test_deleted_record_can_be_saved_again(self, store: Store) -> None:
        """An id is free again after its record was deleted."""
        self.save(store, "a", "one")
        store.delete_resource("skill", "a")
        self.save(store, "a", "two")
        assert self.live(store, "skill") == ["two"], "a deleted id cannot be used again"

    def test_deleting_a_kind_counts_its_records(self, store: Store) -> None:
        """Deleting by kind removes all records of it, returns their number, and spares others."""
        for resource_id in ("a", "b"):
            self.save(store, resource_id, "a skill")
        self.save(store, "a", "an agent", kind="agent")
        count = store.delete_resources_by_kind("skill")
        assert count == 2, "delete_resources_by_kind must return how many it deleted"
        assert self.live(store, "skill") == [], "records of the kind are left"
        assert self.live(store, "agent") == ["an agent"], "a record of another kind was deleted"

    def test_deleting_by_prefix_counts_its_records(self, store: Store) -> None:
        """Deleting by id prefix removes what starts with it, counts it, and spares the rest."""
        for resource_id in ("skl-1", "skl-1/x", "skl-2", "xskl-1", "SKL-1"):
            self.save(store, resource_id, resource_id)
        self.save(store, "skl-1", "an agent", kind="agent")
        count = store.delete_resources_by_id_prefix("skill", "skl-1")
        assert count == 2, "delete_resources_by_id_prefix must return how many it deleted"
        left = sorted(self.live(store, "skill"))
        assert left == ["SKL-1", "skl-2", "xskl-1"], "the prefix took the wrong records"
        assert self.live(store, "agent") == ["an agent"], "a record of another kind was deleted"

    @pytest.mark.parametrize("prefix", SPECIAL_PREFIXES)
    def test_prefix_is_literal(self, store: Store, prefix: str) -> None:
        """Every character of a prefix stands for itself: none is a pattern."""
        others = {"abc", "a", "aXb", "zzz", "^", "b"}
        for resource_id in sorted({f"{prefix}end", *others}):
            self.save(store, resource_id, resource_id)
        count = store.delete_resources_by_id_prefix("skill", prefix)
        left = set(self.live(store, "skill"))
        assert left == others, f"prefix {prefix!r} was read as a pattern: {others - left} are gone"
        assert count == 1, f"prefix {prefix!r} deleted {count} records instead of 1"

    def test_empty_prefix_takes_the_whole_kind(self, store: Store) -> None:
        """Every id starts with the empty prefix."""
        self.save(store, "a", "one")
        self.save(store, "", "two")
        assert store.delete_resources_by_id_prefix("skill", "") == 2, "'' must take every record"
        assert self.live(store, "skill") == [], "records are left after the empty prefix"

    def test_stored_record_is_a_copy(self, store: Store) -> None:
        """Changing a message after saving or reading it does not change the record."""
        message = self.message("one")
        store.save_resource("skill", "a", message)
        message.Clear()
        store.get_resource("skill", "a", self.message_class).Clear()
        assert self.live(store, "skill") == ["one"], "the store kept the caller's own object"

    def test_large_record_comes_back_whole(self, store: Store) -> None:
        """A record of a megabyte is stored like any other."""
        text = "0123456789abcdef" * 65_536
        self.save(store, "a", text)
        assert self.live(store, "skill") == [text], "a large record came back changed"

    def test_empty_message_is_a_record(self, store: Store) -> None:
        """A message with nothing set is stored and read back as such."""
        empty = self.message_class()
        must_succeed("saving an empty message", store.save_resource, "skill", "a", empty)
        assert len(store.list_resources("skill")) == 1, "an empty message was not stored"

    def test_record_of_another_type_is_named(self, store: Store) -> None:
        """A record that does not parse as the message asked for is an error that names it."""
        store.save_resource("skill", "foreign", self.foreign())
        error = must_raise(
            self.undecodable,
            "get_resource of a record of another message type",
            lambda: store.get_resource("skill", "foreign", self.message_class),
        )
        assert "foreign" in str(error), "the error does not name the record that does not parse"
