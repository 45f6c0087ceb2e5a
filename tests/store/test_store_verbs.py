"""The eleven verbs, as the real server's own tests and its documentation promise them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.struct_pb2 import Struct
from google.protobuf.wrappers_pb2 import BytesValue, StringValue

from pytest_stigmer.errors import (
    InvalidText,
    StoreClosed,
    UndecodableRow,
)
from pytest_stigmer.store.translation import kind_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Clock

    from pytest_stigmer.store.sqlite import SqliteStore


def _text(value: str) -> StringValue:
    return StringValue(value=value)


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def _archive(store: SqliteStore, *values: str, resource_id: str = "a", **names: str) -> None:
    for value in values:
        store.save_audit("skill", resource_id, _text(value), **names)


def test_equal_messages_give_equal_bytes(store: SqliteStore) -> None:
    """Map fields are serialised in one order, whatever the order of insertion."""
    names = [f"name {number}" for number in range(100)]
    for resource_id, order in (("a", names), ("b", names[::-1]), ("c", names[50:] + names[:50])):
        message = Struct()
        message.update(dict.fromkeys(order, 1))
        store.save_resource("skill", resource_id, message)
    assert len(set(store.list_resources("skill"))) == 1


PREFIXES = {
    "skill-123/": ["skill-123/a", "skill-123/b", "skill-123/c"],
    "none": [],
    "a[1]": ["a[1]x"],
    "a[": ["a[1]x"],
    "a*b": ["a*b"],
    "a?c": ["a?c"],
    "%": ["%"],
    "_": ["_"],
    "\U0001f600": ["\U0001f600", "\U0001f600\U0010ffff"],
    "\U0010ffff": ["\U0010ffff"],
    "z\0": ["z\0", "z\0y"],
    "\x7f": ["\x7f"],
}
IDS = sorted(
    {resource_id for ids in PREFIXES.values() for resource_id in ids}
    | {"skill-456/a", "a1x", "aXb", "abc", "aYc", "z", "A[1]x"},
    key=str.encode,
)


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_prefix_deletion_is_literal(store: SqliteStore, prefix: str) -> None:
    """Exactly the ids that start with the prefix go: no character is a wildcard."""
    for resource_id in IDS:
        store.save_resource("skill", resource_id, _text(resource_id))
    assert store.delete_resources_by_id_prefix("skill", prefix) == len(PREFIXES[prefix])
    kept = [each for each in IDS if not each.startswith(prefix)]
    assert _texts(store.list_resources("skill")) == kept


def test_ids_may_hold_any_character(store: SqliteStore) -> None:
    """Punctuation, '', NUL and non-ASCII ids are ordinary."""
    ids = ["a-b_c.d:e/f@g+h", "", "a\0b", "a\0c", "日本語", "' OR 1=1 --", "line\nbreak"]
    for resource_id in ids:
        store.save_resource("skill", resource_id, _text(resource_id))
    for resource_id in ids:
        assert store.get_resource("skill", resource_id, StringValue).value == resource_id
        store.delete_resource("skill", resource_id)
    assert store.list_resources("skill") == []


def test_text_without_utf8_form_is_refused(store: SqliteStore) -> None:
    """An unpaired surrogate in kind, id, hash, tag or prefix is an error, never another text."""
    bad = "a\ud800"
    calls: list[Callable[[], Any]] = [
        lambda: store.save_resource(bad, "a", _text("1")),
        lambda: store.save_resource("skill", bad, _text("1")),
        lambda: store.save_audit("skill", "a", _text("1"), version_hash=bad),
        lambda: store.get_audit_by_tag("skill", "a", bad, StringValue),
        lambda: store.delete_resources_by_id_prefix("skill", bad),
    ]
    for call in calls:
        with pytest.raises(InvalidText, match="ud800"):
            call()


def test_id_that_is_not_text_is_a_type_error(store: SqliteStore) -> None:
    """A number is not silently stored as its digits, nor bytes as a blob no text ever equals."""
    for wrong in (5, b"5"):
        with pytest.raises(TypeError, match=r"expected str, not (int|bytes)"):
            store.save_resource("skill", wrong, _text("1"))  # type: ignore[arg-type]


def test_prefix_that_is_not_text_deletes_nothing(store: SqliteStore) -> None:
    """None is not the empty prefix, which takes the whole kind."""
    store.save_resource("skill", "a", _text("1"))
    for wrong in (None, b"", 0):
        with pytest.raises(TypeError, match="expected str"):
            store.delete_resources_by_id_prefix("skill", wrong)  # type: ignore[arg-type]
    assert _texts(store.list_resources("skill")) == ["1"]


def test_none_is_not_a_message(store: SqliteStore) -> None:
    """None raises TypeError in both saves and writes nothing."""
    for save in (store.save_resource, store.save_audit):
        with pytest.raises(TypeError, match="not None"):
            save("skill", "a", None)  # type: ignore[arg-type]
    assert store.list_resources("skill") == store.list_audit_history("skill", "a") == []


@pytest.mark.parametrize(
    ("kind", "stored"),
    [(43, "skill"), ("skill", "skill"), (0, "api_resource_kind_unknown"), (999, "999"), (-5, "-5")],
)
def test_kind_is_stored_by_name(store: SqliteStore, kind: str | int, stored: str) -> None:
    """A number becomes the enum value's name, or its digits when it has none."""
    store.save_resource(kind, "a", _text("1"))
    assert store.execute("SELECT kind FROM resources") == [(stored,)]


