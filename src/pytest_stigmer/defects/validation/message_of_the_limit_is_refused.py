"""A message of exactly 10 MiB is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.endpoint import SkillEndpoint

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "An artifact that just fits, by the documentation, is refused."
ORIGIN = "D43, one byte too early"


class _Narrow(SkillEndpoint):
    def check_size(self, message: bytes, what: str) -> None:
        """Accept less than the limit only."""
        super().check_size(message + b"\0", what)


def apply(recipe: Recipe) -> Recipe:
    """Count one byte more than there is."""
    return replace(recipe, endpoint=_Narrow)
