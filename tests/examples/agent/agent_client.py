"""A small asyncio client of the skill API, as an agent runner has one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

_SERVICE = "/ai.stigmer.agentic.skill.v1.SkillQueryController"
_LONGEST_ANSWER = 10 * 1024 * 1024
_SECONDS = 5.0
_TRIES = 3


class BearerToken(
    grpc.aio.UnaryUnaryClientInterceptor,  # type: ignore[misc]
):
    """Sends the agent's key with every call."""

    def __init__(self, key: str) -> None:
        self._header = ("authorization", f"Bearer {key}")

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        """Add the header and go on."""
        metadata = (*(details.metadata or ()), self._header)
        return await continuation(details._replace(metadata=metadata), request)


class SkillMissing(ValueError):
    """The registry has no such skill, or not for this agent."""


class AgentSkills:
    """Fetches skills and their files; `messages` are the API's message classes.

    A call has a deadline; one that fails with UNAVAILABLE is made again, three times in all.
    """

    def __init__(self, endpoint: str, key: str, messages: Any) -> None:
        self._messages = messages
        options = [("grpc.max_receive_message_length", _LONGEST_ANSWER)]
        self._channel = grpc.aio.insecure_channel(
            endpoint, options, interceptors=[BearerToken(key)]
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._channel.close()

    async def skills(self, references: Sequence[Any]) -> list[Any]:
        """Return the skills of some references, in their order; SkillMissing names the first."""
        return list(await asyncio.gather(*(self._skill(reference) for reference in references)))

    async def files(self, skill: Any) -> bytes:
        """Return the ZIP of a skill."""
        key = skill.status.artifact_storage_key
        request = self._messages.GetArtifactRequest(artifact_storage_key=key)
        answer = await self._call("getArtifact", request, self._messages.GetArtifactResponse)
        return bytes(answer.artifact)

    async def _skill(self, reference: Any) -> Any:
        try:
            return await self._call("getByReference", reference, self._messages.Skill)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise SkillMissing(f"{reference.slug}: {error.details()}") from error
            raise

    async def _call(self, name: str, request: Any, answer: Any) -> Any:
        method = self._channel.unary_unary(
            f"{_SERVICE}/{name}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer.FromString,
        )
        for left in reversed(range(_TRIES)):
            try:
                return await method(request, timeout=_SECONDS)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE or not left:
                    raise
        raise AssertionError
