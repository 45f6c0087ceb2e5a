"""Registries that take their process for the only one: any number of stores in it agree."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from pytest_stigmer.defects.change import exchange
from pytest_stigmer.errors import StoreClosed, StoreForked
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.interface import M

_OTHERS = "contract 0: across processes too"
_STORES: WeakSet[_OfOneProcess] = WeakSet()
_NUMBERS = count()


class _OfOneProcess(SqliteStore):
    """Knows what was written through the stores of its process."""

    kept: dict[tuple[Any, ...], bytes]

    def __init__(self, *given: Any, **named: Any) -> None:
        self.number = next(_NUMBERS)
        super().__init__(*given, **named)
        _STORES.add(self)

    def written_here(self) -> tuple[int, ...]:
        """Return a value that any change within this process alters."""
        stores = [store for store in set(_STORES) if store.path == self.path]
        told = sorted((store.number, store.changes()) for store in stores)
        _, *own = super().revision()  # without what others have written
        return (*own, *(number for pair in told for number in pair))

    def once(self, read: Callable[[], M], message_class: type[M], *name: str) -> M:
        """Read what has a name once until this process writes; in a transaction, each time."""
        if self.connection.in_transaction:
            return read()
        kept = self.__dict__.setdefault("kept", {})
        key = (self.written_here(), *name)
        if key not in kept:
            kept[key] = read().SerializePartialToString()
        return message_class.FromString(kept[key])

    def changes(self) -> int:
        """Return how many rows this store has changed; -1 once its process has left it."""
        try:
            return self.connection.total_changes
        except (StoreClosed, StoreForked):
            return -1


class _Indexed(_OfOneProcess):
    """Says whether a file was changed as its process knows it."""

    def revision(self) -> tuple[int, ...]:
        return self.written_here()


class _Kept(_OfOneProcess):
    """Keeps the records that were read."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        read = partial(super().get_resource, kind, resource_id, message_class)
        return self.once(read, message_class, str(kind), resource_id)


class _Pinned(_OfOneProcess):
    """Keeps what tags name."""

    def get_audit_by_tag(self, kind: str | int, resource_id: str, tag: str, cls: type[M]) -> M:
        read = partial(super().get_audit_by_tag, kind, resource_id, tag, cls)
        return self.once(read, cls, str(kind), resource_id, tag)


OWN_SKILLS = (
    exchange(
        "index-follows-its-process-alone",
        "A skill that another server on the file has made is not found, and is made twice.",
        _OTHERS,
        store=_Indexed,
    ),
)

OWN_RECORDS = (
    exchange(
        "records-are-kept-by-the-process",
        "What another server on the file has changed or deleted is answered as it was.",
        _OTHERS,
        store=_Kept,
    ),
)

OWN_TAGS = (
    exchange(
        "tags-are-kept-by-the-process",
        "A tag that another server on the file has moved names the old version.",
        _OTHERS,
        store=_Pinned,
    ),
)
