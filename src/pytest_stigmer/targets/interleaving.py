"""Calls of several callers at once, in every order that a registry on one file can have them."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

from pytest_stigmer.store.faults import is_locked, watch, writes_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pytest_stigmer.registry.registry import Registry
    from pytest_stigmer.scenario.target import Answer, Call
    from pytest_stigmer.store.sqlite import SqliteStore

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

    In order 0 the others come first. In order 1 they are threads on the first one's own registry,
    which come in right before its first statement. In order n the first is stopped right before its
    (n-1)-th statement that writes, begins to or, outside of a transaction, reads; there the others
    are performed, one after the other. Where they would have to wait for a lock that the first
    holds, it goes on first. In the last order it is never stopped, and the others come after it.
    Returns the answers and whether there are more orders.
    """
    others: list[Answer] = []
    on = first if order == 1 else second

    def perform_others() -> None:
        others.extend(on.perform(call.verb, call.arguments) for call in calls[1:])

    if order == 0:
        perform_others()
    stop = (_StopAmongThreads if order == 1 else _Stop)(first, second, order, perform_others)
    answer = first.perform(calls[0].verb, calls[0].arguments)
    stop.over()
    if order and not stop.reached:
        perform_others()
    return [answer, *others], stop.reached or order == 0


class _Stop:
    """Lets other calls in right before the n-th statement of a registry that counts; 0 is none."""

    def __init__(self, first: Caller, second: Caller, at: int, others: Callable[[], None]) -> None:
        self._first = first
        self._second = second
        self._statements_left = at - 1 or at
        self._others = Thread(target=self._perform, args=(others,))
        self._others_stand = Event()
        self._first_is_done = Event()
        self.reached = False
        watch(first.registry.store, self._before)

    def over(self) -> None:
        """Let the others end; what the first did is done."""
        self._first_is_done.set()
        watch(self._first.registry.store, None)
        if self.reached:
            self._others.join()

    def _before(self, statement: str) -> None:
        if not writes_next(statement) and not self._reads_alone(statement):
            return
        self._statements_left -= 1
        if self._statements_left == 0:
            self.reached = True
            self._make_others_wait()
            self._others.start()
            self._others_stand.wait(_PATIENCE_SECONDS)

    def _reads_alone(self, statement: str) -> bool:
        is_within = self._first.registry.store.connection.in_transaction
        return not is_within and statement.lstrip().upper().startswith("SELECT")

    def _make_others_wait(self) -> None:
        """See to it that they stand where they would have to wait for the first."""
        if is_locked(self._first.registry.store):
            watch(self._second.registry.store, self._before_of_others)

    def _before_of_others(self, statement: str) -> None:
        if writes_next(statement):
            self._stand()

    def _stand(self) -> None:
        self._others_stand.set()
        self._first_is_done.wait(_PATIENCE_SECONDS)

    def _perform(self, others: Callable[[], None]) -> None:
        try:
            others()
        finally:
            watch(self._second.registry.store, None)
            self._others_stand.set()


class _StopAmongThreads(_Stop):
    """The others share the registry of the first, and wait for it as soon as they need the store.

    What the parts of a registry remember of one call is not to be taken for another's.
    """

    def __init__(self, first: Caller, second: Caller, at: int, others: Callable[[], None]) -> None:
        super().__init__(first, second, at, others)
        self._watch = ExitStack()
        self._watch.enter_context(waits_told(first.registry.store, self._stand))

    def over(self) -> None:
        """Let the others end, and the store be as it was."""
        super().over()
        self._watch.close()

    def _make_others_wait(self) -> None:
        """Leave it to the store, which the first holds."""


@contextmanager
def waits_told(store: SqliteStore, tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` in each thread that must wait for another one's call of the store, before it."""
    parts = vars(vars(store)["_session"])
    lock = parts["_lock"]
    parts["_lock"] = _TellingLock(lock, tell)
    try:
        yield
    finally:
        parts["_lock"] = lock


class _TellingLock:
    """A lock that tells when it is another thread's."""

    def __init__(self, lock: Any, tell: Callable[[], None]) -> None:
        self._lock = lock
        self._tell = tell

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self._tell()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
