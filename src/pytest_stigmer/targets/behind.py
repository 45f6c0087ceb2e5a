"""A look behind a server on this host: its database and its artifacts, for reading alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import ResourceNotFound, StoreError
from pytest_stigmer.scenario.target import Unsupported
from pytest_stigmer.store.readonly_store import ReadOnlyStore
from pytest_stigmer.store.stored_rows import stored_rows
from pytest_stigmer.store.translation import decode, kind_text
from pytest_stigmer.targets.fault_verbs import stat_of
from pytest_stigmer.targets.isolation import IsolatedSkills, storage_key

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation

VERBS = frozenset(
    {"get_resource", "list_resources", "get_audit_by_hash", "get_audit_by_tag"}
    | {"list_audit_history", "rows", "list_artifacts", "stat_artifact"}
)
"""The verbs that can be asked so: those of a registry's inside that change nothing."""


class Behind:
    """Performs the reading verbs on the files of a server, and shows of them what is our own.

    The database is opened for each verb, by SQLite and read-only; of the artifacts only those
    that were sent through `skills` are looked at, by name and never opened.
    """

    def __init__(
        self, database: Path, artifacts: Path, skills: IsolatedSkills, generation: Generation
    ) -> None:
        self.paths = {"database": str(database), "artifacts": str(artifacts)}
        self._store = ReadOnlyStore(database)
        self._artifacts = artifacts
        self._skills = skills
        self._message = generation.Skill
        self._was_there: dict[str, bool] = {}
        skills.before_push = self._note

    def get_resource(self, *, id: str, kind: str | int = "skill") -> Any:  # noqa: A002
        """Return a live record."""
        return self._skills.without_suffix(self._store.get_resource(kind, id, self._message))

    def list_resources(self, *, kind: str | int = "skill") -> list[Any]:
        """Return the live skills that were made here, by id."""
        if kind_text(kind) != "skill":
            raise Unsupported("the live records of another kind are those of others")
        found = []
        for skill_id, data in self._store.resource_rows(kind):
            try:
                skill = decode(self._message, data, "skill", skill_id)
            except StoreError:  # somebody else's
                continue
            if skill.metadata.slug.endswith(self._skills.suffix):
                found.append(self._skills.without_suffix(skill))
        return found

    def get_audit_by_hash(
        self,
        *,
        resource_id: str,
        version_hash: str,
        kind: str | int = "skill",
    ) -> Any:
        """Return the newest audit record of a version hash."""
        found = self._store.get_audit_by_hash(kind, resource_id, version_hash, self._message)
        return self._skills.without_suffix(found)

    def get_audit_by_tag(self, *, resource_id: str, tag: str, kind: str | int = "skill") -> Any:
        """Return the newest audit record of a tag."""
        found = self._store.get_audit_by_tag(kind, resource_id, tag, self._message)
        return self._skills.without_suffix(found)

    def list_audit_history(self, *, resource_id: str, kind: str | int = "skill") -> list[Any]:
        """Return the audit records of a resource, newest first."""
        listed = self._store.list_audit_history(kind, resource_id)
        found = [decode(self._message, data, kind_text(kind), resource_id) for data in listed]
        return [self._skills.without_suffix(record) for record in found]

    def rows(self, *, table: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return the rows of one resource as they are stored."""
        if not (wanted.get("id") or wanted.get("resource_id")):
            raise Unsupported("rows of all resources are those of others too")
        if "kind" in wanted:
            wanted["kind"] = kind_text(wanted["kind"])
        return stored_rows(self._store, table, **wanted)

    def list_artifacts(self) -> list[str]:
        """Return the keys of the artifacts that are there since they were sent, sorted."""
        return sorted(
            key
            for key, was_there in self._was_there.items()
            if self._file(key).is_file() and (key in self._skills.left or not was_there)
        )

    def stat_artifact(self, *, key: str) -> dict[str, Any]:
        """Return the permissions of a file, in octal, and its size; raise ResourceNotFound."""
        if key not in self._was_there:
            raise ResourceNotFound.of("artifact", key)
        return stat_of(self._file(key), key)

    def _note(self, artifact: bytes) -> None:
        key = storage_key(artifact)
        self._was_there.setdefault(key, self._file(key).exists())

    def _file(self, key: str) -> Path:
        return self._artifacts / key
