"""The audit verbs: what a tag, a hash and a history answer, and what deletes leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import AuditNotFound

if TYPE_CHECKING:
    from conftest import Clock

    from pytest_stigmer.store.sqlite import SqliteStore


def _text(value: str) -> StringValue:
    return StringValue(value=value)


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def _archive(store: SqliteStore, *values: str, resource_id: str = "a", **names: str) -> None:
    for value in values:
        store.save_audit("skill", resource_id, _text(value), **names)


def test_saving_again_keeps_the_history(store: SqliteStore) -> None:
    """Replacing the live record leaves its audit records alone."""
    store.save_resource("skill", "a", _text("1"))
    _archive(store, "1")
    store.save_resource("skill", "a", _text("2"))
    assert _texts(store.list_audit_history("skill", "a")) == ["1"]


def test_deletes_of_live_records_leave_the_history(store: SqliteStore) -> None:
    """None of the three deletes cascades to audit records."""
    _archive(store, "kept")
    for delete in (
        lambda: store.delete_resource("skill", "a"),
        lambda: store.delete_resources_by_kind("skill"),
        lambda: store.delete_resources_by_id_prefix("skill", "a"),
    ):
        store.save_resource("skill", "a", _text("1"))
        delete()
        assert _texts(store.list_audit_history("skill", "a")) == ["kept"]


def test_snapshot_is_found_by_its_hash(store: SqliteStore) -> None:
    """Each version hash gives its own snapshot; an unknown one is named in the error."""
    _archive(store, "1", version_hash="h1")
    _archive(store, "2", version_hash="h2")
    assert store.get_audit_by_hash("skill", "a", "h1", StringValue).value == "1"
    assert store.get_audit_by_hash("skill", "a", "h2", StringValue).value == "2"
    with pytest.raises(AuditNotFound, match=r"audit record not found: skill/a \(hash=h3\)"):
        store.get_audit_by_hash("skill", "a", "h3", StringValue)


def test_hash_of_several_snapshots_gives_the_newest(store: SqliteStore) -> None:
    """Equal content archived twice is found as it was archived last."""
    _archive(store, "first", "second", version_hash="h")
    assert store.get_audit_by_hash("skill", "a", "h", StringValue).value == "second"


def test_tag_moved_within_one_second_gives_the_newest(store: SqliteStore) -> None:
    """Of two rows of one tag in one second, the later insertion answers."""
    _archive(store, "first", "second", tag="stable")
    assert store.get_audit_by_tag("skill", "a", "stable", StringValue).value == "second"
    with pytest.raises(AuditNotFound, match=r"audit record not found: skill/a \(tag=gone\)"):
        store.get_audit_by_tag("skill", "a", "gone", StringValue)


def test_newest_is_the_last_insertion_when_the_clock_steps_back(
    store: SqliteStore, clock: Clock
) -> None:
    """Tag, hash and history follow the order of insertion, not the wall clock."""
    _archive(store, "first", tag="t", version_hash="h")
    clock.advance(hours=-1)
    _archive(store, "second", tag="t", version_hash="h")
    assert store.get_audit_by_tag("skill", "a", "t", StringValue).value == "second"
    assert store.get_audit_by_hash("skill", "a", "h", StringValue).value == "second"
    assert _texts(store.list_audit_history("skill", "a")) == ["second", "first"]


def test_lookups_match_kind_and_resource(store: SqliteStore) -> None:
    """Another resource's or another kind's snapshot never answers."""
    _archive(store, "mine", tag="t", version_hash="h")
    _archive(store, "other id", resource_id="b", tag="t", version_hash="h")
    store.save_audit("agent", "a", _text("other kind"), tag="t", version_hash="h")
    assert store.get_audit_by_tag("skill", "a", "t", StringValue).value == "mine"
    assert store.get_audit_by_hash("skill", "a", "h", StringValue).value == "mine"
    assert _texts(store.list_audit_history("skill", "a")) == ["mine"]


def test_empty_hash_and_tag_are_values(store: SqliteStore) -> None:
    """A snapshot without hash and tag is found by ''."""
    _archive(store, "plain")
    _archive(store, "named", tag="t", version_hash="h")
    assert store.get_audit_by_tag("skill", "a", "", StringValue).value == "plain"
    assert store.get_audit_by_hash("skill", "a", "", StringValue).value == "plain"
    assert store.execute("SELECT version_hash, tag FROM resource_audit WHERE id = 1") == [("", "")]


def test_history_lists_newest_first_within_one_second(store: SqliteStore) -> None:
    """All snapshots of a resource, the last insertion first; equal ones are all kept."""
    _archive(store, "1", "2", "2", "3", "4")
    assert _texts(store.list_audit_history("skill", "a")) == ["4", "3", "2", "2", "1"]


def test_history_of_an_unknown_resource_is_an_empty_list(store: SqliteStore) -> None:
    """No snapshot gives a list, not None."""
    assert store.list_audit_history("skill", "nobody") == []


def test_deleting_a_history_counts_its_rows(store: SqliteStore) -> None:
    """The snapshots of one resource go, another's stay."""
    _archive(store, "1", "2", "3")
    _archive(store, "4", "5", resource_id="b")
    store.save_audit("agent", "a", _text("6"))
    assert store.delete_audit_by_resource_id("skill", "a") == 3
    assert store.list_audit_history("skill", "a") == []
    assert _texts(store.list_audit_history("skill", "b")) == ["5", "4"]
    assert _texts(store.list_audit_history("agent", "a")) == ["6"]


def test_ids_of_deleted_snapshots_are_not_reused(store: SqliteStore) -> None:
    """A row archived after a deletion is newer than all rows before it."""
    _archive(store, "1", "2")
    store.delete_audit_by_resource_id("skill", "a")
    _archive(store, "3")
    assert store.execute("SELECT id FROM resource_audit") == [(3,)]
