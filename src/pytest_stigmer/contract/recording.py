"""A skill API that records what is done through it, for the checker of histories."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_stigmer.contract.declared_skills import status_of
from pytest_stigmer.contract.history import DELETE, PUSH, READ
from pytest_stigmer.contract.skill_model import is_hash, model_slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.contract.declared_skills import SkillApi
    from pytest_stigmer.contract.history import Recorder


class RecordedSkills:
    """Passes calls on and records those that a history is about: push, references, delete.

    References must name the organisation; a deletion is recorded for skills that were pushed or
    read through this object.
    """

    def __init__(self, skills: SkillApi, recorder: Recorder) -> None:
        self._skills = skills
        self._recorder = recorder
        self._subjects: dict[str, str] = {}

    def push(self, request: Any) -> Any:
        """Push and record the version's hash."""
        subject = f"{request.org}/{model_slug(request.name)}"
        version = hashlib.sha256(request.artifact).hexdigest()
        with self._call(PUSH, subject=subject, tag=request.tag, version=version) as result:
            skill = self._skills.push(request)
            result["id"] = skill.metadata.id
            self._subjects[skill.metadata.id] = subject
            return skill

    def get_by_reference(self, request: Any) -> Any:
        """Resolve a reference and record which version it gave."""
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
        subject = self._subjects.get(request.value)
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

    @contextmanager
    def _call(self, verb: str, **arguments: str) -> Iterator[dict[str, str]]:
        with self._recorder.operation(verb, **arguments) as result:
            try:
                yield result
            except Exception as error:
                result["failed"] = status_of(error)[0]
                raise
