"""The skill API in bytes: a client on one side of the wire, on the other what serves it.

Messages in, messages out, whatever carries the bytes.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pytest_stigmer.api.generation import Generation, Method
from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import StatusError, UndecodableMessage
from pytest_stigmer.skills import refusals
from pytest_stigmer.skills.controller import SkillController

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.api.message_types import GetArtifactResponse, Skill


class SkillEndpoint:
    """Serves serialized requests; every failure is a StatusError that names no folder.

    Each call of the generation is served by the method of its name, in Python's spelling.
    """

    def __init__(self, controller: SkillController, generation: Generation) -> None:
        self.controller = controller
        self.generation = generation

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call by its wire name, such as `getByReference`; bytes in, bytes out.

        Raises StatusError with the gRPC status name and the text of the real server.
        """
        try:
            return self.answer(method, request)
        except Exception as error:
            # A caller gets a status whatever happens; the cause stays attached for whoever runs
            # this server.
            status = StatusError.of(error)
            raise StatusError(status.code, self.without_folder(status.details)) from error

    def answer(self, method: str, request: bytes) -> bytes:
        """Decode, validate, serve, encode; sizes are held at both ends."""
        known = self.generation.methods.get(method)
        serve = getattr(self, known.verb, None) if known else None
        if known is None or serve is None:
            raise StatusError("UNIMPLEMENTED", f"unknown method {method}")
        self.check_size(request, refusals.RECEIVED)
        message_class = known.request
        message = self.decode(message_class, request)
        self.validate(message, message_class, request)
        response: bytes = serve(message)
        self.check_size(response, refusals.SENDING)
        return response

    def check_size(self, message: bytes, what: str) -> None:
        """Refuse a message over the limit."""
        if len(message) > MAX_MESSAGE_BYTES:
            raise refusals.message_too_large(what, len(message))

    def decode(self, message_class: type[Any], request: bytes) -> Any:
        """Parse a request."""
        try:
            return self.generation.codec.decode(message_class, request)
        except UndecodableMessage as error:
            raise StatusError(
                "INTERNAL", f"grpc: error unmarshalling request: {error.reason}"
            ) from error

    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        """Refuse a request that breaks a rule of its fields, or is of another generation."""
        del message_class  # for whoever overrides this
        # Foreign first: such a request can be valid once protobuf has dropped what it misread.
        wrong = self.generation.codec.foreign(message, request)
        wrong = wrong or self.generation.validate(message)
        if wrong is not None:
            raise StatusError("INVALID_ARGUMENT", wrong)

    def push(self, request: Any) -> bytes:
        """Serve push."""
        return self.controller.push(self.generation.codec.push(request)).data

    def get(self, request: Any) -> bytes:
        """Serve get."""
        return self.controller.get(self.generation.codec.id(request)).data

    def get_by_reference(self, request: Any) -> bytes:
        """Serve getByReference."""
        return self.controller.get_by_reference(self.generation.codec.reference(request)).data

    def get_artifact(self, request: Any) -> bytes:
        """Serve getArtifact."""
        codec = self.generation.codec
        artifact = self.controller.get_artifact(codec.artifact_key(request))
        return codec.encode(codec.artifact_message(artifact))

    def delete(self, request: Any) -> bytes:
        """Serve delete."""
        return self.controller.delete(self.generation.codec.id(request)).data

    def without_folder(self, text: str) -> str:
        """Return a text with the database named by its file name alone."""
        path = self.controller.store.path
        return text.replace(str(path), path.name)


class Transport(Protocol):
    """Carries one serialized request and brings the serialized answer."""

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call by its wire name; raise StatusError."""


class SkillApi(Protocol):
    """The five calls, messages in and out; a failure carries a gRPC status (`STATUS_SHAPES`).

    `SkillClient` is one. The stubs of a channel are a few lines away: their methods
    are named push, delete, get, getByReference and getArtifact.
    """

    def push(self, request: Any) -> Any:
        """Push a PushSkillRequest; return the Skill."""

    def get(self, request: Any) -> Any:
        """Return the current Skill of a SkillId."""

    def get_by_reference(self, request: Any) -> Any:
        """Return the Skill that an ApiResourceReference names."""

    def get_artifact(self, request: Any) -> Any:
        """Return the GetArtifactResponse of a GetArtifactRequest."""

    def delete(self, request: Any) -> Any:
        """Delete the Skill of a SkillId and return it as it was."""


class Exchanged(NamedTuple):
    """One call as it was on the wire; what came back is an answer, a failure, or nothing."""

    method: Method
    request: bytes
    answer: bytes | StatusError | None


class SkillClient:
    """The five calls of the skill API; a failure is a StatusError with `code` and `details`.

    Messages cross as bytes both ways, so the caller shares no object with the server. Requests may
    be of any class of the right name, such as the user's own stubs; answers are of `messages`.
    """

    def __init__(self, messages: Generation, transport: Transport) -> None:
        self._messages = messages
        self._transport = transport
        self._of_thread = threading.local()

    @property
    def exchanged(self) -> Exchanged | None:
        """The last call that this thread made."""
        return getattr(self._of_thread, "exchanged", None)

    def push(self, request: Message) -> Skill:
        """Push a PushSkillRequest; return the Skill as stored."""
        answer: Skill = self._call("push", request)
        return answer

    def get(self, request: Message) -> Skill:
        """Return the current Skill of a SkillId."""
        answer: Skill = self._call("get", request)
        return answer

    def get_by_reference(self, request: Message) -> Skill:
        """Return the Skill that an ApiResourceReference names."""
        answer: Skill = self._call("getByReference", request)
        return answer

    def get_artifact(self, request: Message) -> GetArtifactResponse:
        """Return the GetArtifactResponse for a GetArtifactRequest."""
        answer: GetArtifactResponse = self._call("getArtifact", request)
        return answer

    def delete(self, request: Message) -> Skill:
        """Delete the skill of a SkillId and return it as it was."""
        answer: Skill = self._call("delete", request)
        return answer

    def _call(self, name: str, request: Message) -> Any:
        method = self._messages.methods[name]
        expected = method.request.DESCRIPTOR.full_name
        found = getattr(getattr(request, "DESCRIPTOR", None), "full_name", type(request).__name__)
        if found != expected:
            msg = f"{name} takes a {expected}, not {found}"
            raise TypeError(msg)
        data = request.SerializeToString()
        self._of_thread.exchanged = Exchanged(method, data, None)
        try:
            answer = self._transport.call(name, data)
        except StatusError as error:
            self._of_thread.exchanged = Exchanged(method, data, error)
            raise
        self._of_thread.exchanged = Exchanged(method, data, answer)
        return method.response.FromString(answer)
