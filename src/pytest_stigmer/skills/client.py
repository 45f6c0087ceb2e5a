"""The skill API as a caller sees it: messages in, messages out, whatever carries the bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from pytest_stigmer.api.generation import Generation


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


class SkillClient:
    """The five calls of the skill API; a failure is a StatusError with `code` and `details`.

    Messages cross as bytes both ways, so the caller shares no object with the server. Requests may
    be of any class of the right name, such as the user's own stubs; answers are of `messages`.
    """

    def __init__(self, messages: Generation, transport: Transport) -> None:
        self._messages = messages
        self._transport = transport

    def push(self, request: Message) -> Any:
        """Push a PushSkillRequest; return the Skill as stored."""
        return self._call("push", request)

    def get(self, request: Message) -> Any:
        """Return the current Skill of a SkillId."""
        return self._call("get", request)

    def get_by_reference(self, request: Message) -> Any:
        """Return the Skill that an ApiResourceReference names."""
        return self._call("getByReference", request)

    def get_artifact(self, request: Message) -> Any:
        """Return the GetArtifactResponse for a GetArtifactRequest."""
        return self._call("getArtifact", request)

    def delete(self, request: Message) -> Any:
        """Delete the skill of a SkillId and return it as it was."""
        return self._call("delete", request)

    def _call(self, name: str, request: Message) -> Any:
        method = self._messages.methods[name]
        expected = method.request.DESCRIPTOR.full_name
        found = getattr(getattr(request, "DESCRIPTOR", None), "full_name", type(request).__name__)
        if found != expected:
            msg = f"{name} takes a {expected}, not {found}"
            raise TypeError(msg)
        answer = self._transport.call(name, request.SerializeToString())
        return method.response.FromString(answer)
