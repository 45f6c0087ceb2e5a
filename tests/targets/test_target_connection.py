"""The way to a server in another process: what is sent along, and how its loss is told."""

from __future__ import annotations

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import ServerLost, StatusError
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.targets.remote import remote_target
from pytest_stigmer.targets.server_connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 5.0
"""How long nothing here may take, in seconds; far above what it takes."""


def kill(served: Any) -> None:
    """End a server as a crash does."""
    served.process.send_signal(signal.SIGKILL)
    served.process.wait(10)


def test_a_killed_server_is_told_in_one_line_at_every_later_step(
    serving: Any, api: Any, stigmer_factory: Any, tmp_path: Path
) -> None:
    """The first call that meets the loss names itself; all later ones say the same, at once."""
    with (
        serving("--quiet", TMPDIR=str(tmp_path)) as served,
        closing(Connection(served.address, api)) as connection,
    ):
        target = remote_target(connection, stigmer_factory, hunting=False)
        assert target.perform("push", {"name": "Calculator"}).failure is None
        kill(served)
        started = stopwatch()
        texts = []
        steps = [("get", {"id": "skl-1"}), ("push", {"name": "x"}), ("advance", {"duration": "1s"})]
        for verb, arguments in steps:
            with pytest.raises(ServerLost) as caught:
                target.perform(verb, arguments)
            texts.append(str(caught.value))
        assert target.close() == []
        assert stopwatch() - started < PATIENCE
    assert set(texts) == {texts[0]}
    assert texts[0].startswith(f"the server {served.address} was lost at get (UNAVAILABLE: ")
    assert "\n" not in texts[0]


def test_a_scenario_on_a_lost_server_is_an_error_with_that_line(
    serving: Any, api: Any, stigmer_factory: Any, flow: Callable[..., Any], tmp_path: Path
) -> None:
    """Neither a failure of the registry nor a skip."""
    with (
        serving("--quiet", TMPDIR=str(tmp_path)) as served,
        closing(Connection(served.address, api)) as connection,
    ):
        target = remote_target(connection, stigmer_factory, hunting=False)
        kill(served)
        outcome = run(flow("organisations"), target)
    assert outcome.status is Status.ERROR
    assert outcome.reason.startswith(f"the server {served.address} was lost at")


def test_a_server_that_does_not_answer_in_time_is_lost(
    serving: Any, api: Any, stigmer_factory: Any
) -> None:
    """One call waits for the deadline, the others do not."""
    with (
        serving("--quiet") as served,
        closing(Connection(served.address, api, seconds=0.3)) as connection,
    ):
        target = remote_target(connection, stigmer_factory, hunting=False)
        target._control.call("InjectFault", times=-1, latency="1s")
        started = stopwatch()
        for _ in range(20):
            with pytest.raises(ServerLost, match=r"lost at get \(DEADLINE_EXCEEDED"):
                target.perform("get", {"id": "skl-1"})
        assert stopwatch() - started < PATIENCE


def test_unavailable_from_a_living_server_is_an_answer(
    serving: Any, api: Any, stigmer_factory: Any
) -> None:
    """A status that the server itself gave is compared as any other."""
    with serving("--quiet") as served, closing(Connection(served.address, api)) as connection:
        target = remote_target(connection, stigmer_factory, hunting=False)
        target._control.call("InjectFault", code="UNAVAILABLE", details="database is locked")
        answer = target.perform("get", {"id": "skl-1"})
        assert (answer.failure.code, answer.failure.message) == (
            "UNAVAILABLE",
            "database is locked",
        )
        assert target.perform("get", {"id": "skl-1"}).failure.code == "NOT_FOUND"
        target.close()


def test_a_server_that_was_never_there_is_told_soon(api: Any, stigmer_factory: Any) -> None:
    """The line names the address, the wait and what to do; the second scenario does not wait."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can answer there
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with closing(Connection(address, api, seconds=0.2)) as connection:
            for _ in range(2):
                with pytest.raises(ServerLost) as caught:
                    remote_target(connection, stigmer_factory, hunting=False)
    text = str(caught.value)
    assert text.startswith(f"no server answers at {address} within 0.2 s (UNAVAILABLE: ")
    assert text.endswith("start it, or correct the target's address and the TLS options")


def test_credentials_go_with_every_call(api: Any) -> None:
    """Skill calls and the first look at the server carry `authorization`, once."""
    seen: list[list[str]] = []

    def refuse(_: bytes, context: Any) -> bytes:
        metadata = context.invocation_metadata()
        seen.append([value for key, value in metadata if key == "authorization"])
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "nothing here")
        return b""

    class Anything:
        def service(self, _: Any) -> Any:
            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Anything()])
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    with closing(Connection(address, api, token="key")) as connection:
        assert not connection.steerable
        with pytest.raises(StatusError, match="UNIMPLEMENTED: nothing here"):
            connection.transport().call("get", b"")
    server.stop(None).wait()
    assert seen == [["Bearer key"], ["Bearer key"]]
