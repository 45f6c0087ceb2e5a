"""One store, many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from google.protobuf.wrappers_pb2 import StringValue

from pytest_stigmer.errors import StoreClosed

if TYPE_CHECKING:
    from pytest_stigmer.store.sqlite import SqliteStore


def _text(value: str) -> StringValue:
    return StringValue(value=value)


def _texts(blobs: list[bytes]) -> list[str]:
    return [StringValue.FromString(blob).value for blob in blobs]


def test_threads_mix_reads_and_writes(store: SqliteStore) -> None:
    """A hundred calls at once never fail, give no half of a record and lose no save."""
    store.save_resource("skill", "a", _text("start"))

    def call(number: int) -> str:
        if number % 2:
            store.save_resource("skill", "a", _text("end"))
            store.save_resource("skill", f"b{number:02}", _text(f"{number}"))
        return store.get_resource("skill", "a", StringValue).value

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, range(100))) <= {"start", "end"}
    saved = [str(number) for number in range(1, 100, 2)]
    assert _texts(store.list_resources("skill")) == ["end", *saved]


def test_close_waits_for_running_calls(store: SqliteStore) -> None:
    """Calls from other threads either finish whole or say that the store is closed."""

    def call(number: int) -> str:
        if number == 60:
            store.close()
        try:
            store.save_resource("skill", f"{number}", _text("x"))
        except StoreClosed:
            return "closed"
        return "saved"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, range(200))) == {"saved", "closed"}
