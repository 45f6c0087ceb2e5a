"""Facts about the names a store is given: kinds, ids, tags and hashes are taken as they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.kit.calls import must_raise
from pytest_stigmer.kit.store_declarations import StoreDeclarations

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.interface import Store

STRANGE_TEXTS = {
    "nul": "a\0b",
    "quotes": "a'b\"c`",
    "wildcards": "%_*?[a-z]",
    "slashes": "a/../b\\c",
    "blanks": " a\t\n ",
    "empty": "",
    "combining": "e\u0301",
    "composed": "\u00e9",
    "astral": "\U0001f600",
    "long": "x" * 10_000,
    "sql": "'; DROP TABLE resources; --",
}
"""Texts that a store must take as they are, whether as an id, a tag or a hash."""

NEAR_IDS = (
    *("a", "A", "a ", " a", "a\n", "a\0", "a\0b", "a/", "ab", "\u00e9", "e\u0301"),
    *("%", "_", "*", "?", "[a]", "a%", "a*", ""),
)
"""Ids that are one where case, blanks, NUL or Unicode form are dropped, or patterns are read."""

KINDS = {43: "skill", 40: "agent", 52: "workflow_execution", 0: "api_resource_kind_unknown"}
KINDS |= {999: "999", -5: "-5"}
"""Numbers of kinds and their names; a number without a name is its digits."""

HASH = "ab" * 32


class NameFacts(StoreDeclarations):
    """What a store may not do with the names it is given."""

    @pytest.mark.parametrize("number", KINDS)
    def test_kind_number_and_name_are_one_kind(self, store: Store, number: int) -> None:
        """A kind is given by its enum value's number or name; a nameless number is its digits."""
        name = KINDS[number]
        self.save(store, "a", "by number", kind=number)
        self.save(store, "b", "by name", kind=name)
        for kind in (number, name):
            left = sorted(self.live(store, kind))
            assert left == ["by name", "by number"], f"kinds {number} and {name!r} are two kinds"

    def test_records_are_read_by_the_kinds_number(self, store: Store) -> None:
        """Reading and deleting live records by the kind's number reaches those saved by name."""
        for resource_id in ("a", "b", "c/1", "c/2"):
            self.save(store, resource_id, resource_id)
        assert self.fetch(store, "a", kind=43) == "a", "get_resource took 43 for another kind"
        store.delete_resource(43, "a")
        left = sorted(self.live(store))
        assert left == ["b", "c/1", "c/2"], "delete_resource took 43 for another kind"
        count = store.delete_resources_by_id_prefix(43, "c/")
        assert (count, self.live(store)) == (2, ["b"]), "the prefix took 43 for another kind"
        count = store.delete_resources_by_kind(43)
        assert (count, self.live(store)) == (1, []), "the whole kind took 43 for another one"

    def test_snapshots_are_read_by_the_kinds_number(self, store: Store) -> None:
        """Snapshots saved by the kind's name are read and deleted by its number, and vice versa."""
        self.archive(store, "a", "one", version_hash=HASH, tag="v1", kind=43)
        self.archive(store, "a", "two", version_hash="", tag="v2", kind="skill")
        for kind in (43, "skill"):
            told = f"asked for kind {kind!r}, where `skill` was saved by name and by number,"
            assert self.history(store, "a", kind) == ["two", "one"], f"{told} the history differs"
            assert self.by_tag(store, "a", "v2", kind) == "two", f"{told} the tag differs"
            assert self.by_hash(store, "a", HASH, kind) == "one", f"{told} the hash differs"
        count = store.delete_audit_by_resource_id(43, "a")
        assert (count, self.history(store, "a")) == (2, []), "kind 43 deleted other snapshots"

    @pytest.mark.parametrize("name", STRANGE_TEXTS)
    def test_any_text_is_an_id(self, store: Store, name: str) -> None:
        """Whatever its characters, an id is stored, found and deleted as it is."""
        resource_id = STRANGE_TEXTS[name]
        self.save(store, "neighbour", "neighbour")
        self.save(store, resource_id, "strange")
        found = self.fetch(store, resource_id)
        assert found == "strange", f"id {resource_id[:20]!r} gave another record"
        store.delete_resource("skill", resource_id)
        left = self.live(store)
        assert left == ["neighbour"], f"deleting id {resource_id[:20]!r} left {left}"

    @pytest.mark.parametrize("name", STRANGE_TEXTS)
    def test_any_text_names_snapshots(self, store: Store, name: str) -> None:
        """Whatever its characters, a text is an id of snapshots, a tag and a hash."""
        text = STRANGE_TEXTS[name]
        self.archive(store, text, "strange", version_hash=text, tag=text)
        self.archive(store, text, "newer", version_hash=HASH, tag="newer")
        self.archive(store, "neighbour", "neighbour", version_hash=text, tag=text)
        told = f"of {text[:20]!r}"
        assert self.history(store, text) == ["newer", "strange"], f"the history {told} is wrong"
        assert self.by_tag(store, text, text) == "strange", f"tag and id {told} gave another"
        assert self.by_hash(store, text, text) == "strange", f"hash and id {told} gave another"
        count = store.delete_audit_by_resource_id("skill", text)
        assert (count, self.history(store, text)) == (2, []), f"deleting {told} left snapshots"
        left = self.history(store, "neighbour")
        assert left == ["neighbour"], f"deleting the snapshots {told} took a neighbour's"

    def test_ids_are_not_normalised(self, store: Store) -> None:
        """Ids that differ only in case, blanks or Unicode form are different ids."""
        for resource_id in NEAR_IDS:
            self.save(store, resource_id, repr(resource_id))
        assert len(self.live(store)) == len(NEAR_IDS), "two different ids share one record"
        for resource_id in NEAR_IDS:
            found = self.fetch(store, resource_id)
            assert found == repr(resource_id), f"id {resource_id!r} gave the record of {found}"

    def test_snapshots_of_near_ids_are_apart(self, store: Store) -> None:
        """History, tags and hashes are those of exactly the id that is asked for."""
        for resource_id in NEAR_IDS:
            self.archive(store, resource_id, repr(resource_id), version_hash=HASH, tag="v1")
        for resource_id in NEAR_IDS:
            told = f"of id {resource_id!r}"
            listed, own = self.history(store, resource_id), repr(resource_id)
            assert listed == [own], f"the history {told} lists the snapshots of {listed}"
            found = self.by_tag(store, resource_id, "v1")
            assert found == own, f"the tag {told} names the snapshot of {found}"
            found = self.by_hash(store, resource_id, HASH)
            assert found == own, f"the hash {told} names the snapshot of {found}"

    def test_deleting_the_history_of_an_id_spares_near_ones(self, store: Store) -> None:
        """Deleting snapshots takes those of exactly the id that is given."""
        for resource_id in NEAR_IDS:
            self.archive(store, resource_id, repr(resource_id))
        for done, resource_id in enumerate(NEAR_IDS, start=1):
            count = store.delete_audit_by_resource_id("skill", resource_id)
            assert count == 1, f"id {resource_id!r} has 1 snapshot, but {count} were deleted"
            left = [other for other in NEAR_IDS if self.history(store, other)]
            assert left == list(NEAR_IDS[done:]), f"deleting {resource_id!r} left those of {left}"

    def test_long_names_count_to_their_end(self, store: Store) -> None:
        """Ids, tags and hashes that only differ after thousands of letters are different ones."""
        names = {end: STRANGE_TEXTS["long"] + end for end in "ab"}
        for end, name in names.items():
            self.save(store, name, end)
            self.archive(store, name, end)
            self.archive(store, "tagged", end, tag=name)
            self.archive(store, "hashed", end, version_hash=name)
        for end, name in names.items():
            found = self.fetch(store, name)
            assert found == end, f"a long id that ends in {end} gave the record of {found}"
            listed = self.history(store, name)
            assert listed == [end], f"a long id that ends in {end} lists the snapshots {listed}"
            found = self.by_tag(store, "tagged", name)
            assert found == end, f"a long tag that ends in {end} names the snapshot of {found}"
            found = self.by_hash(store, "hashed", name)
            assert found == end, f"a long hash that ends in {end} names the snapshot of {found}"

    def test_tags_are_exact(self, store: Store) -> None:
        """A tag is compared exactly: case, blanks, NUL and patterns count."""
        self.archive(store, "a", "exact", tag="Stable_1")
        blanks = ("Stable_1 ", " Stable_1", "Stable_1\n", "Stable_1\0", "Stable_1\0x")
        patterns = ("StableX1", "Stable%", "Stable?1", "*", "[S]table_1", "Stable_", "stable_1")
        self._only_exact(partial(self.by_tag, store, "a"), "tag", "Stable_1", *blanks, *patterns)

    def test_hashes_are_exact(self, store: Store) -> None:
        """A version hash is compared exactly: case, blanks, NUL and patterns count."""
        self.archive(store, "a", "exact", version_hash=HASH)
        blanks = (f"{HASH} ", f" {HASH}", f"{HASH}\n", f"{HASH}\0", f"{HASH}\0x")
        patterns = (f"{HASH[:-1]}%", f"{HASH[:-1]}_", f"{HASH[:-1]}?", "*", HASH[:-1], HASH.upper())
        self._only_exact(partial(self.by_hash, store, "a"), "hash", HASH, *blanks, *patterns)

    def _only_exact(
        self, lookup: Callable[[str], str], what: str, exact: str, *others: str
    ) -> None:
        assert lookup(exact) == "exact", f"{what} {exact!r} names another snapshot"
        for near in others:
            must_raise(
                self.audit_not_found,
                f"a lookup of {what} {near!r}, where only {exact!r} exists,",
                partial(lookup, near),
            )
