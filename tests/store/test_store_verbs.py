"""The eleven verbs, as the real server's own tests and its documentation promise them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.struct_pb2 import Struct
from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import (
    InvalidText,
    StoreClosed,
    UndecodableRow,
)
from pytest_stigmer.store.translation import kind_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.sqlite import SqliteStore


def _text(value: str) -> StringValue:
    return StringValue(value=value)


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def test_equal_messages_give_equal_bytes(store: SqliteStore) -> None:
    """Map fields are serialised in one order, whatever the order of insertion."""
    names = [f"name {number}" for number in range(100)]
    for resource_id, order in (("a", names), ("b", names[::-1]), ("c", names[50:] + names[:50])):
        message = Struct()
        message.update(dict.fromkeys(order, 1))
        store.save_resource("skill", resource_id, message)
    assert len(set(store.list_resources("skill"))) == 1


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


def test_what_is_not_text_is_a_type_error(store: SqliteStore) -> None:
    """A number is not stored as its digits, nor bytes as a blob; None is not the empty prefix."""
    store.save_resource("skill", "a", _text("1"))
    for wrong in (None, b"", 0, 5, b"5"):
        with pytest.raises(TypeError, match="expected str"):
            store.save_resource("skill", wrong, _text("2"))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="expected str"):
            store.delete_resources_by_id_prefix("skill", wrong)  # type: ignore[arg-type]
    assert store.list_resources("skill") == [_text("1").SerializeToString()]


def test_kind_of_another_type_is_a_type_error() -> None:
    """A kind is a text or a number."""
    with pytest.raises(TypeError, match="not float"):
        kind_text(1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", ["5", "'text'", "CAST(x'ff' AS TEXT)"])
def test_row_whose_data_is_no_blob_is_undecodable(store: SqliteStore, data: str) -> None:
    """Data of another SQLite type is a data loss too."""
    store.save_resource("skill", "a", _text("1"))
    store.execute(f"UPDATE resources SET data = {data}")
    with pytest.raises(UndecodableRow):
        store.get_resource("skill", "a", StringValue)


def test_closed_store_names_its_file(store: SqliteStore) -> None:
    """Its error and its path still tell which of several it was."""
    store.close()
    with pytest.raises(StoreClosed, match=r"store is closed: .*stigmer\.db"):
        store.list_resources("skill")
    assert store.path.name == "stigmer.db"
