"""The store's verbs: what a registry's persistence promises, whichever engine is below it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from google.protobuf.message import Message

M = TypeVar("M", bound="Message")


class Store(Protocol):
    """Live resources and their immutable audit records.

    `kind` is the enum value's name (`"skill"`) or its number (43; a number without a name is stored
    as its decimal digits). Lookups take the message class to fill and return a new message. Every
    verb raises StoreClosed after `close`, StoreLocked when another connection keeps the lock for
    over five seconds.
    Source: stigmer/stigmer at b070f18, backend/libs/go/store/interface.go and sqlite/store.go.
    """

    @property
    def path(self) -> Path:
        """The database file; still answers after `close`."""

    def save_resource(self, kind: str | int, resource_id: str, message: Message) -> None:
        """Insert or replace the live record; its audit records stay."""

    def get_resource(self, kind: str | int, resource_id: str, message_class: type[M]) -> M:
        """Return the live record; raise ResourceNotFound or UndecodableRow."""

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return the serialized live records of a kind, by id as UTF-8 bytes."""

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Delete the live record if there is one; audit records stay."""

    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Delete all live records of a kind and return their number; audit records stay."""

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Delete the live records whose id starts with `prefix`, literally; return their number."""

    def save_audit(
        self,
        kind: str | int,
        resource_id: str,
        message: Message,
        *,
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Append an audit record; no parent need exist, and equal records are all kept."""

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, message_class: type[M]
    ) -> M:
        """Return the newest audit record of this version hash ('' is one); raise AuditNotFound."""

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: type[M]
    ) -> M:
        """Return the newest audit record of this tag ('' is one); raise AuditNotFound."""

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the serialized audit records of a resource, newest insertion first."""

    def delete_audit_by_resource_id(self, kind: str | int, resource_id: str) -> int:
        """Delete the audit records of a resource and return their number."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make the enclosed verbs one unit: all of them or none; nestable."""

    def close(self) -> None:
        """Close the file; a second call does nothing."""

    def __enter__(self) -> Self:
        """Return the store."""

    def __exit__(self, *_: object) -> None:
        """Close the store."""
