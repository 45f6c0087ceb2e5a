"""The fault verbs of a scenario: what happens to a registry from outside."""

from __future__ import annotations

import base64
import shutil
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import parse_instant
from pytest_stigmer.errors import StatusError
from pytest_stigmer.store import faults
from pytest_stigmer.store.legacy import legacy_database
from pytest_stigmer.store.translation import ResourceRow
from pytest_stigmer.targets.flow import content_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_stigmer.targets.local import LocalTarget


class Faults:
    """Does to one local target what its registry must survive or refuse."""

    def __init__(self, target: LocalTarget) -> None:
        self._target = target
        self._unlock: Callable[[], None] | None = None
        self._crash_after: int | None = None

    def crash_after(self, *, statement: int) -> None:
        """Let the next verb end as if the process had died after its n-th writing statement."""
        self._crash_after = statement

    def around(self, verb: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a verb of the registry, or let it crash when that was asked for."""
        if self._crash_after is None:
            return verb(**arguments)
        after, self._crash_after = self._crash_after, None
        files: dict[str, bytes] = {}
        crash = faults.Crash(
            self._target.store, after, lambda: files.update(self._target.artifacts.files())
        )
        try:
            verb(**arguments)
        finally:
            self._target.come_back(crash.image(), files)
        raise StatusError("UNAVAILABLE", f"the process died after writing statement {after}")

    def abort_writes(self, *, table: str, on: str = "insert") -> None:
        """Make every write of one sort to a table fail."""
        faults.abort_writes(self._target.store, table, on)

    def allow_writes(self) -> None:
        """Undo every abort_writes."""
        faults.allow_writes(self._target.store)

    def lock(self) -> None:
        """Hold the write lock from another connection."""
        self._unlock = faults.lock(self._target.store)

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
    ) -> None:
        """Overwrite the message of a stored row with bytes that do not decode."""
        faults.corrupt_row(self._target.store, table, kind, id, row)

    def set_archived_at(
        self, *, resource_id: str, row: int, archived_at: str, kind: str | int = "skill"
    ) -> None:
        """Overwrite the time of an audit row."""
        faults.set_archived_at(self._target.store, kind, resource_id, row, archived_at)

    def set_schema_version(self, *, version: int) -> None:
        """Add a row to the version table."""
        faults.set_schema_version(self._target.store, version)

    def open_legacy(self, *, rows: list[dict[str, Any]], schema: int = 1) -> None:
        """Replace the file by one of an older release and open it, which migrates it."""
        given = [self._legacy_row(row) for row in rows]
        self._target.come_back(legacy_database(given, versioned=schema == 1), {})

    def write_artifact(self, *, key: str, content: Any) -> None:
        """Write a file below the artifact root, past the API."""
        path = self._target.artifacts.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content_bytes(content)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    def list_artifacts(self) -> list[str]:
        """List the storage keys of all artifacts on disk."""
        return sorted(self._target.artifacts.files())

    def _legacy_row(self, row: dict[str, Any]) -> ResourceRow:
        if "base64" in row:
            data = base64.b64decode(row["base64"], validate=True)
        else:
            data = self._target.flow.message(row.get("message", {})).SerializeToString()
        at = parse_instant(f"{row['updated_at']}Z") if "updated_at" in row else None
        return ResourceRow(row.get("kind", "skill"), row["id"], data, at)


class ArtifactFolder:
    """The artifact files of a target, seen from outside the API."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def files(self) -> dict[str, bytes]:
        """Return the content of every file by its key."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def replace(self, files: Mapping[str, bytes]) -> None:
        """Leave exactly these files."""
        shutil.rmtree(self.root, ignore_errors=True)
        for key, data in files.items():
            path = self.root / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
