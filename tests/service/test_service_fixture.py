"""What a test gets from stigmer_service."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.handlers import NAMESPACE_KEY
from pytest_stigmer.service.injection import ALWAYS, Fault

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore

DEADLINE = 10


def test_stubs_have_the_names_of_the_calls(
    stigmer_service: Service, stigmer_factory: Factory, stigmer_api: Generation
) -> None:
    """The stubs' methods are the wire names; all five work."""
    pushed = stigmer_service.command.push(stigmer_factory.push_request(name="Calculator"))
    skill_id = stigmer_api.SkillId(value=pushed.metadata.id)
    reference = stigmer_api.ApiResourceReference(slug="calculator")
    key = stigmer_api.GetArtifactRequest(artifact_storage_key=pushed.status.artifact_storage_key)
    assert stigmer_service.query.get(skill_id) == pushed
    assert stigmer_service.query.getByReference(reference) == pushed
    assert stigmer_service.query.getArtifact(key).artifact[:2] == b"PK"
    assert stigmer_service.command.delete(skill_id) == pushed
    with pytest.raises(AttributeError, match="no method 'get'; there are delete, push"):
        stigmer_service.command.get(skill_id)


def test_service_and_skills_share_the_store(
    stigmer_service: Service,
    stigmer_skills: SkillClient,
    stigmer_store: SqliteStore,
    stigmer_factory: Factory,
) -> None:
    """What is pushed in process is served on the wire, from the store that the test sees."""
    pushed = stigmer_skills.push(stigmer_factory.push_request(name="Calculator"))
    assert stigmer_service.store is stigmer_store
    assert stigmer_service.skills.get(_id_of(pushed)) == pushed
    assert len(stigmer_service.store.list_resources("skill")) == 1


def test_a_refusal_has_one_code_and_text_everywhere(
    stigmer_service: Service, stigmer_skills: SkillClient, stigmer_api: Generation
) -> None:
    """In process, over the service's client and on a user's channel the status is the same."""
    missing = stigmer_api.SkillId(value="skl-missing")
    with pytest.raises(StatusError) as in_process:
        stigmer_skills.get(missing)
    with pytest.raises(StatusError) as over_wire:
        stigmer_service.skills.get(missing)
    with pytest.raises(grpc.RpcError) as on_channel:
        stigmer_service.query.get(missing)
    seen = (in_process.value.code, in_process.value.details)
    assert seen == ("NOT_FOUND", "Skill not found: skl-missing")
    assert (over_wire.value.code, over_wire.value.details) == seen
    error: Any = on_channel.value
    assert (error.code().name, error.details()) == seen


def test_a_frozen_clock_stamps_records_and_spares_deadlines(
    stigmer_service: Service, stigmer_clock: FrozenClock, stigmer_factory: Factory
) -> None:
    """Under a clock frozen in the past a call with a deadline succeeds and carries that instant."""
    pushed = stigmer_service.command.push(stigmer_factory.push_request(), timeout=DEADLINE)
    assert pushed.status.audit.spec_audit.created_at.ToDatetime() == stigmer_clock.now().replace(
        tzinfo=None
    )
    stigmer_clock.advance("300ms")
    stigmer_service.command.push(stigmer_factory.push_request(), timeout=DEADLINE)
    instants = [call.instant[17:] for call in stigmer_service.calls]
    assert instants == ["00.000000Z", "00.300000Z"]


def test_a_deadline_ends_a_call(stigmer_service: Service, stigmer_api: Generation) -> None:
    """A late answer is DEADLINE_EXCEEDED for a caller with a shorter deadline."""
    stigmer_service.faults.add(Fault(method="get", latency="500ms"))
    with pytest.raises(grpc.RpcError) as caught:
        stigmer_service.query.get(stigmer_api.SkillId(value="skl-1"), timeout=0.05)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


class _Bearer(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[misc]
):
    """Adds credentials, as a consumer's own client does."""

    def intercept_unary_unary(self, call: Any, details: Any, request: Any) -> Any:
        """Send `authorization` with the call."""
        changed = details._replace(metadata=[("authorization", "Bearer key")])
        return call(changed, request)


