"""The scope of a reference is never read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_stigmer.api.values import SCOPE_UNSPECIFIED, Reference
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference to a platform skill runs what an organisation has pushed under that slug."
ORIGIN = "D5"


class _Unscoped(ReferenceResolver):
    def resolve(self, reference: Reference) -> Any:
        return super().resolve(replace(reference, scope=SCOPE_UNSPECIFIED))
