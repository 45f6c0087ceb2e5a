"""From gRPC to calls in bytes: what a servicer does, once for every method."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import grpc

from pytest_stigmer.errors import StatusError, StigmerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.skills.endpoint import Transport

NAMESPACE_KEY = "stigmer-namespace"
"""The metadata key that selects a registry; without it a call goes to the default one."""

_LOG = logging.getLogger(__name__)


def namespace_of(context: Any) -> str:
    """Return the namespace that a call's metadata names, '' for none."""
    for key, value in context.invocation_metadata():
        if key == NAMESPACE_KEY:
            return str(value)
    return ""


def skill_handlers(
    generation: Generation, find: Callable[[str], Transport]
) -> dict[str, dict[str, Any]]:
    """Return the handlers of the skill API by service and method.

    Each call goes, still in bytes, to the registry that `find` returns for its namespace.
    """
    services: dict[str, dict[str, Any]] = {}
    for name, method in generation.methods.items():
        handler = grpc.unary_unary_rpc_method_handler(_server_of(name, find))
        services.setdefault(method.path.split("/")[1], {})[name] = handler
    return services


def _server_of(method: str, find: Callable[[str], Transport]) -> Callable[[bytes, Any], bytes]:
    def serve(request: bytes, context: Any) -> bytes:
        try:
            return find(namespace_of(context)).call(method, request)
        except Exception as error:  # noqa: BLE001 - a caller gets a status whatever happens
            return refuse(context, status_of_failure(method, error))

    return serve


def status_of_failure(method: str, error: Exception) -> StatusError:
    """Return the status that ends a call; log a cause that is no error of this package."""
    status = StatusError.of(error)
    cause = error.__cause__ if isinstance(error, StatusError) else error
    if cause is not None and not isinstance(cause, StigmerError):
        _LOG.error("%s: %s", method, status, exc_info=cause)
    return status


class UnknownMethods:
    """Refuses what no other handler took, in the words of the real server.

    Source: grpc-go, as stigmer b070f18 uses it; grpcio alone would say `Method not found!`.
    """

    def __init__(self, services: tuple[str, ...]) -> None:
        self._services = services

    def service(self, call: Any) -> Any:
        """Return a handler that refuses, for any method."""
        _, _, path = call.method.partition("/")
        service, _, method = path.rpartition("/")
        text = f"unknown service {service}"
        if service in self._services:
            text = f"unknown method {method} for service {service}"
        error = StatusError("UNIMPLEMENTED", text)
        return grpc.unary_unary_rpc_method_handler(lambda _, context: refuse(context, error))


def refuse(context: Any, error: StatusError) -> bytes:
    """End a call with the error's status; never returns."""
    context.abort(grpc.StatusCode[error.code], error.details)
    raise error  # abort has raised; this line tells the type checker
