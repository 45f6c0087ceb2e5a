"""Of several broken rules only the first is told."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "An author mends a request field by field, one attempt for each."
ORIGIN = "stigmer b070f18, ValidateProtoConstraints: all violations are collected"


class _Terse(SkillEndpoint):
    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        try:
            super().validate(message, message_class, request)
        except StatusError as error:
            first, _, _ = error.details.removeprefix("validation errors:\n - ").partition("\n")
            raise StatusError(error.code, f"validation error: {first}") from error