def test_a_channel_of_the_users_own_may_have_interceptors(
    stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """Metadata that the service does not know does no harm."""
    with grpc.insecure_channel(stigmer_service.address) as plain:
        channel = grpc.intercept_channel(plain, _Bearer())
        pushed = stigmer_service.command_on(channel).push(stigmer_factory.push_request())
        assert stigmer_service.query_on(channel).get(_id_of(pushed)) == pushed


def test_threads_push_at_the_same_time(
    stigmer_service: Service, stigmer_factory: Factory, stigmer_clock: FrozenClock
) -> None:
    """Eight threads with one channel push eight skills, all at the frozen instant."""
    requests = [stigmer_factory.push_request(name=f"Skill {number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        pushed = list(pool.map(stigmer_service.command.push, requests))
    assert len({skill.metadata.id for skill in pushed}) == 8
    instants = {skill.status.audit.spec_audit.created_at.ToDatetime() for skill in pushed}
    assert instants == {stigmer_clock.now().replace(tzinfo=None)}


def test_asyncio_clients_are_served(
    stigmer_service: Service, stigmer_factory: Factory, stigmer_clock: FrozenClock
) -> None:
    """A grpc.aio channel works too, with deadlines, under the frozen clock."""
    requests = [stigmer_factory.push_request(name=f"Skill {number}") for number in range(4)]

    async def push_all() -> list[Any]:
        async with grpc.aio.insecure_channel(stigmer_service.address) as channel:
            command = stigmer_service.command_on(channel)
            calls = (command.push(request, timeout=DEADLINE) for request in requests)
            return list(await asyncio.gather(*calls))

    pushed = asyncio.run(push_all())
    assert {skill.metadata.slug for skill in pushed} == {f"skill-{number}" for number in range(4)}
    instants = {skill.status.audit.spec_audit.created_at.ToDatetime() for skill in pushed}
    assert instants == {stigmer_clock.now().replace(tzinfo=None)}


def test_a_namespace_is_a_store_of_its_own(
    stigmer_service: Service, stigmer_factory: Factory, stigmer_api: Generation
) -> None:
    """Clients that name a namespace see what was pushed there, and nothing else."""
    mine = ((NAMESPACE_KEY, "worker-1"),)
    pushed = stigmer_service.command.push(stigmer_factory.push_request(), metadata=mine)
    assert stigmer_service.query.get(_id_of(pushed), metadata=mine) == pushed
    with pytest.raises(grpc.RpcError):
        stigmer_service.query.get(stigmer_api.SkillId(value=pushed.metadata.id))
    assert not stigmer_service.store.list_resources("skill")


def test_faults_strike_the_call_they_name(
    stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """A fault on the second get refuses that one; `ALWAYS` refuses all that follow."""
    pushed = stigmer_service.skills.push(stigmer_factory.push_request())
    stigmer_service.faults.add(Fault(method="get", on_call=2, code="UNAVAILABLE", details="away"))
    assert stigmer_service.skills.get(_id_of(pushed)) == pushed
    with pytest.raises(StatusError, match="UNAVAILABLE: away"):
        stigmer_service.skills.get(_id_of(pushed))
    assert stigmer_service.skills.get(_id_of(pushed)) == pushed
    stigmer_service.faults.add(Fault(code="RESOURCE_EXHAUSTED", times=ALWAYS))
    for _ in range(3):
        with pytest.raises(StatusError, match="injected fault"):
            stigmer_service.skills.get(_id_of(pushed))
    stigmer_service.faults.clear()
    assert stigmer_service.skills.get(_id_of(pushed)) == pushed
    assert [call.code for call in stigmer_service.calls].count("RESOURCE_EXHAUSTED") == 3


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            Fault(code="unavailable"),
            "unknown gRPC status 'unavailable'; did you mean 'UNAVAILABLE'?",
        ),
        (Fault(code="NOPE"), "unknown gRPC status 'NOPE' (known: "),
        (Fault(code="OK"), "code 'OK' refuses nothing: give another status, or a latency alone"),
        (
            Fault(method="get_by_reference", code="INTERNAL"),
            "unknown method 'get_by_reference'; did you mean 'getByReference'? (known: delete, ",
        ),
        (Fault(method="", code="INTERNAL"), "unknown method '' (known: delete, "),
        (Fault(latency="-1s"), "latency '-1s' is negative: a call can only be late, such as 200ms"),
        (Fault(latency="9999999d"), "latency '9999999d' is longer than a day"),
        (Fault(on_call=0), "on_call is 0, and calls are counted from 1, the next one"),
        (Fault(times=0), "times is 0, so the fault would never strike"),
    ],
)
def test_a_fault_that_cannot_strike_as_it_says_is_refused(
    stigmer_service: Service, stigmer_api: Generation, fault: Fault, text: str
) -> None:
    """The test that adds it is told what is wrong and the nearest word; calls meet no fault."""
    with pytest.raises(ValueError, match=re.escape(text)):
        stigmer_service.faults.add(fault)
    with pytest.raises(StatusError, match="NOT_FOUND"):
        stigmer_service.skills.get(stigmer_api.SkillId(value="skl-1"))


def test_proxies_in_the_environment_do_not_stand_before_loopback(
    stigmer_factory: Factory, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A plain channel of the user's own reaches the service in spite of a proxy."""
    for name in ("no_grpc_proxy", "no_proxy", "NO_PROXY", "grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    service: Service = request.getfixturevalue("stigmer_service")
    with grpc.insecure_channel(service.address) as channel:
        service.command_on(channel).push(stigmer_factory.push_request(), timeout=DEADLINE)
    service.command.push(stigmer_factory.push_request(), timeout=DEADLINE)


def test_the_options_of_the_service_pass_a_proxy_by(
    stigmer_service: Service, stigmer_factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel with them reaches the service where the environment has no exception for it."""
    for name in ("no_grpc_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("grpc_proxy", "http://127.0.0.1:9")
    request = stigmer_factory.push_request()
    with grpc.insecure_channel(stigmer_service.address, stigmer_service.channel_options) as channel:
        stigmer_service.command_on(channel).push(request, timeout=DEADLINE)
    with (
        grpc.insecure_channel(stigmer_service.address) as channel,
        pytest.raises(grpc.RpcError),
    ):
        stigmer_service.command_on(channel).push(request, timeout=DEADLINE)


ADDRESS_AND_STORE = """
    import pytest
    seen = []

    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_it(turn, stigmer_service, stigmer_factory):
        assert not stigmer_service.store.list_resources("skill")
        stigmer_service.command.push(stigmer_factory.push_request())
        seen.append(stigmer_service.address)
        assert set(seen) == {seen[0]}
"""


def test_the_address_stays_and_the_store_is_fresh(pytester: pytest.Pytester) -> None:
    """One server serves all tests of a process, each with an empty store."""
    pytester.makepyfile(ADDRESS_AND_STORE)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3)


AFTER_THE_TEST = """
    import grpc, pytest
    kept = []

    def test_one(stigmer_service):
        kept.append((stigmer_service.address, stigmer_service.query_on))

    def test_two(stigmer_api):
        address, query_on = kept[0]
        with grpc.insecure_channel(address) as channel:
            with pytest.raises(grpc.RpcError) as caught:
                query_on(channel).get(stigmer_api.SkillId(value="skl-1"))
        assert "no test is using stigmer_service" in caught.value.details()
"""


def test_between_tests_nothing_is_served(pytester: pytest.Pytester) -> None:
    """A client that outlives its test is told that the registry is gone."""
    pytester.makepyfile(AFTER_THE_TEST)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


WITHOUT_GRPC = """
    import sys
    sys.modules["grpc"] = None
"""
ADVICE = "*needs grpcio, which*pip install*stigmer?service?*"


def test_without_grpcio_the_fixture_says_what_to_install(pytester: pytest.Pytester) -> None:
    """The error names the libraries and the extra; other tests are not touched."""
    pytester.makeconftest(WITHOUT_GRPC)
    pytester.makepyfile("""
        def test_one(stigmer_service): pass
        def test_two(stigmer_skills): pass
    """)
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([ADVICE])


def test_without_grpcio_the_target_says_what_to_install(pytester: pytest.Pytester) -> None:
    """`--stigmer-target service` is a usage error before anything runs."""
    pytester.makeconftest(WITHOUT_GRPC)
    result = pytester.runpytest_subprocess("-p", "conftest", "--stigmer-target", "service")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([ADVICE])


def _id_of(skill: Any) -> Any:
    return load().SkillId(value=skill.metadata.id)
