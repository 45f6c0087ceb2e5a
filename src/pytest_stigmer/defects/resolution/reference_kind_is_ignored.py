"""The kind of a reference is never read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import KIND_SKILL_NUMBER
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.api.values import Reference

HARM = "A reference to an agent is answered with a skill of the same slug."
ORIGIN = "D5"


class _Kindless(ReferenceResolver):
    def resolve(self, reference: Reference) -> Any:
        """Resolve without the kind."""
        return super().resolve(replace(reference, kind=KIND_SKILL_NUMBER))
