"""Whatever waits in the service, for a client, a fault or a turn, holds up nobody else."""

from __future__ import annotations

from contextlib import ExitStack, closing
from time import sleep
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from tests.service.raw_client import RawClient

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service import listener
from pytest_stigmer.service.injection import ALWAYS, Fault
from pytest_stigmer.service.loopback import LoopbackServer
from pytest_stigmer.service.transport import open_channel
from pytest_stigmer.service.way import REQUESTS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.service.loopback import Service

API = load("bundled")
MANY = 100
GET, PUSH = API.methods["get"].path, API.methods["push"].path
MISSING = API.SkillId(value="skl-missing")
CHECK = "/grpc.health.v1.Health/Check"
SERVING = b"\x08\x01"


def eventually(holds: Callable[[], Any]) -> Any:
    """Return what holds as soon as it does; fail when it does not for long."""
    for _ in range(1000):
        if found := holds():
            return found
        sleep(0.01)
    raise AssertionError("it never came to hold")


def test_half_sent_requests_hold_up_nobody(
    stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """Behind a hundred of them, and as many silent connections, a push and health are answered."""
    host, port = stigmer_service.address.split(":")
    with ExitStack() as stack:
        for _ in range(MANY // 10):
            client = stack.enter_context(RawClient(stigmer_service.address))
            for _ in range(10):
                client.half_send(PUSH)
        for _ in range(MANY):
            stack.enter_context(RawClient(f"{host}:{port}"))
        assert stigmer_service.command.push(stigmer_factory.push_request(), timeout=10)
        assert stigmer_service.channel.unary_unary(CHECK)(b"", timeout=10) == SERVING


def test_a_flood_of_half_sent_requests_cancels_nobody_elses_call(
    stigmer_service: Service,
) -> None:
    """Calls that come while thousands wait to be let in are let in, not dropped."""
    with ExitStack() as stack:
        clients = [stack.enter_context(RawClient(stigmer_service.address)) for _ in range(20)]
        for client in clients:
            for _ in range(200):
                client.half_send(PUSH)
        get = stigmer_service.channel.unary_unary(GET)
        calls = [get.future(MISSING.SerializeToString(), timeout=60) for _ in range(20)]
        codes = {call.code().name for call in calls}
    assert codes == {"NOT_FOUND"}


def test_late_calls_hold_up_nobody(steered: Callable[..., Any]) -> None:
    """While a hundred wait for an hour, others, health and the control API are answered."""
    client = steered()
    channel = client.control._channel
    client.control.call("InjectFault", method="get", latency="1h", times=-1)
    get = channel.unary_unary(GET)
    late = [get.future(MISSING.SerializeToString(), timeout=3600) for _ in range(MANY)]
    key = API.GetArtifactRequest(artifact_storage_key="skills/no.zip")
    with pytest.raises(StatusError, match=r"INVALID_ARGUMENT|NOT_FOUND"):
        client.skills.get_artifact(key)
    assert channel.unary_unary(CHECK)(b"", timeout=10) == SERVING
    client.control.call("ClearFaults")
    with pytest.raises(StatusError, match="NOT_FOUND"):
        client.skills.get(MISSING)
    for call in late:
        call.cancel()


def test_a_cancelled_call_stops_waiting(stigmer_service: Service) -> None:
    """It is forgotten at once, and the log says that its caller went away."""
    stigmer_service.faults.add(Fault(latency="1h", times=ALWAYS))
    get = stigmer_service.channel.unary_unary(GET)
    late = [get.future(MISSING.SerializeToString(), timeout=3600) for _ in range(3)]
    eventually(lambda: all(fault.seen == 3 for fault in stigmer_service.faults._armed))
    for call in late:
        call.cancel()
    eventually(lambda: len(stigmer_service.calls) == 3)
    assert {call.code for call in stigmer_service.calls} == {"CANCELLED"}


def test_the_latencies_of_several_faults_add_up(stigmer_service: Service) -> None:
    """A call that two faults strike is late by both, and refused by the one that has a code."""
    stigmer_service.faults.add(Fault(latency="30ms"))
    stigmer_service.faults.add(Fault(latency="20ms", code="ABORTED"))
    with pytest.raises(StatusError, match="ABORTED"):
        stigmer_service.skills.get(MISSING)
    assert stigmer_service.calls[0].milliseconds >= 50


def test_a_stop_ends_what_waits() -> None:
    """A call that would be late by an hour, and a half-sent one, are told that the server stops."""
    server = LoopbackServer(API)
    with RawClient(server.address) as raw:
        raw.half_send(PUSH)
        eventually(lambda: server._server._listener.live)
        server.stop()
        assert b"the server stops" in raw.read_until(b"the server stops")


def test_sigterm_does_not_wait_for_late_calls(serving: Any, connected: Any) -> None:
    """A server with a call that would be late by an hour ends as any."""
    with serving("--quiet") as served, connected(served.address) as client:
        client().control.call("InjectFault", latency="1h", times=-1)
        get = client().control._channel.unary_unary(GET)
        late = get.future(MISSING.SerializeToString(), timeout=3600)
        eventually(lambda: late.is_active() and client().control.call("GetClock"))
        served.process.terminate()
        assert served.end() == (0, "", "")
        assert late.exception(timeout=10).details() == "the server stops"


def test_a_watcher_is_told_of_the_stop() -> None:
    """Health says SERVING at once and NOT_SERVING at the end."""
    server = LoopbackServer(API)
    with closing(open_channel(server.address)) as channel:
        seen = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=3600)
        assert next(seen) == SERVING
        server.stop()
        assert next(seen) == b"\x08\x02"
        with pytest.raises(grpc.RpcError) as caught:
            next(seen)
    error: Any = caught.value
    assert (error.code().name, error.details()) == ("UNAVAILABLE", "the server stops")


def test_a_client_that_is_too_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that does not come in time is refused, which says how long it was waited for."""
    monkeypatch.setattr(listener, "SLOW_SECONDS", 0.01)
    monkeypatch.setattr(listener, "_LOOK_SECONDS", 0.01)
    with ExitStack() as stack:
        server = LoopbackServer(API)
        stack.callback(server.stop)
        raw = stack.enter_context(RawClient(server.address))
        raw.half_send(PUSH)
        assert b"the request did not come within" in raw.read_until(b"did not come within")


def test_a_connection_has_few_requests_in_memory(stigmer_service: Service) -> None:
    """Those beyond its turns stay unread until one of them ends; other connections have theirs."""
    with RawClient(stigmer_service.address) as raw:
        half = [raw.half_send(PUSH) for _ in range(REQUESTS_AT_ONCE)]
        raw.message(raw.begin(GET), MISSING.SerializeToString())
        for _ in range(MANY):
            with pytest.raises(StatusError, match="NOT_FOUND"):
                stigmer_service.skills.get(MISSING)
        assert len(stigmer_service.calls) == MANY
        raw.reset(half[0])
        raw.read_until(b"Skill not found")
    assert len(stigmer_service.calls) == MANY + 1


def test_what_a_gone_connection_had_waiting_is_forgotten() -> None:
    """Neither its turns nor the requests that waited for one remain."""
    with ExitStack() as stack:
        server = LoopbackServer(API)
        stack.callback(server.stop)
        turns = server._server._ways[0]._turns
        with RawClient(server.address) as raw:
            for _ in range(MANY):
                raw.half_send(PUSH)
            eventually(lambda: turns._waiting)
        eventually(lambda: not turns._waiting and not turns._taken)


LOOPS = """
    import asyncio, threading
    import grpc, pytest

    async def talk(service, request):
        async with grpc.aio.insecure_channel(service.address) as channel:
            push = service.command_on(channel).push
            await asyncio.gather(*(push(request, timeout=20) for _ in range(4)))

    @pytest.mark.parametrize("turn", range(20))
    @pytest.mark.asyncio
    async def test_one_loop_after_another(turn, stigmer_service, stigmer_factory):
        await talk(stigmer_service, stigmer_factory.push_request())

    @pytest.mark.parametrize("clock", ["running", "frozen"])
    @pytest.mark.asyncio
    async def test_two_loops_at_once(clock, request, stigmer_service, stigmer_factory):
        if clock == "frozen":
            request.getfixturevalue("stigmer_clock")
        work = talk(stigmer_service, stigmer_factory.push_request())
        other = threading.Thread(target=asyncio.run, args=(work,))
        other.start()
        await talk(stigmer_service, stigmer_factory.push_request())
        other.join()
"""


def test_event_loops_of_the_users_own_leave_nothing_on_standard_error(
    pytester: pytest.Pytester,
) -> None:
    """Twenty of grpc.aio one after the other, and two at once, also under stigmer_clock."""
    pytest.importorskip("pytest_asyncio")
    pytester.makepyfile(LOOPS)
    options = ("-p", "asyncio", "-o", "asyncio_default_fixture_loop_scope=function")
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-s", *options)
    result.assert_outcomes(passed=22)
    assert str(result.stderr) == ""
    assert "BlockingIOError" not in str(result.stdout)
