"""What a class that holds a store to the contract declares; nothing is found out by trying."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_stigmer.errors import (
    AuditNotFound,
    ResourceNotFound,
    StoreClosed,
    UndecodableRow,
    UsageError,
)
from pytest_stigmer.kit.calls import must_succeed
from pytest_stigmer.kit.capabilities import Capabilities

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.store.interface import Store

_MOST_LETTERS = 40
_WITHOUT_CASCADE = ("bulk_delete_keeps_history", "delete_keeps_history")
"""The promises of a store whose deletions leave the snapshots alone."""


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
    deletes_cascade: ClassVar[bool] = False
    """Whether deleting live records deletes their snapshots: both are in use; say which."""

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

    def beside(self, store: Store) -> Store:
        """Open a second store on the same data, both in use; override with `can_open_twice`."""
        del store
        raise UsageError.not_overridden(type(self).__name__, "beside", "can_open_twice")

    def move_clock(self, store: Store, seconds: float) -> None:
        """Move the store's clock by seconds, below 0 backwards; override with `can_move_clock`."""
        del store, seconds
        raise UsageError.not_overridden(type(self).__name__, "move_clock", "can_move_clock")

    @property
    def message_class(self) -> Any:
        """The class of the messages that `message` makes."""
        return type(self.message(""))

    def left_out(self, promise: Promise) -> str:
        """Leave out, besides what the base does, what a cascading store does not promise."""
        if self.deletes_cascade and promise.name in _WITHOUT_CASCADE:
            return f"{type(self).__name__} declares deletes_cascade = True"
        return super().left_out(promise)

    def foreign(self) -> Message:
        """Return `foreign_message`, after a look that its bytes really do not parse."""
        message = self.foreign_message()
        try:
            self.message_class.FromString(message.SerializeToString())
        except Exception:  # noqa: BLE001 - protobuf libraries have errors of their own
            return message
        raise UsageError.foreign_parses(type(self).__name__, self.message_class.__name__)

    def read(self, data: bytes) -> str:
        """Return the text of a serialized message."""
        return self.text_of(self.message_class.FromString(data))

    def live(self, store: Store, kind: str | int = "skill") -> list[str]:
        """Return the texts of the live records of a kind."""
        listed = must_succeed(f"list_resources({kind!r})", store.list_resources, kind)
        return [self.read(data) for data in listed]

    def history(self, store: Store, resource_id: str, kind: str | int = "skill") -> list[str]:
        """Return the texts of a resource's snapshots, in the order the store lists them."""
        what = f"list_audit_history of {kind!r}, {_short(resource_id)}"
        listed = must_succeed(what, store.list_audit_history, kind, resource_id)
        return [self.read(data) for data in listed]

    def save(self, store: Store, resource_id: str, text: str, kind: str | int = "skill") -> None:
        """Save a live record with a text."""
        what = f"save_resource of {kind!r}, {_short(resource_id)}"
        must_succeed(what, store.save_resource, kind, resource_id, self.message(text))

    def fetch(self, store: Store, resource_id: str, kind: str | int = "skill") -> str:
        """Return the text of a live record."""
        what = f"get_resource of {kind!r}, {_short(resource_id)}"
        found = must_succeed(what, store.get_resource, kind, resource_id, self.message_class)
        return self.text_of(found)

    def archive(
        self,
        store: Store,
        resource_id: str,
        text: str,
        *,
        version_hash: str = "",
        tag: str = "",
        kind: str | int = "skill",
    ) -> None:
        """Append a snapshot with a text to a resource."""
        what = f"save_audit of {kind!r}, {_short(resource_id)}"
        names = {"version_hash": version_hash, "tag": tag}
        must_succeed(what, store.save_audit, kind, resource_id, self.message(text), **names)

    def by_tag(self, store: Store, resource_id: str, tag: str, kind: str | int = "skill") -> str:
        """Return the text of the snapshot that a tag names."""
        what = f"a lookup of tag {_short(tag)} of {kind!r}, {_short(resource_id)}"
        lookup = partial(store.get_audit_by_tag, kind, resource_id, tag, self.message_class)
        return self.text_of(must_succeed(what, lookup))

    def by_hash(
        self, store: Store, resource_id: str, version_hash: str, kind: str | int = "skill"
    ) -> str:
        """Return the text of the snapshot that a version hash names."""
        what = f"a lookup of hash {_short(version_hash)} of {kind!r}, {_short(resource_id)}"
        lookup = partial(
            store.get_audit_by_hash, kind, resource_id, version_hash, self.message_class
        )
        return self.text_of(must_succeed(what, lookup))


def _short(text: str) -> str:
    return repr(text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}...")
