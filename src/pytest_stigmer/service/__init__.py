"""The skill API on gRPC: a server for tests in this process, or for suites in any language."""

from __future__ import annotations

from importlib.util import find_spec

from pytest_stigmer.errors import UsageError

MOST_NAMESPACES = 1000
"""How many namespaces a server has beside the default one, unless it is told otherwise."""


def check_installed(what: str) -> None:
    """Raise UsageError when the library of the extra `service` is missing; `what` asked for it."""
    if find_spec("grpc") is None:
        raise UsageError.not_installed(what, ["grpcio"], "service")
