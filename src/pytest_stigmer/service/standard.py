"""The services that every gRPC tool knows: health, and reflection for tools without stubs.

Their messages are in a pool of ours, so that no distribution that brings them too is needed or met.
Both are answered by the thread that reads the wire: no load holds them up.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from pytest_stigmer.api.descriptors import private_pool, read_set
from pytest_stigmer.service.control_api import control_api, read_control_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.descriptor import FileDescriptor
    from google.protobuf.descriptor_pool import DescriptorPool

    from pytest_stigmer.service.listener import Incoming

HEALTH = "grpc.health.v1.Health"
REFLECTION = "grpc.reflection.v1alpha.ServerReflection"

_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3
_INVALID, _NOT_FOUND = 3, 5
_LONGEST = 64 * 1024


class Health:
    """Tells that the server serves, until it stops."""

    def __init__(self, services: Sequence[str]) -> None:
        self._services = ("", *services)
        self.by_path = {
            f"/{HEALTH}/Check": partial(_asked, "HealthCheckRequest", self._check),
            f"/{HEALTH}/List": partial(_asked, "HealthListRequest", self._list),
            f"/{HEALTH}/Watch": partial(_asked, "HealthCheckRequest", self._watch),
        }

    def _check(self, call: Incoming, request: Any) -> None:
        if request.service in self._services:
            call.end(message=_status(_SERVING))
        else:
            call.end("NOT_FOUND", "unknown service")

    def _list(self, call: Incoming, _: Any) -> None:
        answer = control_api().messages["HealthListResponse"]()
        for name in self._services:
            answer.statuses[name].status = _SERVING
        call.end(message=answer.SerializeToString())

    def _watch(self, call: Incoming, request: Any) -> None:
        known = request.service in self._services
        call.last_words = _status(_NOT_SERVING if known else _SERVICE_UNKNOWN)
        call.send(_status(_SERVING if known else _SERVICE_UNKNOWN))


class Reflection:
    """Describes the services of a server to tools without stubs."""

    def __init__(self, services: Sequence[str]) -> None:
        self._services = services
        # Both versions of the protocol are the same on the wire.
        paths = (REFLECTION, REFLECTION.replace("v1alpha", "v1"))
        self.by_path = {f"/{path}/ServerReflectionInfo": self._next for path in paths}

    def _next(self, call: Incoming) -> None:
        call.receive(partial(self._answer, call))

    def _answer(self, call: Incoming, question: bytes | None) -> None:
        if question is None:
            call.end()
            return
        request = _decoded("ServerReflectionRequest", call, question)
        if request is not None:
            answer = control_api().messages["ServerReflectionResponse"](
                valid_host=request.host, original_request=request
            )
            try:
                self._fill(answer, request)
            except KeyError as error:
                answer.error_response.error_code = _NOT_FOUND
                answer.error_response.error_message = str(error.args[0])
            call.send(answer.SerializeToString(), partial(self._next, call))

    def _fill(self, answer: Any, request: Any) -> None:
        pool, wanted = _reflected(), request.WhichOneof("message_request")
        value = wanted and getattr(request, wanted)
        if wanted == "file_by_filename":
            _add_files(answer, pool.FindFileByName(value))
        elif wanted == "file_containing_symbol":
            _add_files(answer, pool.FindFileContainingSymbol(value))
        elif wanted == "all_extension_numbers_of_type":
            found = pool.FindMessageTypeByName(value)
            answer.all_extension_numbers_response.base_type_name = found.full_name
        elif wanted == "list_services":
            for name in sorted(self._services):
                answer.list_services_response.service.add(name=name)
        elif wanted == "file_containing_extension":
            raise KeyError("there are no extensions")
        else:
            answer.error_response.error_code = _INVALID
            answer.error_response.error_message = "the request asks for nothing"


def _asked(kind: str, act: Callable[[Incoming, Any], None], call: Incoming) -> None:
    def received(data: bytes | None) -> None:
        request = _decoded(kind, call, data)
        if request is not None:
            act(call, request)

    call.receive(received)


def _decoded(kind: str, call: Incoming, data: bytes | None) -> Any:
    """Return a request, or None once the call was refused for it."""
    try:
        if data is not None and len(data) <= _LONGEST:
            return control_api().messages[kind].FromString(data)
    except DecodeError:
        pass
    call.end("INVALID_ARGUMENT", f"this is no {kind}")
    return None


def _status(number: int) -> bytes:
    answer = control_api().messages["HealthCheckResponse"](status=number)
    data: bytes = answer.SerializeToString()
    return data


def _add_files(answer: Any, file: FileDescriptor) -> None:
    """Add a file and all that it imports, each once."""
    files = {file.name: file}
    unseen = [file]
    while unseen:
        for imported in unseen.pop().dependencies:
            if imported.name not in files:
                files[imported.name] = imported
                unseen.append(imported)
    for found in files.values():
        proto = FileDescriptorProto()
        found.CopyToProto(proto)
        answer.file_descriptor_response.file_descriptor_proto.append(proto.SerializeToString())


@cache
def _reflected() -> DescriptorPool:
    """Return one pool with every service, apart from the pools that calls are decoded with."""
    everything = FileDescriptorSet()
    for files in (read_set(), read_control_set()):
        everything.file.extend(files.file)
    return private_pool(everything)
