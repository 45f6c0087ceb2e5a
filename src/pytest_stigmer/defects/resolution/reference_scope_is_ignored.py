"""The scope of a reference is never read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_stigmer.api.values import SCOPE_UNSPECIFIED
from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.api.values import Reference

HARM = "A reference to a platform skill runs what an organisation has pushed under that slug."
ORIGIN = "D5"


class _Unscoped(ReferenceResolver):
    def resolve(self, reference: Reference) -> Any:
        """Resolve without the scope."""
        return super().resolve(replace(reference, scope=SCOPE_UNSPECIFIED))
