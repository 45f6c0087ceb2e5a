"""A message may be of any size."""

from __future__ import annotations

from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = (
    "A single client fills the server's memory, and what it stored cannot be fetched by any other."
)
ORIGIN = "D43, turned round"


class _Unlimited(SkillEndpoint):
    def check_size(self, message: bytes, what: str) -> None:
        """Accept any size."""
