"""The user's own generated stubs: are they of this generation? Found out before they are run."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool

PACKAGE = "ai.stigmer.agentic.skill.v1"
_REQUESTS = f"{PACKAGE}.io_pb2"
_SERVICES = (f"{PACKAGE}.command_pb2", f"{PACKAGE}.query_pb2")


def installed_pool(wanted: Mapping[str, int]) -> DescriptorPool:
    """Import the installed stubs and return the pool that holds them, the default one.

    `wanted` is this generation's field map of PushSkillRequest, name to number. Raises UsageError
    when there are no stubs, when they are of another generation, or when they cannot be imported.
    Stubs of another generation are not imported: they would stay in the default pool.
    """
    found = _push_fields()
    if not wanted.items() <= found.items():
        raise UsageError.other_stubs(_REQUESTS, found, wanted)
    with warnings.catch_warnings():
        # A remark on the age of the user's stubs is for the user's own import.
        warnings.simplefilter("ignore")
        try:
            for module in _SERVICES:
                importlib.import_module(module)
        except Exception as error:
            raise UsageError.broken_stubs(_REQUESTS, f"{type(error).__name__}: {error}") from error
    from google.protobuf.descriptor_pool import Default

    return Default()


def _push_fields() -> dict[str, int]:
    for message in _requests_file().message_type:
        if message.name == "PushSkillRequest":
            return {field.name: field.number for field in message.field}
    return {}


def _requests_file() -> FileDescriptorProto:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from google.protobuf.message import DecodeError

    loaded = sys.modules.get(_REQUESTS)
    try:
        content = loaded.DESCRIPTOR.serialized_pb if loaded else _embedded_file(_source())
        return FileDescriptorProto.FromString(content)
    except (AttributeError, OSError, SyntaxError, ValueError, DecodeError) as error:
        raise UsageError.broken_stubs(_REQUESTS, f"{type(error).__name__}: {error}") from error


def _source() -> Path:
    """Return the file of the stub module; nothing is imported on the way, no parent package."""
    package, *rest = _REQUESTS.split(".")
    spec = importlib.util.find_spec(package)
    roots = list(spec.submodule_search_locations or ()) if spec else []
    for root in roots:
        path = Path(root, *rest).with_suffix(".py")
        if path.is_file():
            return path
    raise UsageError.no_stubs(_REQUESTS, roots or sys.path)


def _embedded_file(path: Path) -> bytes:
    """Return the serialized file descriptor that protoc writes into a stub module as a literal."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="AddSerializedFile"), args=[ast.Constant(bytes(content))]
            ):
                return content
    raise ValueError(f"{path} holds no serialized file descriptor")
