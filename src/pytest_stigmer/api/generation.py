"""The message classes of an API generation: the user's own where they fit, else a bundled set."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.codec import Codec, Rules
from pytest_stigmer.api.descriptors import OWN_FILES, private_pool, read_set
from pytest_stigmer.api.stubs import PACKAGE, installed_pool
from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
    from google.protobuf.descriptor_pool import DescriptorPool

    from pytest_stigmer.api.message_types import MessageClasses
else:
    MessageClasses = object

CHOICES = ("auto", "bundled", "installed")
_CAPITAL = re.compile("([A-Z])")


@dataclass(frozen=True)
class Method:
    """One call of the skill API: its wire path and the classes of its messages.

    `verb` is the name in Python's spelling.
    """

    name: str
    verb: str
    path: str
    request: type[Any]
    response: type[Any]


class Generation(MessageClasses):
    """The API of generation 2026-01 in one pool; messages and enums are attributes by short name.

    `generation.Skill` is a message class, `generation.ApiResourceKind` an enum wrapper with `Name`
    and `Value`. Classes of the bundled set are not those of a user's stubs: bytes are equal, but
    `==` and CopyFrom between the two do not work, and messages do not pickle.
    Source: stigmer b070f18, apis/ai/stigmer.
    """

    name = "2026-01"

    def __init__(self, pool: DescriptorPool, files: FileDescriptorSet, *, source: str) -> None:
        own = [file for file in files.file if file.name.startswith(OWN_FILES)]
        self.pool = pool
        self.source = source
        self.__dict__.update(_messages(pool, own))
        self.__dict__.update(_enums(pool, own))
        self.methods: Mapping[str, Method] = {method.name: method for method in _methods(pool, own)}
        self.codec = Codec(self)
        self.validate = Rules()

    if not TYPE_CHECKING:  # where it would hide what is misspelt

        def __getattr__(self, name: str) -> Any:
            """Refuse what is neither a message nor an enum; those are ordinary attributes."""
            raise AttributeError(
                f"API generation {self.name} has no message or enum {name!r}", name=name, obj=self
            )

    def __repr__(self) -> str:
        """Say which generation this is and whose classes it gives."""
        return f"<Generation {self.name}, {self.source} stubs>"


_lock = threading.RLock()
_loaded: dict[str, Generation] = {}


def load(choice: str = "auto") -> Generation:
    """Return the API generation in use; the same object for every call with the same outcome.

    `bundled` takes the shipped set, `installed` the user's own stubs, `auto` the user's if they
    are of this generation, else the shipped set. Raises UsageError when `installed` cannot be
    followed.
    """
    if choice not in CHOICES:
        raise UsageError.unknown("value of stigmer_stubs", choice, CHOICES)
    with _lock:
        if choice not in _loaded:
            _loaded[choice] = _LOADERS[choice]()
        return _loaded[choice]


def _load_auto() -> Generation:
    try:
        return load("installed")
    except UsageError:
        return load("bundled")


def _load_bundled() -> Generation:
    files = read_set()
    return Generation(private_pool(files), files, source="bundled")


def _load_installed() -> Generation:
    files = read_set()
    pool = installed_pool(_push_fields(files))
    try:
        return Generation(pool, files, source="installed")
    except KeyError as error:
        raise UsageError.broken_stubs(PACKAGE, f"a message is missing: {error}") from error


_LOADERS = {"auto": _load_auto, "bundled": _load_bundled, "installed": _load_installed}


def _push_fields(files: FileDescriptorSet) -> dict[str, int]:
    return {
        field.name: field.number
        for file in files.file
        for message in file.message_type
        if message.name == "PushSkillRequest"
        for field in message.field
    }


def _message(pool: DescriptorPool, full_name: str) -> type[Any]:
    from google.protobuf.message_factory import GetMessageClass

    return GetMessageClass(pool.FindMessageTypeByName(full_name))


def _messages(pool: DescriptorPool, files: list[FileDescriptorProto]) -> dict[str, Any]:
    return {
        message.name: _message(pool, f"{file.package}.{message.name}")
        for file in files
        for message in file.message_type
    }


def _enums(pool: DescriptorPool, files: list[FileDescriptorProto]) -> dict[str, Any]:
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

    return {
        enum.name: EnumTypeWrapper(pool.FindEnumTypeByName(f"{file.package}.{enum.name}"))
        for file in files
        for enum in file.enum_type
    }


def _methods(pool: DescriptorPool, files: list[FileDescriptorProto]) -> Iterator[Method]:
    for file in files:
        for service in file.service:
            for method in service.method:
                yield Method(
                    name=method.name,
                    verb=_CAPITAL.sub(r"_\1", method.name).lower(),
                    path=f"/{file.package}.{service.name}/{method.name}",
                    request=_message(pool, method.input_type.lstrip(".")),
                    response=_message(pool, method.output_type.lstrip(".")),
                )
