"""How a consumer tests its client: a live service in the place of mocks of channel and stubs."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from pytest_stigmer.service.injection import ALWAYS, Fault

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.service.loopback import Service


def _module() -> Any:
    path = Path(__file__).with_name("agent_client.py")
    spec = importlib.util.spec_from_file_location("agent_client", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


agent_client = _module()


@pytest.fixture
def ask(stigmer_service: Service, stigmer_api: Generation) -> Any:
    """Give a function that runs one question to a fresh client."""

    async def answer(question: Any) -> Any:
        client = agent_client.AgentSkills(stigmer_service.address, "key", stigmer_api)
        async with client as skills:
            return await question(skills)

    return lambda question: asyncio.run(answer(question))


def test_versions_resolve_by_latest_tag_and_hash(
    ask: Any, stigmer_service: Service, stigmer_factory: Factory, stigmer_api: Generation
) -> None:
    """Three versions of one skill share its id; each name finds its own, in the order asked."""
    push = stigmer_service.command.push
    one, two, three = (
        push(stigmer_factory.push_request(name="Calculator", tag=tag, skill_md=f"# {tag}"))
        for tag in ("v1", "v2", "v3")
    )
    versions = ("v2", one.status.version_hash, "latest")
    references = [
        stigmer_api.ApiResourceReference(slug="calculator", version=version) for version in versions
    ]
    assert ask(lambda skills: skills.skills(references)) == [two, one, three]


def test_files_are_the_pushed_zip(
    ask: Any, stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """What was pushed beside SKILL.md comes back, five megabytes included."""
    data = bytes(range(256)) * 4 * 1024 * 5
    request = stigmer_factory.push_request(files={"tables.bin": data})
    skill = stigmer_service.command.push(request)
    zipped = ask(lambda skills: skills.files(skill))
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.read("tables.bin") == data


def test_a_missing_skill_is_named(ask: Any, stigmer_api: Generation) -> None:
    """NOT_FOUND becomes the client's own error with the slug in it."""
    reference = stigmer_api.ApiResourceReference(slug="nobody")
    with pytest.raises(agent_client.SkillMissing, match=r"^nobody: skill not found: nobody$"):
        ask(lambda skills: skills.skills([reference]))


def test_a_registry_that_is_away_for_a_moment_is_asked_again(
    ask: Any, stigmer_service: Service, stigmer_factory: Factory, stigmer_api: Generation
) -> None:
    """Two refusals cost two more calls, a third one is the caller's."""
    pushed = stigmer_service.command.push(stigmer_factory.push_request(name="Calculator"))
    reference = stigmer_api.ApiResourceReference(slug="calculator")
    stigmer_service.faults.add(Fault(method="getByReference", times=2, code="UNAVAILABLE"))
    assert ask(lambda skills: skills.skills([reference])) == [pushed]
    assert [call.code for call in stigmer_service.calls[1:]] == ["UNAVAILABLE"] * 2 + ["OK"]
    stigmer_service.faults.add(Fault(times=ALWAYS, code="UNAVAILABLE"))
    with pytest.raises(grpc.aio.AioRpcError):
        ask(lambda skills: skills.skills([reference]))
    assert len(stigmer_service.calls) == 1 + 3 + 3


def test_two_pushes_of_one_second_are_told_apart(
    ask: Any,
    stigmer_clock: FrozenClock,
    stigmer_service: Service,
    stigmer_factory: Factory,
    stigmer_api: Generation,
) -> None:
    """Under the frozen clock the client gets the newest push of a tag moved within a second."""
    push = stigmer_service.command.push
    push(stigmer_factory.push_request(name="Calculator", tag="stable"))
    stigmer_clock.advance("300ms")
    newest = push(stigmer_factory.push_request(name="Calculator", tag="stable"))
    reference = stigmer_api.ApiResourceReference(slug="calculator", version="stable")
    assert ask(lambda skills: skills.skills([reference])) == [newest]
