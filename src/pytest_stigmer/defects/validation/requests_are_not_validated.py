"""The rules of the request's fields are not applied."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "Requests without a name or an id go through and fail somewhere else, in other words."
ORIGIN = "D4, for the request's own rules"


class _Trusting(SkillEndpoint):
    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        """Accept any request."""
