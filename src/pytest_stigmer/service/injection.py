"""Faults on the way to a registry: calls that are late, or refused before it sees them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import sleep

from pytest_stigmer.clock import parse_duration
from pytest_stigmer.errors import StatusError

ALWAYS = -1
DEFAULT_DETAILS = "injected fault"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to some coming calls.

    `method` is a wire name, None for every method. The fault strikes the `on_call`-th call from
    now (1 is the next) and the `times - 1` after it, `ALWAYS` all that follow. A struck call waits
    for `latency`, such as `200ms`, then is refused with `code` and `details` if there is a code.
    """

    method: str | None = None
    on_call: int = 1
    times: int = 1
    code: str | None = None
    details: str = DEFAULT_DETAILS
    latency: str = ""


@dataclass(slots=True)
class _Armed:
    """A fault and how many calls it has seen."""

    fault: Fault
    seen: int = 0

    def strikes(self, method: str) -> bool:
        """Count a call and tell whether the fault strikes it."""
        fault = self.fault
        if fault.method not in (None, method):
            return False
        self.seen += 1
        past = self.seen - fault.on_call
        return past >= 0 and (fault.times <= ALWAYS or past < fault.times)


class Injections:
    """The faults in place on one registry; any thread may add and meet them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """Put one more fault in place; ValueError for a latency that is no duration."""
        parse_duration(fault.latency or "0s")
        with self._lock:
            self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """Take every fault away."""
        with self._lock:
            self._armed.clear()

    def meet(self, method: str) -> None:
        """Let a call meet the faults; raise StatusError when one refuses it."""
        if not self._armed:
            return
        with self._lock:
            struck = [armed.fault for armed in self._armed if armed.strikes(method)]
        for fault in struck:
            sleep(parse_duration(fault.latency or "0s").total_seconds())
            if fault.code is not None:
                raise StatusError(fault.code, fault.details)
