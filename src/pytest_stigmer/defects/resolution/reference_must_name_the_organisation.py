"""A reference without organisation finds only skills that have none."""

from __future__ import annotations

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "References that named the only skill of a slug stop resolving."
ORIGIN = "D5, turned round"


class _Strict(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        return (
            super().identity(reference)
            if reference.scope
            else Identity(reference.org, reference.slug)
        )
