"""A project's own messages, which are no protobuf, and a wrong store of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from shelf import Shelf

_MARK = b"note:"


@dataclass
class Note:
    """A text that knows how to become bytes."""

    text: str = ""

    def SerializeToString(self) -> bytes:  # noqa: N802 - as protobuf's
        """Return the bytes of the note."""
        return _MARK + self.text.encode()

    @classmethod
    def FromString(cls, data: bytes) -> Self:  # noqa: N802 - as protobuf's
        """Read a note."""
        if not data.startswith(_MARK):
            raise ValueError(f"{data[:20]!r} is no note")
        return cls(data.removeprefix(_MARK).decode())

    def Clear(self) -> None:  # noqa: N802 - as protobuf's
        """Forget the text."""
        self.text = ""


class Scribble(Note):
    """Bytes that are no note."""

    def SerializeToString(self) -> bytes:  # noqa: N802 - as protobuf's
        """Return bytes without the mark."""
        return b"scribble"


class WrongNotebook(Shelf):
    """What was archived before is not archived again."""

    def save_audit(self, kind: str | int, resource_id: str, message: Any, **names: str) -> None:
        """Keep a snapshot that is new."""
        before = list(self.snapshots)
        super().save_audit(kind, resource_id, message, **names)
        if self.snapshots[-1] in before:
            self.snapshots = before
