"""The kind of a reference counts for the current version alone."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference to an agent gets the old version of a skill of its name."
ORIGIN = "D5, mended for the current version"


class _ForLatest(ReferenceResolver):
    def check(self, reference: Reference) -> None:
        super().check(replace(reference, kind=0) if reference.version else reference)
