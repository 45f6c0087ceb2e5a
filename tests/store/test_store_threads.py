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


def test_many_threads_read_at_once(store: SqliteStore) -> None:
    """Fifty reads from eight threads all give the saved value."""
    store.save_resource("skill", "a", _text("1"))
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: store.get_resource("skill", "a", StringValue).value, range(50))
        assert set(found) == {"1"}


def test_many_threads_write_at_once(store: SqliteStore) -> None:
    """Fifty saves of different ids from eight threads are all listed."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.save_resource("skill", f"{n:02}", _text(f"{n}")), range(50)))
    assert _texts(store.list_resources("skill")) == [str(number) for number in range(50)]


def test_threads_mix_reads_and_writes_of_one_id(store: SqliteStore) -> None:
    """A hundred mixed calls on one record never fail and never give half a record."""
    store.save_resource("skill", "a", _text("start"))

    def call(number: int) -> str:
        if number % 2:
            store.save_resource("skill", "a", _text("end"))
        return store.get_resource("skill", "a", StringValue).value

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(call, range(100))) <= {"start", "end"}


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
