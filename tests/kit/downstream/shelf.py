"""A project's own store in dicts, and a wrong copy of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {0: "api_resource_kind_unknown", 40: "agent", 43: "skill", 52: "workflow_execution"}


class Missing(LookupError):
    """Nothing is stored under this name."""


class Shut(RuntimeError):
    """The shelf was closed."""


class Unreadable(ValueError):
    """What is stored under this name is another message."""


@dataclass
class Shelf:
    """Keeps serialized messages in dicts, kinds by name or number."""

    path: Path = Path("shelf")
    live: dict[tuple[str, str], bytes] = field(default_factory=dict)
    snapshots: list[tuple[str, str, bytes, str, str]] = field(default_factory=list)
    is_open: bool = True

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        """Keep a record."""
        self.live[self._kind(kind), resource_id] = _bytes(message)

    def get_resource(self, kind: str | int, resource_id: str, message_class: Any) -> Any:
        """Return a record."""
        key = self._kind(kind), resource_id
        if key not in self.live:
            raise Missing(f"no {kind} {resource_id}")
        return _message(message_class, self.live[key], resource_id)

    def list_resources(self, kind: str | int) -> list[bytes]:
        """Return all records of a kind."""
        wanted = self._kind(kind)
        rows = sorted(self.live.items(), key=lambda row: row[0][1].encode())
        return [data for (found, _), data in rows if found == wanted]

    def delete_resource(self, kind: str | int, resource_id: str) -> None:
        """Drop a record."""
        self.live.pop((self._kind(kind), resource_id), None)

    def delete_resources_by_kind(self, kind: str | int) -> int:
        """Drop all records of a kind."""
        return self._drop(kind, "")

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        """Drop the records under a prefix."""
        return self._drop(kind, prefix)

    def save_audit(
        self,
        kind: str | int,
        resource_id: str,
        message: Any,
        *,
        version_hash: str = "",
        tag: str = "",
    ) -> None:
        """Keep a snapshot."""
        row = self._kind(kind), resource_id, _bytes(message), version_hash, tag
        self.snapshots.append(row)

    def get_audit_by_hash(
        self, kind: str | int, resource_id: str, version_hash: str, message_class: Any
    ) -> Any:
        """Return the newest snapshot of a hash."""
        for row in self._newest(kind, resource_id):
            if row[3] == version_hash:
                return _message(message_class, row[2], resource_id)
        raise Missing(f"no {kind} {resource_id} with hash {version_hash}")

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: Any
    ) -> Any:
        """Return the newest snapshot of a tag."""
        for row in self._newest(kind, resource_id):
            if row[4] == tag:
                return _message(message_class, row[2], resource_id)
        raise Missing(f"no {kind} {resource_id} with tag {tag}")

    def list_audit_history(self, kind: str | int, resource_id: str) -> list[bytes]:
        """Return the snapshots, newest first."""
        return [row[2] for row in self._newest(kind, resource_id)]

    def delete_audit_by_resource_id(self, kind: str | int, resource_id: str) -> int:
        """Drop the snapshots of a record."""
        doomed = self._newest(kind, resource_id)
        self.snapshots = [
            row for row in self.snapshots if row[:2] != (self._kind(kind), resource_id)
        ]
        return len(doomed)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block and take everything back when it fails."""
        self._kind("")
        live, snapshots = dict(self.live), list(self.snapshots)
        try:
            yield
        except BaseException:
            self.live, self.snapshots = live, snapshots
            raise

    def close(self) -> None:
        """Answer nothing more."""
        self.is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _kind(self, kind: str | int) -> str:
        if not self.is_open:
            raise Shut
        return KINDS.get(kind, str(kind)) if isinstance(kind, int) else kind

    def _drop(self, kind: str | int, prefix: str) -> int:
        wanted = self._kind(kind)
        doomed = [key for key in self.live if key[0] == wanted and key[1].startswith(prefix)]
        for key in doomed:
            del self.live[key]
        return len(doomed)

    def _newest(self, kind: str | int, resource_id: str) -> list[Any]:
        key = self._kind(kind), resource_id
        return [row for row in reversed(self.snapshots) if row[:2] == key]


def _bytes(message: Any) -> bytes:
    if message is None:
        raise TypeError("a message is needed, not None")
    return bytes(message.SerializeToString())


def _message(message_class: Any, data: bytes, resource_id: str) -> Any:
    try:
        return message_class.FromString(data)
    except Exception as error:
        raise Unreadable(resource_id) from error


class WrongShelf(Shelf):
    """The tag that was moved away from a version still names it."""

    def get_audit_by_tag(
        self, kind: str | int, resource_id: str, tag: str, message_class: Any
    ) -> Any:
        """Return the oldest snapshot of a tag."""
        for row in reversed(self._newest(kind, resource_id)):
            if row[4] == tag:
                return _message(message_class, row[2], resource_id)
        raise Missing(f"no {kind} {resource_id} with tag {tag}")
