"""What a class that holds a skill API to the contract declares."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Protocol

import pytest

from pytest_stigmer.contract.capabilities import Capabilities
from pytest_stigmer.errors import StigmerError, UsageError
from pytest_stigmer.factories.artifacts import artifact

if TYPE_CHECKING:
    from collections.abc import Callable


class SkillApi(Protocol):
    """The five calls, messages in and out; a failure carries a gRPC status.

    `skills.client.SkillClient` is one. The stubs of a channel are a few lines away: their methods
    are named push, delete, get, getByReference and getArtifact.
    """

    def push(self, request: Any) -> Any:
        """Push a PushSkillRequest; return the Skill."""

    def get(self, request: Any) -> Any:
        """Return the current Skill of a SkillId."""

    def get_by_reference(self, request: Any) -> Any:
        """Return the Skill that an ApiResourceReference names."""

    def get_artifact(self, request: Any) -> Any:
        """Return the GetArtifactResponse of a GetArtifactRequest."""

    def delete(self, request: Any) -> Any:
        """Delete the Skill of a SkillId and return it as it was."""


class SkillDeclarations(Capabilities):
    """Attributes and methods that a subclass may set or override; `skills` it must define.

    The facts use organisations and names of their own, so they may run on a server with data.
    """

    has_organisations: ClassVar[bool] = True
    """Whether one slug in two organisations is two skills."""
    is_thread_safe: ClassVar[bool] = False
    """Whether threads may share `skills`."""
    can_reopen: ClassVar[bool] = False
    """Whether `reopen` is overridden: what was pushed outlives the process that took it."""
    can_open_twice: ClassVar[bool] = False
    """Whether `beside` is overridden: two servers may run on the same data."""
    can_move_clock: ClassVar[bool] = False
    """Whether `move_clock` is overridden: the registry's clock can be moved, backwards too."""

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

    def push(self, skills: SkillApi, name: str, text: str = "# one", **fields: Any) -> Any:
        """Push a ZIP whose SKILL.md is the text; `fields` are those of the request."""
        content = {"artifact": artifact(skill_md=text, files={}), **fields}
        return skills.push(self.api.PushSkillRequest(name=name, **content))

    def refer(self, skills: SkillApi, slug: str, version: str = "", **fields: Any) -> Any:
        """Return the version that a reference names."""
        reference = self.api.ApiResourceReference(slug=slug, version=version, **fields)
        return skills.get_by_reference(reference)

    def current(self, skills: SkillApi, skill_id: str) -> Any:
        """Return the current version of an id."""
        return skills.get(self.api.SkillId(value=skill_id))

    def delete(self, skills: SkillApi, skill_id: str) -> Any:
        """Delete a skill."""
        return skills.delete(self.api.SkillId(value=skill_id))

    def content(self, skills: SkillApi, key: str) -> bytes:
        """Return the artifact of a storage key."""
        request = self.api.GetArtifactRequest(artifact_storage_key=key)
        return bytes(skills.get_artifact(request).artifact)


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


def refusal(code: str, what: str, call: Callable[..., Any], *arguments: Any, **fields: Any) -> str:
    """Call, expect a failure of this gRPC status, and return its text."""
    try:
        answer = call(*arguments, **fields)
    except Exception as error:  # noqa: BLE001 - grpc's and other projects' errors share no base
        found, text = status_of(error)
        assert found == code, f"{what} must fail with {code}, but failed with {found}: {text}"
        return text
    return _accepted(code, what, answer)


def _accepted(code: str, what: str, answer: Any) -> NoReturn:
    pytest.fail(f"{what} must fail with {code}, but was accepted with\n{str(answer)[:500]}")


def status_of(error: Exception) -> tuple[str, str]:
    """Return gRPC status name and text of a StatusError or a grpc.RpcError; raise any other."""
    code = getattr(error, "code", None)
    if isinstance(error, StigmerError):
        return error.code, getattr(error, "details", None) or str(error)
    if callable(code):
        details: Any = getattr(error, "details", str)
        return code().name, str(details())
    raise error
