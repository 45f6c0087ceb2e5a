"""What calls wait for without a thread of their own: a moment, or one of a few threads."""

from __future__ import annotations

import heapq
import logging
import threading
from itertools import count
from queue import SimpleQueue
from typing import TYPE_CHECKING

from pytest_stigmer.clock import stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], None]

_LOG = logging.getLogger(__name__)


class Alarms:
    """Does jobs later, all in one thread, which starts with the first; a job must not wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Job]] = []
        self._numbers = count()
        self._started = self._closed = False

    def after(self, seconds: float, job: Job) -> Job:
        """Do a job in so many real seconds; return what takes it back and forgets it."""
        entry = (stopwatch() + seconds, next(self._numbers), job)
        with self._changed:
            heapq.heappush(self._due, entry)
            self._changed.notify()
            if not self._started:
                self._started = True
                threading.Thread(target=self._ring, name="stigmer-alarms", daemon=True).start()
        return lambda: self._forget(entry)

    def close(self) -> None:
        """Forget all jobs and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _forget(self, entry: tuple[float, int, Job]) -> None:
        with self._changed:
            if entry in self._due:
                self._due.remove(entry)
                heapq.heapify(self._due)

    def _ring(self) -> None:
        while (job := self._next()) is not None:
            _do(job)

    def _next(self) -> Job | None:
        with self._changed:
            while not self._closed:
                wait = self._due[0][0] - stopwatch() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None


class Workers:
    """At most `most` threads that do jobs in the order they came; they start as they are needed."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._busy = 0

    def do(self, job: Job) -> None:
        """Have a job done by the next thread that is free."""
        with self._lock:
            self._busy += 1
            if self._busy > self._threads and self._threads < self._most:
                self._threads += 1
                # Nobody waits for them: what holds one up must not hold up a stop.
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._jobs.put(job)

    def close(self) -> None:
        """Let the threads end once they have done what was asked for."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            _do(job)
            job = None  # a job that is done must not keep its message
            with self._lock:
                self._busy -= 1


def _do(job: Job) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - the next job must not be lost too
        _LOG.exception("a call was lost")
