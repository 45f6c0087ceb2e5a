"""What a server remembers of the calls it served."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

KEPT_CALLS = 1000
"""How many calls are remembered; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the skill API.

    `method` is the wire name, `code` the gRPC status name (`OK` included), `instant` the
    registry's clock when the call ended, `milliseconds` how long it really took.
    """

    method: str
    code: str
    details: str
    instant: str
    request_bytes: int
    response_bytes: int
    milliseconds: float

    def __str__(self) -> str:
        """Return one line for a log."""
        told = f": {' '.join(self.details.split())}" if self.details else ""
        sizes = f"{self.request_bytes} -> {self.response_bytes} bytes"
        return f"{self.method} {self.code}{told} ({sizes}, {self.milliseconds:.1f} ms)"


class CallLog:
    """The last calls of one registry, oldest first; any thread may add and read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)

    def add(self, call: Call) -> None:
        """Remember one more call."""
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        """Return what is remembered."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._calls.clear()
