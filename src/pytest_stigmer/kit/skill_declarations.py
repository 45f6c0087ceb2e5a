"""What a class that holds a skill API to the contract declares."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_stigmer.errors import STATUS_SHAPES, UsageError, carried_status
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.kit.calls import CallFailed, raised_by, shown
from pytest_stigmer.kit.capabilities import Capabilities
from pytest_stigmer.kit.promises import without_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.scenario.model import Step
    from pytest_stigmer.skills.endpoint import SkillApi


class SkillDeclarations(Capabilities):
    """Attributes and methods that a subclass may set or override; `skills` it must define.

    The facts use organisations and names of their own, so they may run on a server with data.
    """

    has_organisations: ClassVar[bool] = True
    """Whether one slug in two organisations is two skills."""
    has_reference_texts: ClassVar[bool] = True
    """Whether errors say what the real server's say; if not, promises ask for the status and for
    names that must be told, such as that of a field, and not for sentences."""

    subject: ClassVar[str] = "skills"

    @pytest.fixture
    def skills(self) -> SkillApi:
        """Give the skill API of a registry."""
        raise UsageError.no_fixture(type(self).__name__, "skills")

    @pytest.fixture
    def words(self) -> Words:
        """Give an organisation and names that no other test has used."""
        return Words(uuid.uuid4().hex[:12])

    @property
    def api(self) -> Any:
        """The message classes, as attributes; override to use other stubs of generation 2026-01."""
        from pytest_stigmer.api.generation import load

        return load()

    def reopen(self, skills: SkillApi) -> SkillApi:
        """Restart the registry on the same data; override with `can_reopen`."""
        del skills
        raise UsageError.not_overridden(type(self).__name__, "reopen", "can_reopen")

    def beside(self, skills: SkillApi) -> SkillApi:
        """Give a second server on the same data, both in use; override with `can_open_twice`."""
        del skills
        raise UsageError.not_overridden(type(self).__name__, "beside", "can_open_twice")

    def move_clock(self, skills: SkillApi, seconds: float) -> None:
        """Move the registry's clock by seconds, below 0 backwards; override with the capability."""
        del skills, seconds
        raise UsageError.not_overridden(type(self).__name__, "move_clock", "can_move_clock")

    def lacks(self, promise: Promise) -> str:
        """Leave out, besides what the base does, what a registry of one tenant does not promise."""
        steps = promise.scenario.all_steps()
        if not self.has_organisations and any(map(_names_organisations, steps)):
            return f"{type(self).__name__} declares has_organisations = False"
        if not self.can_move_clock and any(map(_names_times, steps)):
            return f"{type(self).__name__} declares can_move_clock = False"
        if any(step.verb == "close" for step in steps):
            return "a skill API has no close"
        return super().lacks(promise)

    def asked(self, promise: Promise) -> Promise:
        """Return a promise without the texts of errors where they are the registry's own."""
        if self.has_reference_texts:
            return promise
        return replace(promise, scenario=without_texts(promise.scenario))

    def push(self, skills: SkillApi, name: str, text: str = "# one", **fields: Any) -> Any:
        """Push a ZIP whose SKILL.md is the text; `fields` are those of the request."""
        content = {"artifact": artifact(skill_md=text, files={}), **fields}
        request = self.api.PushSkillRequest(name=name, **content)
        return accepted(f"push({_told(name=name, **content)})", skills.push, request)

    def refer(self, skills: SkillApi, slug: str, version: str = "", **fields: Any) -> Any:
        """Return the version that a reference names."""
        reference = self.api.ApiResourceReference(slug=slug, version=version, **fields)
        what = f"get_by_reference({_told(slug=slug, version=version, **fields)})"
        return accepted(what, skills.get_by_reference, reference)

    def current(self, skills: SkillApi, skill_id: str) -> Any:
        """Return the current version of an id."""
        return accepted(f"get({skill_id!r})", skills.get, self.api.SkillId(value=skill_id))

    def delete(self, skills: SkillApi, skill_id: str) -> Any:
        """Delete a skill."""
        return accepted(f"delete({skill_id!r})", skills.delete, self.api.SkillId(value=skill_id))

    def content(self, skills: SkillApi, key: str) -> bytes:
        """Return the artifact of a storage key."""
        request = self.api.GetArtifactRequest(artifact_storage_key=key)
        return bytes(accepted(f"get_artifact({key!r})", skills.get_artifact, request).artifact)


class Words:
    """Names that belong to one test: `words.org`, `words("Calc")` and its slug."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.org = f"org-{nonce}"
        self.other_org = f"other-{nonce}"

    def __call__(self, name: str) -> str:
        """Return a name of this test, with its nonce behind a blank."""
        return f"{name} {self.nonce}"

    def slug(self, slug: str) -> str:
        """Return the slug of the name that was made from a text of this slug."""
        return f"{slug}-{self.nonce}"


def _names_organisations(step: Step) -> bool:
    arguments = step.arguments
    return bool(arguments.get("org") or arguments.get("scope")) or any(
        path in ("metadata.org", "metadata.owner_scope") for path in _paths(step.returns)
    )


def _names_times(step: Step) -> bool:
    return any(path.endswith("_at") for path in _paths(step.returns))


def _paths(value: Any) -> Iterator[str]:
    """Yield the keys of what is expected, at any depth, and the paths into saved answers."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _paths(item)
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item)
    elif isinstance(value, str) and value.startswith("${"):
        yield value.strip("${}").partition(".")[2]


def accepted(what: str, call: Callable[..., Any], *arguments: Any, **fields: Any) -> Any:
    """Call and return the answer; fail in words when the call fails."""
    try:
        return call(*arguments, **fields)
    except Exception as error:  # noqa: BLE001 - the failure names it
        cause = raised_by(error)
        raise CallFailed(f"{what} must succeed, but {_failure(cause)}") from cause


def refusal(code: str, what: str, call: Callable[..., Any], *arguments: Any, **fields: Any) -> str:
    """Call, expect a failure of this gRPC status, and return its text."""
    try:
        answer = call(*arguments, **fields)
    except Exception as error:  # noqa: BLE001 - grpc's and other projects' errors share no base
        cause = raised_by(error)
        status = carried_status(cause)
        if status is None or status[0] != code:
            pytest.fail(f"{what} must fail with {code}, but {_failure(cause)}")
        return status[1]
    pytest.fail(f"{what} must fail with {code}, but was accepted with\n{str(answer)[:500]}")


def _failure(error: Exception) -> str:
    status = carried_status(error)
    if status is None:
        return f"raised {shown(error)}, which carries no status: {STATUS_SHAPES}"
    return f"failed with {status[0]}: {status[1]}"


def _told(**fields: Any) -> str:
    """Return the fields of a request as they are written in a call, artifacts by their size."""
    shorter = {
        name: f"<{len(value)} bytes>" if isinstance(value, bytes) else repr(value)
        for name, value in fields.items()
        if value
    }
    return ", ".join(f"{name}={value}" for name, value in shorter.items())
