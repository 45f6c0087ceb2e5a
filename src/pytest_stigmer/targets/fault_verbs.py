"""The fault verbs of a scenario: what happens to a registry from outside."""

from __future__ import annotations

import datetime as dt
import os
import time
import warnings
from base64 import b64decode
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pytest_stigmer.clock import SystemClock, parse_duration
from pytest_stigmer.errors import ResourceNotFound, StatusError, UsageError
from pytest_stigmer.store import faults
from pytest_stigmer.store.legacy import legacy_database
from pytest_stigmer.store.stored_rows import stored_rows
from pytest_stigmer.store.translation import kind_text
from pytest_stigmer.targets.flow import content_bytes, legacy_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.registry.registry import Registry

_OLDER_FILES: dict[tuple[object, ...], bytes] = {}
"""Files of older releases by what they are made of: a proof asks for the same hundreds of times."""
_MOST_OLDER_FILES = 32


class Faults:
    """Does to a registry what it must survive or refuse.

    `message` makes a message of what a scenario writes; `come_back` lets the registry go on with
    the bytes of another database and other artifacts; `clock` is the one that the registry reads.
    """

    def __init__(
        self,
        registry: Registry,
        message: Callable[[Any], Any],
        come_back: Callable[[bytes, Mapping[str, bytes]], None],
        clock: TickingClock,
    ) -> None:
        self._registry = registry
        self._message = message
        self._come_back = come_back
        self._unlock: Callable[[], None] | None = None
        self._crash_after: int | None = None
        self._clock = clock
        self._armed: list[Callable[[], AbstractContextManager[None]]] = []

    def crash_after(self, *, statement: int) -> None:
        """Let the next verb end as if the process had died after its n-th writing statement."""
        self._crash_after = statement

    def around(self, verb: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a verb of the registry, and let happen meanwhile what was asked for."""
        armed, self._armed = self._armed, []
        with ExitStack() as meanwhile:
            for begin in armed:
                meanwhile.enter_context(begin())
            return self._alive_or_not(verb, arguments)

    def _alive_or_not(self, verb: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        if self._crash_after is None:
            return verb(**arguments)
        after, self._crash_after = self._crash_after, None
        files: dict[str, bytes] = {}
        crash = faults.Crash(
            self._registry.path,
            after,
            lambda: files.update(self._registry.files.artifact_contents()),
        )
        try:
            with crash.watching(self._registry.store):
                verb(**arguments)
        finally:
            self._come_back(crash.image(), files)
        raise StatusError("UNAVAILABLE", f"the process died after writing statement {after}")

    def abort_reads(self, *, table: str) -> None:
        """Let every read of a table fail in the next verb."""
        self._armed.append(lambda: faults.reads_aborted(self._registry.store, table))

    def hold_up(self) -> None:
        """Let the next verb meet the write lock of another connection for a moment."""
        path = self._registry.path
        self._armed.append(lambda: faults.at_first_write(path, store=self._registry.store))

    def tick(self, *, duration: str) -> None:
        """Let the clock go on by a duration whenever the next verb has read it."""
        # Asked for, it says that the file is dealt with in a way that cannot be noted and repeated.
        self._registry.store.connection  # noqa: B018
        self._armed.append(partial(self._clock.ticking, parse_duration(duration)))

    def abort_writes(self, *, table: str, on: str = "insert") -> None:
        """Make every write of one sort to a table fail."""
        faults.abort_writes(self._registry.store, table, on)

    def fill_disk(self) -> None:
        """Let the file grow no more."""
        faults.fill_disk(self._registry.store)

    def allow_writes(self) -> None:
        """Undo every abort_writes and fill_disk."""
        faults.allow_writes(self._registry.store)

    def lock(self) -> None:
        """Hold the write lock from another connection."""
        self._unlock = faults.lock(self._registry.store)

    def unlock(self) -> None:
        """Give the lock back."""
        if self._unlock is not None:
            self._unlock()
            self._unlock = None

    def corrupt_row(
        self,
        *,
        table: str,
        id: str,  # noqa: A002 - the field's own name
        kind: str | int = "skill",
        row: int = 1,
        base64: str | None = None,
    ) -> None:
        """Overwrite the message of a stored row with bytes that do not decode, or with these."""
        data = faults.UNDECODABLE if base64 is None else b64decode(base64)
        faults.corrupt_row(self._registry.store, table, kind, id, row, data)

    def set_columns(
        self, *, resource_id: str, row: int = 1, kind: str | int = "skill", **columns: str | None
    ) -> None:
        """Overwrite columns of an audit row."""
        for column, value in columns.items():
            faults.set_column(self._registry.store, kind, resource_id, row, column, value)

    def set_archived_at(self, **given: Any) -> None:
        """Overwrite the time of an audit row, as scenarios of 0.1 say it."""
        told = "the verb set_archived_at goes in 0.3: set_columns takes the same arguments"
        warnings.warn(told, DeprecationWarning, stacklevel=2)
        self.set_columns(**given)

    def set_schema_version(self, *, version: int) -> None:
        """Add a row to the version table."""
        faults.set_schema_version(self._registry.store, version)

    def open_legacy(
        self,
        *,
        rows: list[dict[str, Any]],
        schema: int = 1,
        altered: tuple[str, ...] = (),
        beside: str | None = None,
    ) -> None:
        """Replace the file by one of an older release and open it, which migrates it."""
        key = (repr(rows), repr(altered), schema, SystemClock().now())
        if key not in _OLDER_FILES:
            if len(_OLDER_FILES) >= _MOST_OLDER_FILES:
                _OLDER_FILES.clear()
            given = list(legacy_rows(rows, self._message))
            _OLDER_FILES[key] = legacy_database(given, versioned=schema == 1, altered=altered)
        with self._beside(beside):
            self._come_back(_OLDER_FILES[key], {})

    def _beside(self, what: str | None) -> AbstractContextManager[None]:
        if what is None:
            return nullcontext()
        upgrade = self._upgrade_too if what == "upgrade" else None
        return faults.at_first_write(self._registry.path, upgrade)

    def _upgrade_too(self) -> None:
        with self._registry.beside():
            """Opened, the file is upgraded."""

    def write_artifact(self, *, key: str, content: Any) -> None:
        """Write a file below the artifact root, past the API."""
        data = content_bytes(content)
        self._registry.files.write_artifact(key, data.encode() if isinstance(data, str) else data)

    def link_artifact(self, *, key: str, target: str) -> None:
        """Put a symbolic link in the place of an artifact."""
        self._registry.files.link_artifact(key, target)

    def remove_artifact(self, *, key: str) -> None:
        """Remove a file, or a folder with all that is in it, past the API."""
        self._registry.files.remove_artifact(key)

    def list_artifacts(self) -> list[str]:
        """List the storage keys of all artifacts on disk."""
        return sorted(self._registry.files.artifact_contents())

    def stat_artifact(self, *, key: str) -> dict[str, Any]:
        """Return the permissions of a file, in octal, and its size; raise ResourceNotFound."""
        return stat_of(self._registry.files.artifact(key), key)

    def rows(self, *, table: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return the rows of a table as they are stored."""
        if "kind" in wanted:
            wanted["kind"] = kind_text(wanted["kind"])
        return stored_rows(self._registry.store, table, **wanted)


class TickingClock:
    """Python's clock as a registry reads it, which can go on with each reading of it."""

    def __init__(self, frozen: FrozenClock) -> None:
        self._clock = SystemClock()
        self._frozen = frozen
        self._step = dt.timedelta()

    def now(self) -> dt.datetime:
        """Return the current instant, and let the frozen clock go on if it ticks."""
        now = self._clock.now()
        if self._step:
            self._frozen.advance(self._step)
        return now

    @contextmanager
    def ticking(self, step: dt.timedelta) -> Iterator[None]:
        """Go on by so much whenever the clock was read in the block."""
        self._step = step
        try:
            yield
        finally:
            self._step = dt.timedelta()


class Zone:
    """The time zone of this process while a scenario lives in another one."""

    def __init__(self) -> None:
        self._before: str | None = None
        self._is_elsewhere = False

    def enter(self, *, zone: str) -> None:
        """Go to a zone; raise UsageError when nobody knows it."""
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise UsageError(f"{zone!r} is no time zone, such as Asia/Kolkata") from error
        if not self._is_elsewhere:
            self._before, self._is_elsewhere = os.environ.get("TZ"), True
        os.environ["TZ"] = zone
        time.tzset()

    def leave(self) -> None:
        """Come back."""
        if self._is_elsewhere:
            self._is_elsewhere = False
            os.environ.pop("TZ")
            os.environ |= {} if self._before is None else {"TZ": self._before}
            time.tzset()


def stat_of(path: Path, key: str) -> dict[str, Any]:
    """Return the permissions of an artifact's file, in octal, and its size in bytes.

    Raises ResourceNotFound where the key has no file.
    """
    if not path.is_file():
        raise ResourceNotFound.of("artifact", key)
    found = path.stat()
    return {"mode": f"{found.st_mode & 0o7777:04o}", "size": found.st_size}
