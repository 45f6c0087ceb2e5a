"""How calls with one request get in: a few at once from each connection, a few threads for all."""

from __future__ import annotations

import threading
from collections import Counter, deque
from functools import partial
from typing import TYPE_CHECKING

from pytest_stigmer.service.waiting import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.service.listener import Incoming

REQUESTS_AT_ONCE = 8
"""How many requests of one connection are read or worked on at the same time."""


class Way:
    """The way of calls with one request: read in its connection's turn, served by few threads."""

    def __init__(self, threads: int, name: str) -> None:
        self.workers = Workers(threads, name)
        self._turns = Turns(REQUESTS_AT_ONCE)

    def enter(self, call: Incoming, serve: Callable[[bytes], None]) -> None:
        """Have `serve` done by a thread once the request is there, unless the call is over then.

        `serve` must see to it that `leave` is called when the request is no longer needed.
        """
        self._turns.take(call, partial(call.receive, partial(self._received, call, serve)))

    def leave(self, call: Incoming) -> None:
        """Let the connection's next request in."""
        self._turns.give(call)

    def _received(
        self, call: Incoming, serve: Callable[[bytes], None], request: bytes | None
    ) -> None:
        if request is None:
            call.end("UNIMPLEMENTED", f'"{call.path}" requires exactly one request message.')
            self.leave(call)
            return
        self.workers.do(partial(self._serve, call, serve, request))

    def _serve(self, call: Incoming, serve: Callable[[bytes], None], request: bytes) -> None:
        if call.over:
            self.leave(call)
            return
        call.under_way = True
        serve(request)


class Turns:
    """Lets each connection have so many requests in memory at once; its others stay unread."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._waiting: dict[str, deque[tuple[Incoming, Callable[[], None]]]] = {}

    def take(self, call: Incoming, job: Callable[[], None]) -> None:
        """Do a job when it is the call's turn, unless it is over by then; `give` must follow it."""
        with self._lock:
            if self._taken[call.peer] >= self._at_once:
                self._waiting.setdefault(call.peer, deque()).append((call, job))
                return
            self._taken[call.peer] += 1
        job()

    def give(self, call: Incoming) -> None:
        """End a turn; the connection's next one begins."""
        job = self._next(call.peer)
        if job is not None:
            job()

    def _next(self, peer: str) -> Callable[[], None] | None:
        with self._lock:
            waiting = self._waiting.get(peer, ())
            while waiting:
                call, job = waiting.popleft()
                if not call.over:
                    return job
            self._waiting.pop(peer, None)
            self._taken[peer] -= 1
            if not self._taken[peer]:
                del self._taken[peer]
        return None
