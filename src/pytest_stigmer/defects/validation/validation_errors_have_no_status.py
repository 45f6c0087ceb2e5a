"""A broken rule is answered with UNKNOWN and the text of a pipeline step."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "A client cannot tell its own mistake from a fault of the server."
ORIGIN = "fix dc3410c"


class _Wrapping(SkillEndpoint):
    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        try:
            super().validate(message, message_class, request)
        except StatusError as error:
            text = f"pipeline step ValidateProtoConstraints failed: {error.details}"
            raise StatusError("UNKNOWN", text) from error
