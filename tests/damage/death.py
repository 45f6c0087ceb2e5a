"""What a process leaves that dies in the midst of an operation: rows and artifacts."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.faults import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.store.sqlite import SqliteStore

    StateOf = Callable[[SqliteStore], dict[str, list[tuple[Any, ...]]]]


class CommitCrash(Crash):
    """Remembers what a process leaves that dies when its first COMMIT has just returned.

    Files beside the database are as they were when the COMMIT began: SQLite alone works meanwhile.
    """

    has_committed = False

    def _before(self, statement: str) -> None:
        if self.has_committed and self._image is None:
            self._die()
        elif statement == "COMMIT":
            self.has_committed = True
            self._remember()


class Death:
    """A registry whose process dies in the midst of an operation, rows and artifacts."""

    def __init__(self, parts: Registry, state_of: StateOf) -> None:
        self.parts, self.state_of = parts, state_of
        self.before = state_of(parts.store)
        self.files: dict[str, bytes] | None = None

    def remember(self) -> None:
        """Keep the artifacts of the first moment that is asked about."""
        self.files = self.parts.files.artifact_contents() if self.files is None else self.files

    def of(self, operation: Callable[[Registry], Any], crash: Crash) -> None:
        """Carry out the operation, put back what the crash left, and open that."""
        store = self.parts.store
        with crash.watching(store):
            operation(self.parts)
        image = crash.image()
        self.acknowledged = self.state_of(store)
        self.parts.close()
        self.parts.files.replace(image, self.files or {})
        with Registry(store.path, generation=self.parts.generation) as survivor:
            self.left = self.state_of(survivor.store)
            assert self.left["integrity"] == [("ok",)]
            assert lost_artifacts(survivor) == [], "artifacts of acknowledged records are lost"


def lost_artifacts(parts: Registry) -> list[str]:
    """Return the keys that records name and under which no artifact of their hash can be had."""
    api, lost = parts.generation, []
    tables = "SELECT data FROM resources UNION ALL SELECT data FROM resource_audit"
    for (data,) in parts.store.execute(tables):
        status = api.Skill.FromString(data).status
        if status.version_hash and _hash_under(status.artifact_storage_key, parts) != (
            status.version_hash
        ):
            lost.append(status.artifact_storage_key)
    return lost


def _hash_under(key: str, parts: Registry) -> str:
    request = parts.generation.GetArtifactRequest(artifact_storage_key=key)
    try:
        found = parts.client().get_artifact(request).artifact
    except StatusError as error:
        return error.code
    return sha256(found).hexdigest()
