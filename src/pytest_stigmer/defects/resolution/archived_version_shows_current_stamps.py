"""An archived version comes back with the timestamps of today."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "An audit of what was live on a day takes old versions for new ones."
ORIGIN = "stigmer b070f18, load_skill_by_reference.go: a version is returned as archived"


class _Retouching(ReferenceResolver):
    def version(self, reference: Reference, skill_id: str, current: Any) -> Any:
        found = super().version(reference, skill_id, current)
        found.status.audit.CopyFrom(current.status.audit)
        return found
