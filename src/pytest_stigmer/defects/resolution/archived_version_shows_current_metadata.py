"""An archived version comes back with the metadata of today."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "What a version was called when it was pushed cannot be told any more."
ORIGIN = "stigmer b070f18, load_skill_by_reference.go: a version is returned as archived"


class _Retouching(ReferenceResolver):
    def version(self, reference: Reference, skill_id: str, current: Any) -> Any:
        found = super().version(reference, skill_id, current)
        found.metadata.CopyFrom(current.metadata)
        return found
