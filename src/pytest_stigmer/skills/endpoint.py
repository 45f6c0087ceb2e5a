"""The skill API in bytes: what a server does between the wire and the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import MAX_MESSAGE_BYTES
from pytest_stigmer.errors import StatusError, StigmerError, UndecodableMessage
from pytest_stigmer.skills import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.controller import SkillController


class SkillEndpoint:
    """Serves serialized requests; every failure is a StatusError that names no folder."""

    def __init__(self, controller: SkillController, generation: Generation) -> None:
        self.controller = controller
        self.generation = generation
        self._handlers: Mapping[str, Callable[[Any], bytes]] = {
            "push": self.push,
            "delete": self.delete,
            "get": self.get,
            "getByReference": self.get_by_reference,
            "getArtifact": self.get_artifact,
        }

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call by its wire name, such as `getByReference`; bytes in, bytes out.

        Raises StatusError with the gRPC status name and the text of the real server.
        """
        try:
            return self.answer(method, request)
        except StigmerError as error:
            text = error.details if isinstance(error, StatusError) else str(error)
            raise StatusError(error.code, self.without_folder(text)) from error
        except Exception as error:
            # A caller gets a status whatever happens; the cause stays attached for whoever runs
            # this server.
            raise StatusError("INTERNAL", f"internal error: {type(error).__name__}") from error

    def answer(self, method: str, request: bytes) -> bytes:
        """Decode, validate, serve, encode; sizes are held at both ends."""
        handler = self._handlers.get(method)
        if handler is None:
            raise StatusError("UNIMPLEMENTED", f"unknown method {method}")
        self.check_size(request, refusals.RECEIVED)
        message_class = self.generation.methods[method].request
        message = self.decode(message_class, request)
        self.validate(message, message_class, request)
        response = handler(message)
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
        # Foreign first: such a request can be valid once protobuf has dropped what it misread.
        wrong = self.generation.codec.foreign(message_class, request)
        wrong = wrong or self.generation.validate(message)
        if wrong is not None:
            raise StatusError("INVALID_ARGUMENT", wrong)

    def push(self, request: Any) -> bytes:
        """Serve push."""
        return self.controller.push(self.generation.codec.push(request)).data

    def get(self, request: Any) -> bytes:
        """Serve get."""
        return self.controller.get(request.value).data

    def get_by_reference(self, request: Any) -> bytes:
        """Serve getByReference."""
        return self.controller.get_by_reference(self.generation.codec.reference(request)).data

    def get_artifact(self, request: Any) -> bytes:
        """Serve getArtifact."""
        artifact = self.controller.get_artifact(request.artifact_storage_key)
        response = self.generation.GetArtifactResponse(artifact=artifact)
        return self.generation.codec.encode(response)

    def delete(self, request: Any) -> bytes:
        """Serve delete."""
        return self.controller.delete(request.value).data

    def without_folder(self, text: str) -> str:
        """Return a text with the database named by its file name alone."""
        path = self.controller.store.path
        return text.replace(str(path), path.name)
