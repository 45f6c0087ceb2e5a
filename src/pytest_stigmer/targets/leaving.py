"""A call on a registry of this process whose caller goes away at a chosen moment."""

from __future__ import annotations

from contextlib import suppress
from threading import Event
from time import sleep
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StoreError
from pytest_stigmer.scenario.target import CUT_CODES, Answer, is_cut
from pytest_stigmer.skills import callers
from pytest_stigmer.store.faults import watch, writes_or_commits_next

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from pytest_stigmer.store.sqlite import SqliteStore

_DEADLINE_SECONDS = 0.1
_PATIENCE_SECONDS = 10.0
"""How long the two ends of a call wait for each other, at most."""
_LOOKS = 1000


class LeavesHere:
    """The caller is in this thread: he is told what he would see, when the call is done.

    He leaves right before the n-th statement of the store that writes, begins or commits.
    """

    def __init__(self, store: SqliteStore, how: str, at: int) -> None:
        self.reached = False
        self._how = how
        self._store = store
        self._statements_left = at

    def cut(self, perform: Callable[[], Answer]) -> tuple[Answer, bool]:
        """Perform the call; return what its caller sees, and whether he can leave later still."""
        watch(self._store, self._before)
        try:
            with self.listening():
                answer = perform()
            self.wait_for_the_end()
        finally:
            with suppress(StoreError):
                watch(self._store, None)
        return self.seen(answer)

    def listening(self) -> AbstractContextManager[None]:
        """Be the caller of what is done in the block."""
        return callers.waiting(callers.Caller(lambda: self.reached))

    def leave(self) -> None:
        """Go away now; the call may go on once the registry can notice it."""

    def wait_for_the_end(self) -> None:
        """Wait until the call is done."""

    def seen(self, answer: Answer) -> tuple[Answer, bool]:
        """Return what the caller has seen, and whether he went away before he was answered."""
        if not self.reached:
            return answer, False
        return Answer.refused(CUT_CODES[self._how], "the caller went away"), True

    def _before(self, statement: str) -> None:
        if not writes_or_commits_next(statement):
            return
        self._statements_left -= 1
        if self._statements_left == 0:
            self.reached = True
            self.leave()


class LeavesTheWire(LeavesHere):
    """The caller is a gRPC client of this process, whose call a thread of the service serves."""

    def __init__(self, store: SqliteStore, how: str, at: int) -> None:
        from pytest_stigmer.service.transport import Impatience

        super().__init__(store, how, at)
        self._end = Event()
        seconds = _DEADLINE_SECONDS if how == "deadline" else _PATIENCE_SECONDS
        self._impatience = Impatience(how, seconds)

    def listening(self) -> AbstractContextManager[None]:
        """Be impatient."""
        return self._impatience.holding()

    def leave(self) -> None:
        """Cancel the call, or let its deadline pass, and wait until the server has noticed it."""
        caller = callers.CALLER.get()
        if caller is None:
            return
        caller.when_served = self._end.set
        self._impatience.leave()
        for _ in range(_LOOKS):
            if caller.has_gone():
                return
            sleep(_PATIENCE_SECONDS / _LOOKS)

    def wait_for_the_end(self) -> None:
        """Wait until the server's thread is done with the call."""
        if self.reached:
            self._end.wait(_PATIENCE_SECONDS)

    def seen(self, answer: Answer) -> tuple[Answer, bool]:
        """Return what the client has seen; a deadline can pass before the moment comes."""
        return answer, is_cut(answer)
