"""One registry as a server serves it: calls are remembered, and faults can be put in their way."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.injection import Injections

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.skills.endpoint import Transport

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
        text = f": {' '.join(self.details.split())}" if self.details else ""
        sizes = f"{self.request_bytes} -> {self.response_bytes} bytes"
        return f"{self.method} {self.code}{text} ({sizes}, {self.milliseconds:.1f} ms)"


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


class Gate:
    """Keeps calls and changes of the whole registry apart; nobody is refused, all wait.

    A change goes before the calls that come after it. A block must not enter the gate again: it
    would wait for itself.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the gate together with other calls."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the gate once the calls under way have ended; later ones wait for the end."""
        with self._turn:
            try:
                self._close()
                yield
            finally:
                self._open()

    @contextmanager
    def alone_if_idle(self, patience: float = 0) -> Iterator[bool]:
        """Hold the gate unless somebody does for longer than `patience` seconds; tell whether."""
        held = self._turn.acquire(timeout=patience)
        if held:
            with self._changed:
                held = self._changed.wait_for(lambda: not self._inside, patience)
                self._closed = held
            if not held:
                self._turn.release()
        try:
            yield held
        finally:
            if held:
                self._open()
                self._turn.release()

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)

    def _open(self) -> None:
        with self._changed:
            self._closed = False
            self._changed.notify_all()


def _ignore(call: Call) -> None:
    """Log nothing."""
    del call


class Served:
    """Stands between the wire and a registry; `log` is given every call once it has ended.

    `endpoint` is what calls go to: the registry's, until it is put out of service.
    """

    def __init__(self, registry: Registry, log: Callable[[Call], None] = _ignore) -> None:
        self.registry = registry
        self.endpoint: Transport = registry.endpoint
        self.calls = CallLog()
        self.faults = Injections()
        self.gate = Gate()
        self._log = log

    def arrive(self, method: str, request: bytes) -> Visit:
        """Let a call by its wire name meet the faults; it is served by what is returned."""
        return Visit(self, method, request)

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call in this thread; raise StatusError."""
        visit = self.arrive(method, request)
        sleep(visit.late)
        return visit.serve()

    def remember(self, call: Call) -> None:
        """Put a call that has ended into the log."""
        self.calls.add(call)
        self._log(call)


class Visit:
    """One call on its way through a registry; it must be `late` by so many seconds."""

    def __init__(self, served: Served, method: str, request: bytes) -> None:
        self._started = stopwatch()
        self._served = served
        self._method = method
        self._request = request
        self.late, self._refusal = served.faults.meet(method)

    def serve(self) -> bytes:
        """Return the registry's answer; raise StatusError."""
        try:
            if self._refusal is not None:
                raise self._refusal
            # Latency is over by now: a change of the registry need not wait for it.
            with self._served.gate.shared():
                answer = self._served.endpoint.call(self._method, self._request)
        except StatusError as error:
            self._remember(error.code, error.details)
            raise
        self._remember("OK", answered=len(answer))
        return answer

    def abandon(self) -> None:
        """Note that the caller went away first."""
        self._remember("CANCELLED", "the caller went away before it was answered")

    def _remember(self, code: str, details: str = "", answered: int = 0) -> None:
        took = (stopwatch() - self._started) * 1000
        now, sent = self._served.registry.clock.now(), len(self._request)
        self._served.remember(Call(self._method, code, details, now, sent, answered, took))
