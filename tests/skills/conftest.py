"""A registry on a real file for each test, and the words that the skill tests speak in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Clock

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.endpoint import SkillClient


class Push(Protocol):
    """Pushes a small artifact whose only content is `skill_md`."""

    def __call__(self, name: str = "Calc", skill_md: str = "# one", **fields: Any) -> Any:
        """Return the Skill message answered; `fields` are those of the request."""


@pytest.fixture
def parts(tmp_path: Path, clock: Clock, api: Generation) -> Iterator[Registry]:
    """Give a registry on a fresh file."""
    with Registry(tmp_path / "stigmer.db", clock=clock, generation=api) as assembled:
        yield assembled


@pytest.fixture
def skills(parts: Registry) -> SkillClient:
    """Give the skill API in process."""
    return parts.client()


@pytest.fixture
def push(skills: SkillClient, api: Generation) -> Push:
    """Give a function that pushes a skill by name and text."""

    def pushed(name: str = "Calc", skill_md: str = "# one", **fields: Any) -> Any:
        content = {"artifact": artifact(skill_md=skill_md, files={}), **fields}
        return skills.push(api.PushSkillRequest(name=name, **content))

    return pushed


@pytest.fixture
def refer(skills: SkillClient, api: Generation) -> Callable[..., Any]:
    """Give a function that resolves a reference to the skill `calc`."""

    def resolved(version: str = "", **fields: Any) -> Any:
        reference = api.ApiResourceReference(**{"slug": "calc", "version": version, **fields})
        return skills.get_by_reference(reference)

    return resolved


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str]]:
    """Give a function that makes a call which must fail, and returns code and details."""

    def refused(call: Callable[..., Any], *arguments: Any, **fields: Any) -> tuple[str, str]:
        with pytest.raises(StatusError) as raised:
            call(*arguments, **fields)
        return raised.value.code, raised.value.details

    return refused
