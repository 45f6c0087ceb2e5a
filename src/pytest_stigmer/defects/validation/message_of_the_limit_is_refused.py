"""A message of exactly 10 MiB is refused."""

from __future__ import annotations

from pytest_stigmer.skills.endpoint import SkillEndpoint

HARM = "An artifact that just fits, by the documentation, is refused."
ORIGIN = "D43, one byte too early"


class _Narrow(SkillEndpoint):
    def check_size(self, message: bytes, what: str) -> None:
        super().check_size(message + b"\0", what)
