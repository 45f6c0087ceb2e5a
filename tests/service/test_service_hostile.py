"""A service that is fed random bytes answers with statuses, and goes on serving."""

from __future__ import annotations

import random
import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from pytest_stigmer.service.control_api import control_api
from pytest_stigmer.service.transport import open_channel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.service.loopback import Service

PACKAGE = "/ai.stigmer.agentic.skill.v1."
PATHS = [
    f"{PACKAGE}SkillCommandController/push",
    f"{PACKAGE}SkillCommandController/delete",
    f"{PACKAGE}SkillQueryController/get",
    f"{PACKAGE}SkillQueryController/getByReference",
    f"{PACKAGE}SkillQueryController/getArtifact",
]
REFUSALS = {"INVALID_ARGUMENT", "NOT_FOUND", "INTERNAL", "UNIMPLEMENTED", "RESOURCE_EXHAUSTED"}
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
FRAMES = {
    "nothing": b"",
    "another protocol": b"GET / HTTP/1.1\r\nHost: here\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "half a preface": PREFACE[:10],
    "a preface and noise": PREFACE + bytes(range(256)) * 4,
    "headers that are none": PREFACE + SETTINGS + b"\x00\x00\x04\x01\x05\x00\x00\x00\x01\xff\xff",
    "a frame longer than allowed": PREFACE + SETTINGS + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01",
}


def noise(chance: random.Random) -> bytes:
    """Draw some bytes, few or many."""
    return chance.randbytes(chance.choice([0, 1, 2, 5, 30, 3000]))


def codes(call: Callable[[bytes], Any], *, times: int = 40) -> set[str]:
    """Make calls of random bytes; return the statuses, `OK` for an answer."""
    chance = random.Random(20260126)  # noqa: S311 - bytes, not secrets
    found = set()
    for _ in range(times):
        try:
            call(noise(chance))
        except grpc.RpcError as error:
            refusal: Any = error
            found.add(refusal.code().name)
        else:
            found.add("OK")
    return found


def test_calls_of_random_bytes_are_refused(
    stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """Every method refuses them by a status of the contract; nothing is stored."""
    for path in PATHS:
        call = stigmer_service.channel.unary_unary(path)
        assert codes(lambda data, call=call: call(data, timeout=10)) <= REFUSALS
    assert stigmer_service.store.list_resources("skill") == []
    assert stigmer_service.command.push(stigmer_factory.push_request(), timeout=10)


def test_the_control_api_survives_random_bytes(steered: Callable[..., Any]) -> None:
    """They are refused or, where they happen to be a request, answered; no other store is hit."""
    steered("other").move("1s")
    control = steered("noise").control
    metadata = control._metadata
    for method in control_api().methods.values():
        call = control._channel.unary_unary(method.path)
        found = codes(lambda data, call=call: call(data, timeout=10, metadata=metadata))
        assert found <= {*REFUSALS, "OK"}
    assert steered("other").control.call("GetClock").instant == "2026-01-25T10:00:01.100000Z"


@pytest.mark.parametrize("what", FRAMES)
def test_a_connection_of_noise_disturbs_nobody(
    stigmer_service: Service, stigmer_factory: Factory, what: str
) -> None:
    """Whatever comes in on one connection, another is served, also a new one."""
    host, port = stigmer_service.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as noisy:
        noisy.sendall(FRAMES[what])
        with suppress(TimeoutError, ConnectionError):
            noisy.settimeout(0.05)
            while noisy.recv(4096):
                pass
        assert stigmer_service.command.push(stigmer_factory.push_request(), timeout=10)
    with closing(open_channel(stigmer_service.address)) as channel:
        push = channel.unary_unary(PATHS[0])
        request = stigmer_factory.push_request(name="Other").SerializeToString()
        assert push(request, timeout=10)
