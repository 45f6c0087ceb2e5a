"""A skill API that records what is done through it, for the checker of histories."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytest_stigmer.concurrency.recorded_history import DELETE, PUSH, READ, Recorder
from pytest_stigmer.errors import carried_status
from pytest_stigmer.skills.controller import slug_of
from pytest_stigmer.skills.endpoint import SkillApi
from pytest_stigmer.skills.references import is_hash


class RecordedSkills:
    """Passes calls on and records those that a history is about: push, references, delete.

    A reference is recorded unless it has a scope or a kind; without organisation it is taken for
    one to the skill that has none. A skill to be deleted that was neither pushed nor read through
    this object is looked up first.
    """

    def __init__(self, skills: SkillApi, recorder: Recorder) -> None:
        self._skills = skills
        self._recorder = recorder
        self._subjects: dict[str, str] = {}

    def push(self, request: Any) -> Any:
        """Push and record the version's hash."""
        subject = f"{request.org}/{slug_of(request.name)}"
        version = hashlib.sha256(request.artifact).hexdigest()
        with self._call(PUSH, subject=subject, tag=request.tag, version=version) as result:
            skill = self._skills.push(request)
            result["id"] = skill.metadata.id
            self._subjects[skill.metadata.id] = subject
            return skill

    def get_by_reference(self, request: Any) -> Any:
        """Resolve a reference and record which version it gave."""
        if request.scope or request.kind:
            return self._skills.get_by_reference(request)
        arguments = {"subject": f"{request.org}/{request.slug}"}
        if request.version not in ("", "latest"):
            arguments["version" if is_hash(request.version) else "tag"] = request.version
        with self._call(READ, **arguments) as result:
            skill = self._skills.get_by_reference(request)
            result["version"] = skill.status.version_hash
            self._subjects[skill.metadata.id] = arguments["subject"]
            return skill

    def delete(self, request: Any) -> Any:
        """Delete and record it."""
        subject = self._subjects.get(request.value) or self._found(request)
        if subject is None:
            return self._skills.delete(request)
        with self._call(DELETE, subject=subject):
            return self._skills.delete(request)

    def get(self, request: Any) -> Any:
        """Return the current version of an id; not recorded."""
        return self._skills.get(request)

    def get_artifact(self, request: Any) -> Any:
        """Return an artifact; not recorded."""
        return self._skills.get_artifact(request)

    def _found(self, request: Any) -> str | None:
        try:
            metadata = self._skills.get(request).metadata
        except Exception:  # noqa: BLE001 - a deletion of what cannot be read changes no history
            return None
        return f"{metadata.org}/{metadata.slug}"

    @contextmanager
    def _call(self, verb: str, **arguments: str) -> Iterator[dict[str, str]]:
        with self._recorder.operation(verb, **arguments) as result:
            try:
                yield result
            except Exception as error:
                status = carried_status(error)
                if status is not None:
                    result["failed"] = status[0]
                raise
