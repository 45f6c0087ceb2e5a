"""Calls of several callers at once, in every order that a registry on one file can have them."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

from pytest_stigmer.store.faults import is_locked, writes_next

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.scenario.target import Answer, Call

_PATIENCE_SECONDS = 1.0
"""How long one caller waits for another, who may wait for it at a lock that is not SQLite's."""


class Caller(Protocol):
    """Whoever performs verbs on a registry of this process."""

    registry: Registry

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb."""


def interleaved(
    calls: Sequence[Call], order: int, *, first: Caller, second: Caller
) -> tuple[list[Answer], bool]:
    """Perform the first call on one registry and the others on a second one on the same file.

    In order 0 the others come first. In order n the first is stopped right before its n-th
    statement that writes or begins to; there the others are performed, one after the other. Where
    they would have to wait for a lock that the first holds, it goes on first. In the last order
    it is never stopped, and the others come after it. Returns the answers and whether there are
    more orders.
    """
    others: list[Answer] = []

    def perform_others() -> None:
        others.extend(second.perform(call.verb, call.arguments) for call in calls[1:])

    if order == 0:
        perform_others()
    stop = _Stop(first, second, order, perform_others)
    answer = first.perform(calls[0].verb, calls[0].arguments)
    stop.over()
    if order and not stop.reached:
        perform_others()
    return [answer, *others], stop.reached or order == 0


class _Stop:
    """Lets other calls in right before the n-th writing statement of a registry; 0 is none."""

    def __init__(self, first: Caller, second: Caller, at: int, others: Callable[[], None]) -> None:
        self._first = first
        self._second = second
        self._statements_left = at
        self._others = Thread(target=self._perform, args=(others,))
        self._others_stand = Event()
        self._first_is_done = Event()
        self.reached = False
        first.registry.store.connection.set_trace_callback(self._before)

    def over(self) -> None:
        """Let the others end; what the first did is done."""
        self._first.registry.store.connection.set_trace_callback(None)
        self._first_is_done.set()
        if self.reached:
            self._others.join()

    def _before(self, statement: str) -> None:
        if not writes_next(statement):
            return
        self._statements_left -= 1
        if self._statements_left == 0:
            self.reached = True
            if is_locked(self._first.registry.store):
                self._second.registry.store.connection.set_trace_callback(self._before_of_others)
            self._others.start()
            self._others_stand.wait(_PATIENCE_SECONDS)

    def _before_of_others(self, statement: str) -> None:
        if writes_next(statement):
            self._others_stand.set()
            self._first_is_done.wait(_PATIENCE_SECONDS)

    def _perform(self, others: Callable[[], None]) -> None:
        try:
            others()
        finally:
            self._second.registry.store.connection.set_trace_callback(None)
            self._others_stand.set()
