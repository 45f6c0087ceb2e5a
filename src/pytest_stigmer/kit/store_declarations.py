"""What a class that holds a store to the contract declares; nothing is found out by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_stigmer.errors import (
    AuditNotFound,
    ResourceNotFound,
    StoreClosed,
    UndecodableRow,
    UsageError,
)
from pytest_stigmer.kit.capabilities import Capabilities
from pytest_stigmer.kit.promises import Promise
from pytest_stigmer.store.interface import Store

if TYPE_CHECKING:
    from google.protobuf.message import Message

_WITHOUT_CASCADE = ("bulk_delete_keeps_history", "delete_keeps_history")
"""The promises of a store whose deletions leave the audit records alone."""


class StoreDeclarations(Capabilities):
    """Attributes and methods that a subclass may set or override; `store` it must define."""

    resource_not_found: ClassVar[type[Exception]] = ResourceNotFound
    """What `get_resource` raises for an id that is not there."""
    audit_not_found: ClassVar[type[Exception]] = AuditNotFound
    """What the lookups of audit records raise when none fits."""
    store_closed: ClassVar[type[Exception]] = StoreClosed
    """What every verb raises after `close`."""
    undecodable: ClassVar[type[Exception]] = UndecodableRow
    """What a lookup raises when the record is of another message type."""

    has_transactions: ClassVar[bool] = False
    """Whether `with store.transaction():` makes the verbs in it one unit."""
    deletes_cascade: ClassVar[bool] = False
    """Whether deleting live records deletes their audit records: both are in use; say which."""

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

    @property
    def message_class(self) -> Any:
        """The class of the messages that `message` makes."""
        return type(self.message(""))

    def lacks(self, promise: Promise) -> str:
        """Leave out, besides what the base does, what a cascading store does not promise."""
        name, steps = type(self).__name__, promise.scenario.all_steps()
        if self.deletes_cascade and promise.name in _WITHOUT_CASCADE:
            return f"{name} declares deletes_cascade = True"
        if not self.can_reopen and any(step.verb == "reopen" for step in steps):
            return f"{name} declares can_reopen = False"
        if not self.has_transactions and any(not step.keeps for step in steps):
            return f"{name} declares has_transactions = False"
        return super().lacks(promise)

    def capabilities(self) -> frozenset[str]:
        """Return what a scenario may use here: any store can be closed, and asked step by step."""
        return super().capabilities() | {"reopen", "transactions"}

    def provided(self) -> frozenset[str]:
        """Return what conditions may use: no rows beside a promise's where deletions cascade."""
        undeclared = {"transactions"} if not self.has_transactions else set()
        return super().provided() - undeclared - ({"store"} if self.deletes_cascade else set())

    def foreign(self) -> Message:
        """Return `foreign_message`, after a look that its bytes really do not parse."""
        message = self.foreign_message()
        try:
            self.message_class.FromString(message.SerializeToString())
        except Exception:  # noqa: BLE001 - protobuf libraries have errors of their own
            return message
        raise UsageError.foreign_parses(type(self).__name__, self.message_class.__name__)
