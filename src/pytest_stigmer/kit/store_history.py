"""Facts about snapshots: what a tag names, what a version hash names, the order of the history."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.kit.calls import must_raise, must_succeed
from pytest_stigmer.kit.store_declarations import StoreDeclarations

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.interface import Store

ONE, TWO = "1" * 64, "2" * 64

_MANY = 250


class HistoryFacts(StoreDeclarations):
    """What snapshots promise."""

    def test_snapshot_is_found_by_hash_and_by_tag(self, store: Store) -> None:
        """A snapshot answers to its version hash and to its tag."""
        self.archive(store, "a", "one", version_hash=ONE, tag="v1")
        self.archive(store, "a", "two", version_hash=TWO, tag="v2")
        assert self.by_hash(store, "a", ONE) == "one", "the hash named another snapshot"
        assert self.by_tag(store, "a", "v2") == "two", "the tag named another snapshot"

    def test_missing_version_is_not_found(self, store: Store) -> None:
        """A hash or tag that no snapshot carries is not found, and the error names it."""
        self.archive(store, "a", "one", version_hash=ONE, tag="v1")
        lookups = {
            "v9": lambda: self.by_tag(store, "a", "v9"),
            TWO: lambda: self.by_hash(store, "a", TWO),
            "nobody": lambda: self.by_tag(store, "nobody", "v1"),
        }
        for word, lookup in lookups.items():
            error = must_raise(self.audit_not_found, f"a lookup of {word}", lookup)
            assert word in str(error), f"the error does not name {word}, which was asked for"

    def test_tag_follows_its_newest_snapshot(self, store: Store) -> None:
        """A tag given again names the snapshot saved last, also within one second."""
        for text, tag in (("one", "stable"), ("two", "stable"), ("three", "beta")):
            self.archive(store, "a", text, tag=tag)
        found = self.by_tag(store, "a", "stable")
        assert found == "two", f"tag stable was moved from one to two, but names {found}"

    def test_tag_can_move_back(self, store: Store) -> None:
        """A tag given to old content again names that content's newest snapshot."""
        for text in ("one", "two", "one again"):
            self.archive(store, "a", text, version_hash=ONE, tag="stable")
        found = self.by_tag(store, "a", "stable")
        assert found == "one again", f"tag stable was moved last to `one again`, but names {found}"

    def test_hash_names_its_newest_snapshot(self, store: Store) -> None:
        """Of several snapshots with one version hash the one saved last answers."""
        for text, digest in (("first", ONE), ("other", TWO), ("second", ONE), ("last", TWO)):
            self.archive(store, "a", text, version_hash=digest)
        found = self.by_hash(store, "a", ONE)
        assert found == "second", f"the hash was archived last as `second`, but names {found}"

    def test_lookups_leave_the_history_alone(self, store: Store) -> None:
        """Whatever is looked up or listed, every snapshot is still there afterwards."""
        texts = ["one", "two", "three"]
        for text in texts:
            self.archive(store, "a", text, version_hash=ONE, tag="stable")
        lookups: dict[str, Callable[[], object]] = {
            "a listing": lambda: self.history(store, "a"),
            "a lookup by tag": lambda: self.by_tag(store, "a", "stable"),
            "a lookup by hash": lambda: self.by_hash(store, "a", ONE),
        }
        for what, lookup in lookups.items():
            lookup()
            listed = self.history(store, "a")
            assert listed == texts[::-1], f"after {what} the history is {listed}"

    def test_snapshots_belong_to_their_resource(self, store: Store) -> None:
        """A tag or hash of another id or another kind does not answer."""
        self.archive(store, "a", "mine", version_hash=ONE, tag="v1")
        self.archive(store, "ab", "theirs", version_hash=ONE, tag="v1")
        store.save_audit("agent", "a", self.message("agent's"), version_hash=ONE, tag="v1")
        assert self.by_tag(store, "a", "v1") == "mine", "a tag of another resource answered"
        assert self.by_hash(store, "a", ONE) == "mine", "a hash of another resource answered"
        assert self.history(store, "a") == ["mine"], "another resource's snapshots are listed"

    def test_empty_hash_and_tag_are_values(self, store: Store) -> None:
        """A snapshot without hash and tag answers to '' and ''."""
        self.archive(store, "a", "bare")
        self.archive(store, "a", "named", version_hash=ONE, tag="v1")
        assert self.by_tag(store, "a", "") == "bare", "tag '' must name the untagged snapshot"
        assert self.by_hash(store, "a", "") == "bare", "hash '' must name the bare snapshot"

    def test_history_lists_newest_first(self, store: Store) -> None:
        """The history is listed from the last saved to the first, also within one second."""
        texts = [f"version {number}" for number in range(1, 26)]
        for text in texts:
            self.archive(store, "a", text)
        assert self.history(store, "a") == texts[::-1], "the history is not newest first"

    def test_old_versions_are_found_under_many_newer_ones(self, store: Store) -> None:
        """However many snapshots are newer, an old one is listed and found by tag and by hash."""
        self.archive(store, "a", "old", version_hash=ONE, tag="v1")
        with store.transaction() if self.has_transactions else nullcontext():
            for number in range(_MANY):
                names = {"version_hash": f"{number:064}", "tag": f"other-{number}"}
                self.archive(store, "a", "newer", **names)
        told = f"under {_MANY} newer ones"
        assert self.by_tag(store, "a", "v1") == "old", f"a tag names another snapshot {told}"
        assert self.by_hash(store, "a", ONE) == "old", f"a hash names another snapshot {told}"
        listed = self.history(store, "a")
        assert listed[-1] == "old", f"the oldest snapshot is not listed {told}"
        assert len(listed) == _MANY + 1, f"of {_MANY + 1} snapshots {len(listed)} are listed"

    def test_history_of_nothing_is_empty(self, store: Store) -> None:
        """A resource without snapshots has the history [], not an error and not None."""
        assert store.list_audit_history("skill", "nobody") == [], "an unused id must list []"

    def test_equal_snapshots_are_all_kept(self, store: Store) -> None:
        """Saving an equal snapshot again adds one."""
        for _ in range(3):
            self.archive(store, "a", "same", version_hash=ONE, tag="v1")
        assert self.history(store, "a") == ["same"] * 3, "an equal snapshot was dropped or merged"

    def test_content_that_returns_is_kept_twice(self, store: Store) -> None:
        """Going back to an older snapshot's content adds one and keeps the older one's place."""
        for text, digest in (("one", ONE), ("two", TWO), ("one", ONE)):
            self.archive(store, "a", text, version_hash=digest, tag="v1")
        listed = self.history(store, "a")
        assert listed == ["one", "two", "one"], (
            f"one, two and one were archived, but {listed} is listed"
        )

    def test_empty_message_is_a_snapshot(self, store: Store) -> None:
        """A message with nothing set is archived, listed and found like any other."""
        empty = self.message_class()
        names = {"version_hash": ONE, "tag": "v1"}
        must_succeed("archiving an empty message", store.save_audit, "skill", "a", empty, **names)
        listed = store.list_audit_history("skill", "a")
        assert len(listed) == 1, f"an empty message was archived, but {len(listed)} are listed"
        for lookup, word in ((store.get_audit_by_tag, "v1"), (store.get_audit_by_hash, ONE)):
            what = f"a lookup of {word}, which names an empty message,"
            must_succeed(what, lookup, "skill", "a", word, self.message_class)

    def test_snapshot_needs_no_parent(self, store: Store) -> None:
        """A snapshot may be saved before its live record, and is no live record itself."""
        self.archive(store, "a", "one", tag="v1")
        assert self.by_tag(store, "a", "v1") == "one", "a snapshot without a live record is lost"
        assert self.live(store, "skill") == [], "a snapshot shows among the live records"

    def test_live_record_is_no_snapshot(self, store: Store) -> None:
        """Saving a live record adds nothing to the history."""
        self.save(store, "a", "one")
        assert self.history(store, "a") == [], "saving a live record made a snapshot"

    def test_history_is_apart_from_live_records(self, store: Store) -> None:
        """Live records of the same id, in however many kinds, leave the history as it is."""
        self.archive(store, "a", "one", tag="v1")
        for kind in ("skill", "agent", "workflow"):
            self.save(store, "a", "live", kind=kind)
        assert self.history(store, "a") == ["one"], "live records changed what the history lists"

    def test_saving_again_keeps_the_history(self, store: Store) -> None:
        """Replacing a live record leaves its snapshots alone."""
        self.save(store, "a", "one")
        self.archive(store, "a", "one", tag="v1")
        self.save(store, "a", "two")
        assert self.history(store, "a") == ["one"], "replacing the live record lost its history"

    def test_snapshot_is_a_copy(self, store: Store) -> None:
        """Changing a message after archiving it does not change the snapshot."""
        message = self.message("one")
        store.save_audit("skill", "a", message, version_hash="", tag="v1")
        message.Clear()
        assert self.by_tag(store, "a", "v1") == "one", "the store kept the caller's own object"

    def test_snapshot_of_another_type_is_named(self, store: Store) -> None:
        """A snapshot that does not parse as the message asked for is an error that names it."""
        store.save_audit("skill", "foreign", self.foreign(), version_hash=ONE, tag="v1")
        for lookup in (self.by_tag, self.by_hash):
            word = "v1" if lookup == self.by_tag else ONE
            error = must_raise(
                self.undecodable,
                "a lookup of a snapshot of another message type",
                partial(lookup, store, "foreign", word),
            )
            assert "foreign" in str(error), "the error does not name the snapshot's resource"

    def test_undecodable_snapshot_is_not_passed_over(self, store: Store) -> None:
        """A lookup whose snapshot does not parse is an error, and no other snapshot answers."""
        names = {"version_hash": ONE, "tag": "v1"}
        store.save_audit("skill", "a", self.foreign(), **names)
        self.archive(store, "a", "older", **names)
        store.save_audit("skill", "a", self.foreign(), **names)
        for lookup, word in ((self.by_tag, "v1"), (self.by_hash, ONE)):
            must_raise(
                self.undecodable,
                f"{lookup.__name__}, where the newest snapshot is of another message type,",
                partial(lookup, store, "a", word),
            )

    def test_deleting_history_counts_its_snapshots(self, store: Store) -> None:
        """Deleting a resource's snapshots returns their number and spares every other resource."""
        for resource_id in ("a", "a", "ab", "a/"):
            self.archive(store, resource_id, resource_id, tag="v1")
        store.save_audit("agent", "a", self.message("agent's"))
        count = store.delete_audit_by_resource_id("skill", "a")
        assert count == 2, "delete_audit_by_resource_id must return how many it deleted"
        assert self.history(store, "a") == [], "snapshots are left"
        assert self.history(store, "ab") == ["ab"], "another resource's snapshots are gone"
        assert self.history(store, "a/") == ["a/"], "another resource's snapshots are gone"
        assert self.history(store, "a", kind="agent") == ["agent's"], "another kind's are gone"

    def test_deleting_no_history_counts_nothing(self, store: Store) -> None:
        """Deleting the snapshots of a resource that has none returns 0."""
        assert store.delete_audit_by_resource_id("skill", "nobody") == 0, "0 must be returned"

    def test_deleting_history_keeps_the_live_record(self, store: Store) -> None:
        """Deleting the snapshots leaves the live record alone."""
        self.save(store, "a", "one")
        self.archive(store, "a", "one")
        store.delete_audit_by_resource_id("skill", "a")
        assert self.live(store, "skill") == ["one"], "the live record went with its history"

    @pytest.mark.parametrize("how", ["by id", "by kind", "by prefix"])
    def test_deleting_records_cascades_as_declared(self, store: Store, how: str) -> None:
        """Deleting live records deletes their snapshots if, and only if, the class says so."""
        self.save(store, "a", "one")
        self.archive(store, "a", "one", tag="v1")
        self.archive(store, "other", "other", tag="v1")
        deletions: dict[str, Callable[[], object]] = {
            "by id": lambda: store.delete_resource("skill", "a"),
            "by kind": lambda: store.delete_resources_by_kind("skill"),
            "by prefix": lambda: store.delete_resources_by_id_prefix("skill", "a"),
        }
        must_succeed(f"deleting a record {how}, where it has snapshots,", deletions[how])
        expected = [] if self.deletes_cascade else ["one"]
        assert self.history(store, "a") == expected, (
            f"{type(self).__name__} declares deletes_cascade = {self.deletes_cascade}, but "
            f"deleting {how} left the history {self.history(store, 'a')}"
        )
        assert self.history(store, "other") == ["other"], "another resource's history was touched"

    def test_recreated_record_comes_after_its_past(self, store: Store) -> None:
        """After delete and recreate new snapshots are newer than those that stayed."""
        self.save(store, "a", "one")
        self.archive(store, "a", "before", version_hash=ONE, tag="stable")
        store.delete_resource("skill", "a")
        self.save(store, "a", "two")
        self.archive(store, "a", "after", version_hash=ONE, tag="stable")
        expected = ["after"] if self.deletes_cascade else ["after", "before"]
        assert self.history(store, "a") == expected, "the recreated record's history is wrong"
        assert self.by_tag(store, "a", "stable") == "after", "the tag names a past life's snapshot"
        assert self.by_hash(store, "a", ONE) == "after", "the hash names a past life's snapshot"
