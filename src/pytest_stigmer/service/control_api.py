"""The messages of the control API, of health and of reflection, in a pool of their own.

`python -m pytest_stigmer.service.control_api` compiles the .proto files again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message_factory import GetMessageClass

from pytest_stigmer.api.descriptors import private_pool

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTO_ROOT = Path(__file__).parent / "protos"
DESCRIPTOR_SET = Path(__file__).parent / "control.binpb"
SERVICE = "pytest_stigmer.control.v1.ServiceControl"


@dataclass(frozen=True)
class ControlMethod:
    """One call: its wire path and the classes of its messages."""

    path: str
    request: type[Any]
    response: type[Any]


@dataclass(frozen=True)
class ControlApi:
    """Message classes of all three by short name, methods of the control API by theirs."""

    messages: Mapping[str, type[Any]]
    methods: Mapping[str, ControlMethod]


def read_control_set() -> FileDescriptorSet:
    """Return the compiled form of the .proto files."""
    return FileDescriptorSet.FromString(DESCRIPTOR_SET.read_bytes())


@cache
def control_api() -> ControlApi:
    """Return the control API and its neighbours; the same object for every call."""
    files = read_control_set()
    pool = private_pool(files)
    messages = {
        message.name: GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{message.name}"))
        for file in files.file
        for message in file.message_type
    }
    found = pool.FindServiceByName(SERVICE).methods
    methods = {
        method.name: ControlMethod(
            f"/{SERVICE}/{method.name}",
            messages[method.input_type.name],
            messages[method.output_type.name],
        )
        for method in found
    }
    return ControlApi(messages, methods)


if __name__ == "__main__":
    from pytest_stigmer.api.compile_set import compile_protos

    DESCRIPTOR_SET.write_bytes(compile_protos(PROTO_ROOT))
    print(f"wrote {DESCRIPTOR_SET}")  # noqa: T201
