"""The base of all errors."""

from __future__ import annotations

from typing import ClassVar


class StigmerError(Exception):
    """Base of all errors of this package; `code` is the gRPC status name it maps to."""

    code: ClassVar[str] = "UNKNOWN"