def test_kind_of_another_type_is_a_type_error() -> None:
    """A kind is a text or a number."""
    with pytest.raises(TypeError, match="not float"):
        kind_text(1.0)  # type: ignore[arg-type]


def test_times_come_from_the_clock_in_whole_seconds(store: SqliteStore, clock: Clock) -> None:
    """updated_at and archived_at are the clock's instant, cut to seconds, in UTC."""
    clock.advance(seconds=1, milliseconds=899)
    store.save_resource("skill", "a", _text("1"))
    _archive(store, "1")
    assert store.execute("SELECT updated_at FROM resources") == [("2026-01-25 10:00:01",)]
    assert store.execute("SELECT archived_at FROM resource_audit") == [("2026-01-25 10:00:01",)]


def test_undecodable_rows_are_named(store: SqliteStore) -> None:
    """Bytes that are no message are a data loss that names the row, never 'not found'."""
    store.save_resource("skill", "a", BytesValue(value=b"\xff"))
    _archive(store, "1", tag="t", version_hash="h")
    store.execute("UPDATE resource_audit SET data = x'ffff'")
    with pytest.raises(UndecodableRow, match="row skill/a does not decode"):
        store.get_resource("skill", "a", StringValue)
    with pytest.raises(UndecodableRow, match="row skill/a does not decode"):
        store.get_audit_by_tag("skill", "a", "t", StringValue)
    with pytest.raises(UndecodableRow, match="row skill/a does not decode"):
        store.get_audit_by_hash("skill", "a", "h", StringValue)


@pytest.mark.parametrize("data", ["5", "'text'", "CAST(x'ff' AS TEXT)"])
def test_row_whose_data_is_no_blob_is_undecodable(store: SqliteStore, data: str) -> None:
    """Data of another SQLite type is a data loss too."""
    store.save_resource("skill", "a", _text("1"))
    store.execute(f"UPDATE resources SET data = {data}")
    with pytest.raises(UndecodableRow):
        store.get_resource("skill", "a", StringValue)


def test_every_verb_fails_after_close(store: SqliteStore) -> None:
    """All eleven verbs and transaction raise StoreClosed; close and path still answer."""
    store.close()
    store.close()
    calls: list[Callable[[], Any]] = [
        lambda: store.save_resource("skill", "a", _text("1")),
        lambda: store.get_resource("skill", "a", StringValue),
        lambda: store.list_resources("skill"),
        lambda: store.delete_resource("skill", "a"),
        lambda: store.delete_resources_by_kind("skill"),
        lambda: store.delete_resources_by_id_prefix("skill", "a"),
        lambda: store.save_audit("skill", "a", _text("1")),
        lambda: store.get_audit_by_hash("skill", "a", "h", StringValue),
        lambda: store.get_audit_by_tag("skill", "a", "t", StringValue),
        lambda: store.list_audit_history("skill", "a"),
        lambda: store.delete_audit_by_resource_id("skill", "a"),
        lambda: store.transaction().__enter__(),
    ]
    for call in calls:
        with pytest.raises(StoreClosed, match=r"store is closed: .*stigmer\.db"):
            call()
    assert store.path.name == "stigmer.db"


def test_a_thousand_resources_are_listed_and_deleted(store: SqliteStore) -> None:
    """A large kind is listed whole and its deletion counts every record."""
    with store.transaction():
        for number in range(1000):
            store.save_resource("skill", f"{number:04}", _text("x"))
    assert len(store.list_resources("skill")) == 1000
    assert store.delete_resources_by_kind("skill") == 1000


def test_ids_of_deleted_snapshots_are_not_reused(store: SqliteStore) -> None:
    """A row archived after a deletion is newer than all rows before it."""
    _archive(store, "1", "2")
    store.delete_audit_by_resource_id("skill", "a")
    _archive(store, "3")
    assert store.execute("SELECT id FROM resource_audit") == [(3,)]
