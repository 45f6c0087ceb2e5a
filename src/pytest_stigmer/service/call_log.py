"""What a server remembers of the calls it served."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt

KEPT_CALLS = 1000
"""How many calls are remembered; older ones are forgotten."""


class Call(NamedTuple):
    """One call of the skill API.

    `method` is the wire name, `code` the gRPC status name (`OK` included), `at` the registry's
    clock when the call ended, `milliseconds` how long it really took.
    """

    method: str
    code: str
    details: str
    at: dt.datetime
    request_bytes: int
    response_bytes: int
    milliseconds: float

    @property
    def instant(self) -> str:
        """The text of `at`, to the microsecond."""
        return self.at.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def __str__(self) -> str:
        """Return one line for a log."""
        told = f": {' '.join(self.details.split())}" if self.details else ""
        sizes = f"{self.request_bytes} -> {self.response_bytes} bytes"
        return f"{self.method} {self.code}{told} ({sizes}, {self.milliseconds:.1f} ms)"


class CallLog:
    """The last calls of one registry, oldest first; any thread may add and read."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)

    def add(self, call: Call) -> None:
        """Remember one more call."""
        self._calls.append(call)

    def all(self) -> list[Call]:
        """Return what is remembered."""
        return list(self._calls.copy())

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()
