"""The rules of the .proto files, enforced; the words are the real server's."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from protovalidate import Violation


class Validation:
    """One validator for the messages of one pool: protovalidate caches rules by message name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._validator: Any = None

    def __call__(self, message: Message) -> str | None:
        """Return what is wrong with `message`, or None: every violation, in field order.

        The text is that of protovalidate for Go 1.1.0, which the real server sends.
        Source: stigmer b070f18, backend/libs/go/grpc/request/pipeline/steps.
        """
        lines = [_line(violation) for violation in self._rules().collect_violations(message)]
        if not lines:
            return None
        if len(lines) == 1:
            return f"validation error: {lines[0]}"
        return "".join(["validation errors:", *(f"\n - {line}" for line in lines)])

    def _rules(self) -> Any:
        with self._lock:
            if self._validator is None:
                from protovalidate import Validator

                self._validator = Validator()
            return self._validator


def _line(violation: Violation) -> str:
    found = violation.proto
    path = ".".join(element.field_name for element in found.field.elements) if found.field else ""
    # For a pattern the Python words leave out the subject that the Go words start with.
    subject = "value " if found.rule_id == "string.pattern" else ""
    return f"{path}: {subject}{found.message}"
