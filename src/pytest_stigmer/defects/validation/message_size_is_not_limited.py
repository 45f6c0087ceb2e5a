"""A message may be of any size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.endpoint import SkillEndpoint

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "A single client fills the server's memory, and what it stored cannot be fetched by any other."
)
ORIGIN = "D43, turned round"


class _Unlimited(SkillEndpoint):
    def check_size(self, message: bytes, what: str) -> None:
        """Accept any size."""


def apply(recipe: Recipe) -> Recipe:
    """Check no size."""
    return replace(recipe, endpoint=_Unlimited)
