"""The wrong copy: every line that ends in `# typo` is one."""

from pytest_stigmer import (
    Factory,
    Flow,
    FrozenClock,
    Generation,
    Service,
    SkillClient,
    SqliteStore,
    StoreFactory,
)


def test_skills(
    stigmer_skills: SkillClient, stigmer_api: Generation, stigmer_factory: Factory
) -> None:
    stigmer_factory.push_request(nam="Calculator")  # typo
    request = stigmer_factory.push_request(name="Calculator")
    assert request.artefact  # typo
    pushed = stigmer_skills.push(request)
    assert pushed.status.version_hsh  # typo
    assert pushed.HasField("stauts")  # typo
    stigmer_skills.get_by_referense(request)  # typo
    stigmer_api.SkillID()  # typo
    stigmer_api.ApiResourceReference(slugg="calculator")  # typo
    stigmer_api.ApiResourceReference(kind="skil")  # typo
    stigmer_api.ApiResourceKind.Value("skil")  # typo
    assert stigmer_api.ApiResourceKind.skil  # typo
    pushed.metadata.labels[1] = "b"  # typo


def test_store(
    stigmer_store: SqliteStore,
    stigmer_store_factory: StoreFactory,
    stigmer_api: Generation,
    stigmer_clock: FrozenClock,
) -> None:
    stigmer_clock.advanse("300ms")  # typo
    stigmer_store_factory(shema=1)  # typo
    stigmer_store.list_resource("skill")  # typo
    assert stigmer_store.get_resource("skill", "a", stigmer_api.Skill).spec.skil_md  # typo


def test_service(stigmer_service: Service, stigmer_api: Generation) -> None:
    stigmer_service.adress  # typo
    stigmer_service.query.get_by_reference(stigmer_api.SkillId())  # typo
    assert stigmer_service.query.get(stigmer_api.SkillId()).kid  # typo


def test_flow(stigmer_flow: Flow) -> None:
    assert stigmer_flow.push(name="Calculator").spec.tga  # typo
