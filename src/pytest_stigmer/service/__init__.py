"""The skill API on gRPC: a server for tests in this process, or for suites in any language."""

from __future__ import annotations

from importlib.util import find_spec

from pytest_stigmer.errors import UsageError

_LIBRARIES = {
    "grpc": "grpcio",
    "grpc_health": "grpcio-health-checking",
    "grpc_reflection": "grpcio-reflection",
}


def check_installed(what: str) -> None:
    """Raise UsageError when a library of the extra `service` is missing; `what` asked for it."""
    missing = [library for module, library in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        raise UsageError.not_installed(what, missing, "service")
