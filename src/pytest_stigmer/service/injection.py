"""Faults on the way to a registry: calls that are late, or refused before it sees them."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_stigmer.api.generation import load
from pytest_stigmer.clock import parse_duration
from pytest_stigmer.errors import StatusError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

ALWAYS = -1
DEFAULT_DETAILS = "injected fault"
MAX_LATENCY = dt.timedelta(days=1)
MOST_FAULTS = 1000
"""How many faults may be in place on one registry."""


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

    @property
    def spent(self) -> bool:
        """Whether it will strike no more."""
        fault = self.fault
        return fault.times > ALWAYS and self.seen >= fault.on_call + fault.times - 1

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
        """Put one more fault in place; ValueError for one that could not strike as it says.

        Raises StatusError RESOURCE_EXHAUSTED beyond `MOST_FAULTS`; those that are spent are gone.
        """
        _check(fault)
        with self._lock:
            if len(self._armed) >= MOST_FAULTS:
                raise StatusError(
                    "RESOURCE_EXHAUSTED",
                    f"{MOST_FAULTS} faults are in place, the most there may be: clear them first",
                )
            self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """Take every fault away."""
        with self._lock:
            self._armed.clear()

    def meet(self, method: str) -> tuple[float, StatusError | None]:
        """Let a call meet the faults; return the seconds that it is late, and what refuses it."""
        late = 0.0
        if not self._armed:
            return late, None
        with self._lock:
            struck = [armed.fault for armed in self._armed if armed.strikes(method)]
            self._armed = [armed for armed in self._armed if not armed.spent]
        for fault in struck:
            late += parse_duration(fault.latency or "0s").total_seconds()
            if fault.code is not None:
                return late, StatusError(fault.code, fault.details)
        return late, None


def _check(fault: Fault) -> None:
    import grpc

    if fault.method is not None:
        _check_word("method", fault.method, load("bundled").methods)
    if fault.code == "OK":
        raise ValueError("code 'OK' refuses nothing: give another status, or a latency alone")
    if fault.code is not None:
        _check_word("gRPC status", fault.code, grpc.StatusCode.__members__.keys() - {"OK"})
    if fault.on_call < 1:
        raise ValueError(f"on_call is {fault.on_call}, and calls are counted from 1, the next one")
    if fault.times == 0:
        raise ValueError("times is 0, so the fault would never strike: give 1 or more, or ALWAYS")
    _check_latency(fault.latency)


def _check_latency(latency: str) -> None:
    length = parse_duration(latency or "0s")
    if length < dt.timedelta():
        raise ValueError(f"latency {latency!r} is negative: a call can only be late, such as 200ms")
    if length > MAX_LATENCY:
        raise ValueError(f"latency {latency!r} is longer than a day, which no call waits for")


def _check_word(what: str, word: str, known: Collection[str]) -> None:
    if word not in known:
        raise ValueError(str(UsageError.unknown(what, word, known)))
