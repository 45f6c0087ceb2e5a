"""The registries of a server that was started for others: one for each namespace they name."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StatusError, StigmerError
from pytest_stigmer.registry.assembly import REFERENCE, assemble
from pytest_stigmer.service.clocks import StoppableClock
from pytest_stigmer.service.served import Served
from pytest_stigmer.store.backup import backup, restore
from pytest_stigmer.store.bulk import load_history, load_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.assembly import Parts, Recipe
    from pytest_stigmer.service.call_log import Call
    from pytest_stigmer.store.translation import AuditRow, ResourceRow

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
        self._closed = False
        self._snapshots: dict[str, Path] = {}
        self._last_snapshot = 0
        self.stoppable = StoppableClock(start)
        self._parts = self._open()
        super().__init__(self._parts.endpoint, self.stoppable, told)

    def reset(self) -> None:
        """Start anew: an empty database, no artifacts, faults or calls, the first clock."""
        with self._alone("reset the namespace"), self._reopened():
            self._parts.close()
            _delete(self._database)
            self.stoppable.set(self._start)
            self.faults.clear()
            self.calls.clear()

    def snapshot(self) -> str:
        """Keep a copy of database and artifacts; return its id. A copy that fails leaves none."""
        with self._alone("take a snapshot"):
            copy = self._next_copy()
            with _gone_if_it_fails(copy):
                backup(self._database, copy)
                _copy_folder(self._artifacts, _artifacts_of(copy))
            number = str(self._last_snapshot)
            self._snapshots[number] = copy
            return number

    def restore(self, snapshot: str) -> None:
        """Put a copy in place; raise StatusError NOT_FOUND for an id that was never given.

        A copy that cannot be read leaves everything as it was.
        """
        with self._alone("restore the snapshot"):
            copy = self._copy(snapshot)
            incoming = self._database.with_name(f"{self._database.name}.incoming")
            with _gone_if_it_fails(incoming):
                _copy_folder(_artifacts_of(copy), _artifacts_of(incoming))
                restore(self._parts.store, copy)
            with self._reopened():
                self._parts.close()
                _move_folder(_artifacts_of(incoming), self._artifacts)

    def load(self, live: Sequence[ResourceRow], audits: Sequence[AuditRow]) -> None:
        """Add rows as they are, all of them or none."""
        with self.gate.shared(), _naming_no_folder(self._database):
            if self._closed:
                raise _gone()
            store = self._parts.store
            with store.transaction():
                load_resources(store, live)
                load_history(store, audits)

    def drop(self) -> None:
        """Close the registry and delete all its files."""
        with self._alone("drop the namespace"):
            self._close()
            _delete(self._database)

    def close(self) -> None:
        """Close the registry and delete the copies that were kept; a second call does nothing."""
        with self.gate.alone():
            self._close()

    def _close(self) -> None:
        self._closed = True
        self.endpoint = _Gone()
        self._parts.close()
        for copy in self._snapshots.values():
            _delete(copy)

    @contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        """Keep calls out; raise StatusError when the namespace is gone or its files resist."""
        with self.gate.alone(), _naming_no_folder(self._database):
            if self._closed:
                raise _gone()
            try:
                yield
            except OSError as error:
                raise _refused(what, error) from error

    @contextmanager
    def _reopened(self) -> Iterator[None]:
        """Open the registry again at the end, also when the block fails."""
        try:
            yield
        finally:
            self._parts = self._open()
            self.endpoint = self._parts.endpoint

    def _open(self) -> Parts:
        return assemble(
            self._database,
            clock=self.stoppable,
            recipe=self._recipe,
            generation=self._generation,
            artifacts_root=self._artifacts,
        )

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


class _Gone:
    """What is left of a registry whose namespace was dropped while a call was on its way."""

    def call(self, method: str, request: bytes) -> bytes:
        """Refuse any call."""
        del method, request
        raise _gone()


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
        return Namespace(database, self._generation, self._start, self._told, self._recipe)


def _artifacts_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.artifacts")


def _delete(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(_artifacts_of(database), ignore_errors=True)


@contextmanager
def _gone_if_it_fails(copy: Path) -> Iterator[None]:
    """Delete a copy whose making fails."""
    try:
        yield
    except BaseException:
        _delete(copy)
        raise


@contextmanager
def _naming_no_folder(database: Path) -> Iterator[None]:
    """Raise the errors of this package as StatusError, with files named by their names alone."""
    try:
        yield
    except StatusError:
        raise
    except StigmerError as error:
        text = str(error).replace(str(database), database.name)
        raise StatusError(error.code, text) from error


def _refused(what: str, error: OSError) -> StatusError:
    # copytree collects what it met in an error that has no words of its own.
    why = error.strerror or "some artifacts cannot be copied"
    return StatusError("INTERNAL", f"cannot {what}: {why}")


def _gone() -> StatusError:
    return StatusError(
        "UNAVAILABLE",
        "this namespace was dropped meanwhile, or the server stops; the next call opens it anew",
    )


def _move_folder(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        source.replace(target)


def _copy_folder(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target, ignore=_HALF_WRITTEN)
