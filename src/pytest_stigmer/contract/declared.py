"""What a class that holds a store to the contract declares; nothing is found out by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_stigmer.contract.capabilities import Capabilities
from pytest_stigmer.errors import (
    AuditNotFound,
    ResourceNotFound,
    StoreClosed,
    UndecodableRow,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from pytest_stigmer.store.interface import Store


class StoreDeclarations(Capabilities):
    """Attributes and methods that a subclass may set or override; `store` it must define."""

    resource_not_found: ClassVar[type[Exception]] = ResourceNotFound
    """What `get_resource` raises for an id that is not there."""
    audit_not_found: ClassVar[type[Exception]] = AuditNotFound
    """What the lookups of snapshots raise when none fits."""
    store_closed: ClassVar[type[Exception]] = StoreClosed
    """What every verb raises after `close`."""
    undecodable: ClassVar[type[Exception]] = UndecodableRow
    """What a lookup raises when the record is of another message type."""

    has_transactions: ClassVar[bool] = False
    """Whether `with store.transaction():` makes the verbs in it one unit."""
    is_thread_safe: ClassVar[bool] = False
    """Whether threads may share one store."""
    deletes_cascade: ClassVar[bool] = False
    """Whether deleting live records deletes their snapshots: both are in use; say which."""
    can_reopen: ClassVar[bool] = False
    """Whether `reopen` is overridden: what was saved outlives the store object."""
    can_move_clock: ClassVar[bool] = False
    """Whether `move_clock` is overridden: the store's clock can be moved, backwards too."""

    @pytest.fixture
    def store(self) -> Store:
        """Give an empty, open store."""
        raise UsageError.no_fixture(type(self).__name__, "store")

    def message(self, text: str) -> Message:
        """Return a message that carries a text; override to use the project's own messages."""
        from google.protobuf.wrappers_pb2 import StringValue

        return StringValue(value=text)

    def text_of(self, message: Any) -> str:
        """Return the text that `message` put into a message."""
        return str(message.value)

    def foreign_message(self) -> Message:
        """Return a message whose bytes do not parse as one of `message`."""
        from google.protobuf.wrappers_pb2 import BytesValue

        return BytesValue(value=b"\xff\xff")

    def reopen(self, store: Store) -> Store:
        """Close the store and return another on the same data; override with `can_reopen`."""
        del store
        raise UsageError.not_overridden(type(self).__name__, "reopen", "can_reopen")

    def move_clock(self, store: Store, seconds: float) -> None:
        """Move the store's clock by seconds, below 0 backwards; override with `can_move_clock`."""
        del store, seconds
        raise UsageError.not_overridden(type(self).__name__, "move_clock", "can_move_clock")

    @property
    def message_class(self) -> Any:
        """The class of the messages that `message` makes."""
        return type(self.message(""))

    def read(self, data: bytes) -> str:
        """Return the text of a serialized message."""
        return self.text_of(self.message_class.FromString(data))

    def live(self, store: Store, kind: str | int) -> list[str]:
        """Return the texts of the live records of a kind."""
        return [self.read(data) for data in store.list_resources(kind)]

    def history(self, store: Store, resource_id: str, kind: str | int = "skill") -> list[str]:
        """Return the texts of a resource's snapshots, in the order the store lists them."""
        return [self.read(data) for data in store.list_audit_history(kind, resource_id)]

    def save(self, store: Store, resource_id: str, text: str, kind: str | int = "skill") -> None:
        """Save a live record with a text."""
        store.save_resource(kind, resource_id, self.message(text))

    def archive(
        self, store: Store, resource_id: str, text: str, *, version_hash: str = "", tag: str = ""
    ) -> None:
        """Append a snapshot with a text to a skill."""
        store.save_audit(
            "skill", resource_id, self.message(text), version_hash=version_hash, tag=tag
        )

    def by_tag(self, store: Store, resource_id: str, tag: str) -> str:
        """Return the text of the snapshot that a tag names."""
        found = store.get_audit_by_tag("skill", resource_id, tag, self.message_class)
        return self.text_of(found)

    def by_hash(self, store: Store, resource_id: str, version_hash: str) -> str:
        """Return the text of the snapshot that a version hash names."""
        found = store.get_audit_by_hash("skill", resource_id, version_hash, self.message_class)
        return self.text_of(found)


def must_raise(expected: type[Exception], what: str, call: Callable[[], object]) -> Exception:
    """Call and return the error expected; fail in words when there is none or another one."""
    try:
        answer = call()
    except expected as error:
        return error
    except Exception as error:  # noqa: BLE001 - the failure names it
        pytest.fail(
            f"{what} must raise {expected.__name__}, but raised {type(error).__name__}: {error}"
        )
    pytest.fail(f"{what} must raise {expected.__name__}, but answered {answer!r}")
