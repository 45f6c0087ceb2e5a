"""The registries of a server that was started for others: one for each namespace they name."""

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
    from pytest_stigmer.store.translation import AuditRow, ResourceRow


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

    def load(self, live: Sequence[ResourceRow], audits: Sequence[AuditRow]) -> None:
        """Add rows as they are, all of them or none."""
        with self.gate.shared(), _naming_no_folder(self.registry.path):
            if self._closed:
                raise _gone()
            store = self.registry.store
            with store.transaction():
                load_resources(store, live)
                load_history(store, audits)

    def drop(self) -> None:
        """Close the registry and delete all its files."""
        with self._alone("drop the namespace"):
            self._close()
            self.registry.delete()

    def close(self) -> None:
        """Close the registry and delete the copies that were kept; a second call does nothing."""
        with self.gate.alone():
            self._close()

    def _close(self) -> None:
        self._closed = True
        self.endpoint = _Gone()
        self.registry.close()
        for copy in self._snapshots.values():
            copy.delete()

    @contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        """Keep calls out; raise StatusError when the namespace is gone or its files resist."""
        with self.gate.alone(), _naming_no_folder(self.registry.path):
            if self._closed:
                raise _gone()
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


class Namespaces:
    """Opens a namespace at its first call; the default one, '', is on `database`.

    The others are on new files in `folder`. `start` is where their clocks stand, '' lets them run;
    `log` is given every call.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        generation: Generation,
        *,
        start: str = "",
        log: Callable[[Call], None],
        recipe: Recipe = REFERENCE,
    ) -> None:
        self._folder = folder
        self.generation = generation
        self._start = start
        self._log = log
        self._recipe = recipe
        self._lock = threading.Lock()
        self._count = 0
        self._opened = {"": self._new(database)}

    def find(self, name: str) -> Namespace:
        """Return a namespace; raise StatusError when it cannot be opened."""
        found = self._opened.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._opened:
                self._count += 1
                database = self._folder / f"namespace-{self._count}.db"
                with _naming_no_folder(database):
                    self._opened[name] = self._new(database)
            return self._opened[name]

    def drop(self, name: str) -> None:
        """Forget a namespace and delete its files; the default one starts anew instead."""
        if not name:
            self._opened[""].reset()
            return
        with self._lock:
            namespace = self._opened.pop(name, None)
        if namespace is not None:
            namespace.drop()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for namespace in self._opened.values():
                namespace.close()

    def _new(self, database: Path) -> Namespace:
        return Namespace(database, self.generation, self._start, self._log, self._recipe)


@contextmanager
def _naming_no_folder(database: Path) -> Iterator[None]:
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
