"""One registry of a server that was started for others, and what they may do to all of it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.clock import SystemClock, moved, parse_duration, parse_instant
from pytest_stigmer.errors import ClockIncoherent, StatusError, StigmerError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.service.served import Served
from pytest_stigmer.store.bulk import load_history, load_resources

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.registry.files import RegistryFiles
    from pytest_stigmer.service.served import Call
    from pytest_stigmer.skills.endpoint import Transport
    from pytest_stigmer.store.translation import AuditRow, ResourceRow


MOST_SNAPSHOTS = 100
"""How many copies a namespace keeps."""


_PATIENCE_SECONDS = 0.4


class StoppableClock:
    """Moved by remote clients, so any thread may; Python's own clock is left alone.

    One process serves many registries, each with a clock of this sort.
    """

    def __init__(self, start: str = "") -> None:
        self._lock = threading.Lock()
        self._stopped: dt.datetime | None = None
        self.set(start)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._stopped is not None

    def now(self) -> dt.datetime:
        """Return the current instant, aware, in UTC."""
        return self._stopped or SystemClock().now()

    def set(self, instant: str) -> None:
        """Stop at an instant such as `2026-01-25T10:00:00.100Z`; '' runs on with the system."""
        stopped = parse_instant(instant) if instant else None
        with self._lock:
            self._stopped = stopped

    def advance(self, duration: str) -> None:
        """Move by a duration such as `300ms`; raise ClockIncoherent while the clock runs.

        ValueError for text that is no duration and for one that leads out of the calendar.
        """
        parse_duration(duration)  # what is no duration is refused by any clock
        with self._lock:
            if self._stopped is None:
                raise ClockIncoherent.running()
            self._stopped = moved(self._stopped, duration)


class Namespace(Served):
    """One registry on a file, with a clock of its own; it can be emptied, kept and put back."""

    def __init__(
        self,
        database: Path,
        generation: Generation,
        start: str,
        log: Callable[[Call], None],
        recipe: Recipe = REFERENCE,
    ) -> None:
        self.clock = StoppableClock(start)
        self._start = start
        self._closed = False
        self._waking = threading.Lock()
        self._snapshots: dict[str, RegistryFiles] = {}
        self._last_snapshot = 0
        super().__init__(
            Registry(database, clock=self.clock, recipe=recipe, generation=generation), log
        )

    def reset(self) -> None:
        """Start anew: an empty database, no artifacts, faults or calls, the first clock."""
        with self._alone("reset the namespace"):
            self.clock.set(self._start)
            self.faults.clear()
            self.calls.clear()
            self.registry.reset()

    def snapshot(self) -> str:
        """Keep a copy of database and artifacts; return its id. A copy that fails leaves none."""
        with self._alone("take a snapshot"):
            if len(self._snapshots) >= MOST_SNAPSHOTS:
                raise StatusError(
                    "RESOURCE_EXHAUSTED",
                    f"{MOST_SNAPSHOTS} snapshots are kept in this namespace, the most it may have: "
                    "delete some (DeleteSnapshot), or drop the namespace",
                )
            copy = self._next_copy()
            self.registry.files.copy_to(copy)
            number = str(self._last_snapshot)
            self._snapshots[number] = copy
            return number

    def restore(self, snapshot: str) -> None:
        """Put a copy in place; raise StatusError NOT_FOUND for an id that was never given.

        A copy that cannot be read leaves everything as it was.
        """
        with self._alone("restore the snapshot"):
            self.registry.restore(self._copy(snapshot))

    def delete_snapshot(self, snapshot: str) -> None:
        """Delete a copy; raise StatusError NOT_FOUND for an id that is not kept."""
        with self._alone("delete the snapshot"):
            self._copy(snapshot).delete()
            del self._snapshots[snapshot]

    def rest(self) -> bool:
        """Close the files until the next call, if no call is under way; tell whether they are."""
        with self.gate.alone_if_idle() as held:
            if held and not self._closed:
                self.registry.close()
                self.endpoint = _Resting(self)
        return held

    def wake(self) -> Transport:
        """Open the files again if they rest; return what calls go to. The gate must be held."""
        with self._waking:
            if isinstance(self.endpoint, _Resting):
                self.registry.reopen()
                self.endpoint = self.registry.endpoint
            return self.endpoint

    def load(self, live: Sequence[ResourceRow], audits: Sequence[AuditRow]) -> None:
        """Add rows as they are, all of them or none."""
        with self.gate.shared(), naming_no_folder(self.registry.path):
            if self._closed:
                raise _gone()
            self.wake()
            store = self.registry.store
            with store.transaction():
                load_resources(store, live)
                load_history(store, audits)

    def drop(self) -> None:
        """Close the registry and delete all its files."""
        with self._alone("drop the namespace", wake=False):
            self._close()
            self.registry.delete()

    def close(self) -> None:
        """Close the registry and delete the copies that were kept; a second call does nothing.

        A call that another process holds up, by a lock on the file, does not hold this up: the end
        of the process closes what it uses.
        """
        with self.gate.alone_if_idle(_PATIENCE_SECONDS) as held:
            if held:
                self._close()

    def _close(self) -> None:
        self._closed = True
        self.endpoint = _Gone()
        self.registry.close()
        for copy in self._snapshots.values():
            copy.delete()

    @contextmanager
    def _alone(self, what: str, *, wake: bool = True) -> Iterator[None]:
        """Keep calls out; raise StatusError when the namespace is gone or its files resist."""
        with self.gate.alone(), naming_no_folder(self.registry.path):
            if self._closed:
                raise _gone()
            if wake:
                self.wake()
            try:
                yield
            except OSError as error:
                raise _refused(what, error) from error
            finally:
                if not self._closed:
                    self.endpoint = self.registry.endpoint

    def _next_copy(self) -> RegistryFiles:
        """Return where the next copy goes; no number comes twice, whatever became of its copy."""
        while True:
            self._last_snapshot += 1
            copy = self.registry.files.beside(f".snapshot-{self._last_snapshot}")
            # A process that was killed leaves its copies behind.
            if not copy.exist:
                return copy

    def _copy(self, snapshot: str) -> RegistryFiles:
        if snapshot not in self._snapshots:
            raise StatusError("NOT_FOUND", f"no snapshot {snapshot!r} was taken in this namespace")
        return self._snapshots[snapshot]


class _Gone:
    """What is left of a registry whose namespace was dropped while a call was on its way."""

    def call(self, method: str, request: bytes) -> bytes:
        """Refuse any call."""
        del method, request
        raise _gone()


class _Resting:
    """Stands for a registry whose files are closed until somebody calls."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace

    def call(self, method: str, request: bytes) -> bytes:
        """Open the registry and call it."""
        with naming_no_folder(self._namespace.registry.path):
            endpoint = self._namespace.wake()
        return endpoint.call(method, request)


@contextmanager
def naming_no_folder(database: Path) -> Iterator[None]:
    """Raise the errors of this package as StatusError, with files named by their names alone."""
    try:
        yield
    except StatusError:
        raise
    except StigmerError as error:
        status = StatusError.of(error)
        text = status.details.replace(str(database), database.name)
        raise StatusError(status.code, text) from error


def _refused(what: str, error: OSError) -> StatusError:
    # copytree collects what it met in an error that has no words of its own.
    why = error.strerror or "some artifacts cannot be copied"
    return StatusError("INTERNAL", f"cannot {what}: {why}")


def _gone() -> StatusError:
    return StatusError(
        "UNAVAILABLE",
        "this namespace was dropped meanwhile, or the server stops; the next call opens it anew",
    )
