"""The suite of a project that checks its types: the type of every fixture, and what they give."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from faker import Faker

from pytest_stigmer import (
    Factory,
    Fault,
    Flow,
    FrozenClock,
    Generation,
    RunningService,
    Service,
    SharedSkills,
    SkillClient,
    SqliteStore,
    StatusError,
    StoreContract,
    StoreFactory,
    running_service,
)
from pytest_stigmer.fixtures import service_fixture, skills_fixture

if TYPE_CHECKING:
    from pytest_stigmer.api.message_types import PushSkillRequest, Skill

shared_skills = skills_fixture(scope="module")
shared_service = service_fixture(scope="module")


def hash_of(skill: "Skill") -> str:
    return skill.status.version_hash


@pytest.fixture
def calculator(stigmer_factory: Factory) -> "PushSkillRequest":
    return stigmer_factory.push_request(name="Calculator", tag="stable", files={"a.txt": "a"})


def test_skills(
    stigmer_skills: SkillClient, stigmer_api: Generation, calculator: "PushSkillRequest"
) -> None:
    assert calculator.artifact
    pushed = stigmer_skills.push(calculator)
    assert hash_of(pushed)
    assert pushed.HasField("status")
    reference = stigmer_api.ApiResourceReference(
        slug=pushed.metadata.slug, version="stable", scope="api_resource_owner_scope_unspecified"
    )
    assert stigmer_skills.get_by_reference(reference) == pushed
    request = stigmer_api.GetArtifactRequest()
    request.artifact_storage_key = pushed.status.artifact_storage_key
    assert stigmer_skills.get_artifact(request).artifact == calculator.artifact
    with pytest.raises(StatusError) as caught:
        stigmer_skills.get(stigmer_api.SkillId(value="nobody"))
    assert caught.value.code


def test_store(
    stigmer_store: SqliteStore,
    stigmer_store_factory: StoreFactory,
    stigmer_factory: Factory,
    stigmer_api: Generation,
    stigmer_clock: FrozenClock,
    stigmer_faker: Faker,
) -> None:
    stigmer_clock.advance("300ms")
    skill = stigmer_factory.skill(name=stigmer_faker.word(), labels={"a": "b"})
    stigmer_store.save_resource("skill", "a", skill)
    found = stigmer_store.get_resource("skill", "a", stigmer_api.Skill)
    assert found.metadata.labels["a"] == "b"
    assert stigmer_api.ApiResourceKind.Value("skill") == stigmer_api.ApiResourceKind.skill
    assert stigmer_store_factory(schema=1).list_resources("skill") == []


def test_service(
    stigmer_service: Service, stigmer_api: Generation, calculator: "PushSkillRequest"
) -> None:
    pushed = stigmer_service.command.push(calculator, timeout=5)
    stigmer_service.faults.add(Fault(method="get", times=1, code="UNAVAILABLE"))
    reference = stigmer_api.ApiResourceReference(slug=pushed.metadata.slug)
    assert hash_of(stigmer_service.query.getByReference(reference)) == pushed.status.version_hash


def test_flow(stigmer_flow: Flow) -> None:
    assert stigmer_flow.push(name="Calculator", tag="v1").spec.tag == "v1"


def test_shared(shared_skills: SharedSkills, shared_service: RunningService) -> None:
    shared_skills.reset()
    shared_service.reset()
    with running_service() as service:
        assert service.address


class TestOwn(StoreContract):
    can_reopen = False

    @pytest.fixture
    def store(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
        with SqliteStore(tmp_path_factory.mktemp("own") / "own.db") as store:
            yield store
