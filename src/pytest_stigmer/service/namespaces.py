"""The registries of a server that was started for others: one for each namespace they name."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.assembly import REFERENCE, assemble
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.clocks import StoppableClock
from pytest_stigmer.service.served import Served
from pytest_stigmer.store.backup import backup, restore
from pytest_stigmer.store.bulk import load_history, load_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.assembly import Parts, Recipe
    from pytest_stigmer.service.calls import Call
    from pytest_stigmer.store.rows import AuditRow, ResourceRow

# An artifact is written under such a name and then renamed; a killed process may leave one behind.
_HALF_WRITTEN = shutil.ignore_patterns("tmp*")


class Namespace(Served):
    """One registry on a file, with a clock of its own; it can be emptied, kept and put back."""

    def __init__(
        self,
        database: Path,
        generation: Generation,
        start: str,
        told: Callable[[Call], None],
        recipe: Recipe = REFERENCE,
    ) -> None:
        self._database = database
        self._artifacts = _artifacts_of(database)
        self._generation = generation
        self._start = start
        self._recipe = recipe
        self._lock = threading.RLock()
        self._snapshots: dict[str, Path] = {}
        self._last_snapshot = 0
        self.stoppable = StoppableClock(start)
        self._parts = self._open()
        super().__init__(self._parts.endpoint, self.stoppable, told)

    def reset(self) -> None:
        """Start anew: an empty database, no artifacts, faults or calls, the first clock."""
        with self._lock:
            self._parts.close()
            self.delete()
            self.stoppable.set(self._start)
            self.faults.clear()
            self.calls.clear()
            self._reopen()

    def snapshot(self) -> str:
        """Keep a copy of database and artifacts; return its id. A copy that fails leaves none."""
        with self._lock:
            copy = self._next_copy()
            with _whole_or_gone("take a snapshot", copy):
                backup(self._database, copy)
                _copy_folder(self._artifacts, _artifacts_of(copy))
            number = str(self._last_snapshot)
            self._snapshots[number] = copy
            return number

    def restore(self, snapshot: str) -> None:
        """Put a copy in place; raise StatusError NOT_FOUND for an id that was never given."""
        with self._lock:
            copy = self._copy(snapshot)
            restore(self._parts.store, copy)
            self._parts.close()
            _copy_folder(_artifacts_of(copy), self._artifacts)
            self._reopen()

    def load(self, live: Sequence[ResourceRow], audits: Sequence[AuditRow]) -> None:
        """Add rows as they are, all of them or none."""
        store = self._parts.store
        with self._lock, store.transaction():
            load_resources(store, live)
            load_history(store, audits)

    def close(self) -> None:
        """Close the registry and delete the copies that were kept."""
        with self._lock:
            self._parts.close()
            for copy in self._snapshots.values():
                _delete(copy)

    def delete(self) -> None:
        """Delete the files of a closed registry."""
        _delete(self._database)

    def _open(self) -> Parts:
        return assemble(
            self._database,
            clock=self.stoppable,
            recipe=self._recipe,
            generation=self._generation,
            artifacts_root=self._artifacts,
        )

    def _reopen(self) -> None:
        self._parts = self._open()
        self.endpoint = self._parts.endpoint

    def _next_copy(self) -> Path:
        """Return where the next copy goes; no number comes twice, whatever became of its copy."""
        while True:
            self._last_snapshot += 1
            name = f"{self._database.name}.snapshot-{self._last_snapshot}"
            copy = self._database.with_name(name)
            # A process that was killed leaves its copies behind.
            if not copy.exists() and not _artifacts_of(copy).exists():
                return copy

    def _copy(self, snapshot: str) -> Path:
        if snapshot not in self._snapshots:
            raise StatusError("NOT_FOUND", f"no snapshot {snapshot!r} was taken in this namespace")
        return self._snapshots[snapshot]


class Namespaces:
    """Opens a namespace at its first call; the default one, '', is on `database`.

    The others are on new files in `folder`. `start` is where their clocks stand, '' lets them run;
    `told` hears of every call.
    """

    def __init__(
        self,
        database: Path,
        folder: Path,
        generation: Generation,
        *,
        start: str = "",
        told: Callable[[Call], None],
        recipe: Recipe = REFERENCE,
    ) -> None:
        self._folder = folder
        self._generation = generation
        self._start = start
        self._told = told
        self._recipe = recipe
        self._lock = threading.Lock()
        self._count = 0
        self._opened = {"": self._new(database)}

    def find(self, name: str) -> Namespace:
        """Return a namespace."""
        found = self._opened.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._opened:
                self._count += 1
                self._opened[name] = self._new(self._folder / f"namespace-{self._count}.db")
            return self._opened[name]

    def drop(self, name: str) -> None:
        """Forget a namespace and delete its files; the default one starts anew instead."""
        if not name:
            self._opened[""].reset()
            return
        with self._lock:
            namespace = self._opened.pop(name, None)
        if namespace is not None:
            namespace.close()
            namespace.delete()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for namespace in self._opened.values():
                namespace.close()

    def _new(self, database: Path) -> Namespace:
        return Namespace(database, self._generation, self._start, self._told, self._recipe)


def _artifacts_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.artifacts")


def _delete(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(_artifacts_of(database), ignore_errors=True)


@contextmanager
def _whole_or_gone(what: str, copy: Path) -> Iterator[None]:
    """Delete a copy whose making fails; raise StatusError for what the system refuses."""
    try:
        yield
    except BaseException as error:
        _delete(copy)
        if isinstance(error, OSError):
            raise _refused(what, error) from error
        raise


def _refused(what: str, error: OSError) -> StatusError:
    # copytree collects what it met in an error that has no words of its own.
    why = error.strerror or "some artifacts cannot be copied"
    return StatusError("INTERNAL", f"cannot {what}: {why}")


def _copy_folder(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target, ignore=_HALF_WRITTEN)
