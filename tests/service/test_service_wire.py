"""What clients of any language see: bytes, statuses, limits, health and reflection."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from pytest_stigmer.service.control_api import control_api
from pytest_stigmer.service.standard import REFLECTION, Reflection

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.service.loopback import Service

COMMAND = "ai.stigmer.agentic.skill.v1.SkillCommandController"
QUERY = "ai.stigmer.agentic.skill.v1.SkillQueryController"
HEALTH = "grpc.health.v1.Health"
SERVING = b"\x08\x01"
MEBIBYTE = 1024 * 1024


def varint(number: int) -> bytes:
    """Encode as protobuf does."""
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, content: bytes) -> bytes:
    """Encode one length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def archive(text: str) -> bytes:
    """Return a ZIP with SKILL.md."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as writer:
        writer.writestr("SKILL.md", text)
    return buffer.getvalue()


def call(service: Service, path: str, request: bytes) -> bytes:
    """Make a call that knows nothing but bytes."""
    answer: bytes = service.channel.unary_unary(path)(request, timeout=10)
    return answer


def refusal(service: Service, path: str, request: bytes) -> tuple[str, str]:
    """Return status name and text of a call that fails."""
    with pytest.raises(grpc.RpcError) as caught:
        call(service, path, request)
    error: Any = caught.value
    return error.code().name, error.details()


def test_a_client_that_knows_only_bytes_gets_right_answers(stigmer_service: Service) -> None:
    """A hand-encoded push is stored, its version hash is the ZIP's, and its reference resolves."""
    data = archive("# one")
    pushed = call(stigmer_service, f"/{COMMAND}/push", field(1, b"Calculator") + field(4, data))
    version_hash = hashlib.sha256(data).hexdigest().encode()
    assert field(1, version_hash) in pushed
    reference = field(4, b"calculator") + field(5, version_hash)
    assert call(stigmer_service, f"/{QUERY}/getByReference", reference) == pushed
    key = field(1, b"skills/" + version_hash + b".zip")
    assert call(stigmer_service, f"/{QUERY}/getArtifact", key) == field(1, data)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"/{QUERY}/list", f"unknown method list for service {QUERY}"),
        ("/ai.stigmer.Nobody/get", "unknown service ai.stigmer.Nobody"),
    ],
)
def test_an_unknown_method_is_refused_in_the_real_servers_words(
    stigmer_service: Service, path: str, text: str
) -> None:
    """UNIMPLEMENTED names the method and the service, or the service alone."""
    assert refusal(stigmer_service, path, b"") == ("UNIMPLEMENTED", text)


@pytest.mark.parametrize("over", [1, 2 * MEBIBYTE])
def test_a_message_over_the_limit_is_refused_in_the_real_servers_words(
    stigmer_service: Service, over: int
) -> None:
    """10 MiB is the longest request; one byte more is RESOURCE_EXHAUSTED with both sizes."""
    head = field(1, b"Calculator")
    rest = 10 * MEBIBYTE + over - len(head) - 5
    request = head + varint(4 << 3 | 2) + varint(rest) + b"#" * rest
    code, text = refusal(stigmer_service, f"/{COMMAND}/push", request)
    assert code == "RESOURCE_EXHAUSTED"
    assert text == f"grpc: received message larger than max ({len(request)} vs. 10485760)"


def test_a_message_far_over_the_limit_is_not_even_received(stigmer_service: Service) -> None:
    """A hard limit remains: grpcio itself refuses, with the same status."""
    code, _ = refusal(stigmer_service, f"/{COMMAND}/push", b"#" * (17 * MEBIBYTE))
    assert code == "RESOURCE_EXHAUSTED"


def test_health_tells_that_every_service_serves(stigmer_service: Service) -> None:
    """The standard health service answers for the server and for each service, and lists them."""
    for name in ("", COMMAND, QUERY):
        assert call(stigmer_service, f"/{HEALTH}/Check", field(1, name.encode())) == SERVING
    listed = (
        control_api()
        .messages["HealthListResponse"]
        .FromString(call(stigmer_service, f"/{HEALTH}/List", b""))
    )
    assert {name: found.status for name, found in listed.statuses.items()} == dict.fromkeys(
        ("", COMMAND, QUERY), 1
    )
    unknown = field(1, b"ai.stigmer.Nobody")
    assert refusal(stigmer_service, f"/{HEALTH}/Check", unknown) == (
        "NOT_FOUND",
        "unknown service",
    )


def asked(service: Service, version: str, *questions: dict[str, Any]) -> list[Any]:
    """Ask reflection some questions in one call; return the answers."""
    messages = control_api().messages
    ask = service.channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=messages["ServerReflectionRequest"].SerializeToString,
        response_deserializer=messages["ServerReflectionResponse"].FromString,
    )
    requests = [messages["ServerReflectionRequest"](**question) for question in questions]
    return list(ask(iter(requests), timeout=10))


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection_describes_the_services(stigmer_service: Service, version: str) -> None:
    """A tool without stubs finds the services and the messages of their calls."""
    listed, described, missing = asked(
        stigmer_service,
        version,
        {"list_services": "*"},
        {"file_containing_symbol": COMMAND},
        {"file_by_filename": "no.proto"},
    )
    names = {service.name for service in listed.list_services_response.service}
    assert {COMMAND, QUERY, HEALTH} <= names
    data = described.file_descriptor_response.file_descriptor_proto
    file, *imported = (FileDescriptorProto.FromString(found) for found in data)
    assert [method.name for method in file.service[0].method] == ["push", "delete"]
    assert set(file.dependency) <= {found.name for found in imported}
    assert missing.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


class Slow:
    """A call whose answers are on their way until `arrive` is called."""

    def __init__(self) -> None:
        self.asked: list[Callable[[bytes | None], None]] = []
        self.arrive: Callable[[], None] = lambda: None

    def receive(self, then: Callable[[bytes | None], None]) -> None:
        """Wait for a question."""
        self.asked.append(then)

    def send(self, message: bytes, then: Callable[[], None]) -> None:
        """Take an answer."""
        assert message
        self.arrive = then


def test_reflection_sends_an_answer_before_it_reads_on() -> None:
    """The next answer, or the end of the call, would overtake it: one of eighty calls lost one."""
    call: Any = Slow()
    question = control_api().messages["ServerReflectionRequest"](list_services="*")
    Reflection((COMMAND,)).by_path[f"/{REFLECTION}/ServerReflectionInfo"](call)
    call.asked.pop()(question.SerializeToString())
    assert not call.asked
    call.arrive()
    assert len(call.asked) == 1


def test_reflection_leaves_the_default_pool_alone(
    stigmer_service: Service, stigmer_factory: Factory
) -> None:
    """Serving and reflecting do not register the API's messages where users' stubs would."""
    from google.protobuf.descriptor_pool import Default

    stigmer_service.command.push(stigmer_factory.push_request())
    with pytest.raises(KeyError):
        Default().FindMessageTypeByName("ai.stigmer.agentic.skill.v1.PushSkillRequest")
