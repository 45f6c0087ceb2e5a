"""The kind of a reference is never read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_stigmer.api.values import KIND_SKILL_NUMBER, Reference
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference to an agent is answered with a skill of the same slug."
ORIGIN = "D5"


class _Kindless(ReferenceResolver):
    def resolve(self, reference: Reference) -> Any:
        return super().resolve(replace(reference, kind=KIND_SKILL_NUMBER))
