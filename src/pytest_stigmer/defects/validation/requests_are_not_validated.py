"""The rules of the request's fields are not applied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.skills.endpoint import SkillEndpoint

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "Requests without a name or an id go through and fail somewhere else, in other words."
ORIGIN = "D4, for the request's own rules"


class _Trusting(SkillEndpoint):
    def validate(self, message: Any, message_class: type[Any], request: bytes) -> None:
        """Accept any request."""


def apply(recipe: Recipe) -> Recipe:
    """Validate nothing."""
    return replace(recipe, endpoint=_Trusting)
