"""One registry as a server serves it: calls are remembered, and faults can be put in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.call_log import Call, CallLog
from pytest_stigmer.service.gate import Gate
from pytest_stigmer.service.injection import Injections

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.clock import Clock
    from pytest_stigmer.skills.endpoint import Transport


def _ignore(call: Call) -> None:
    """Tell nobody."""
    del call


class Served:
    """Stands between the wire and an endpoint; `told` hears of every call once it has ended."""

    def __init__(
        self, endpoint: Transport, clock: Clock, told: Callable[[Call], None] = _ignore
    ) -> None:
        self.endpoint = endpoint
        self.clock = clock
        self.calls = CallLog()
        self.faults = Injections()
        self.gate = Gate()
        self._told = told

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call by its wire name; raise StatusError."""
        started = stopwatch()
        try:
            # Outside the gate: latency may last, and a change of the registry need not wait for it.
            self.faults.meet(method)
            with self.gate.shared():
                answer = self.endpoint.call(method, request)
        except StatusError as error:
            self._remember(method, error.code, error.details, len(request), 0, started)
            raise
        self._remember(method, "OK", "", len(request), len(answer), started)
        return answer

    def _remember(
        self, method: str, code: str, details: str, sent: int, answered: int, started: float
    ) -> None:
        took = (stopwatch() - started) * 1000
        call = Call(method, code, details, self.clock.now(), sent, answered, took)
        self.calls.add(call)
        self._told(call)
