"""A slug that several organisations have answers with the first of them."""

from __future__ import annotations

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "Whose skill runs depends on who was there first."
ORIGIN = "D5"


class _Guessing(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        if reference.org or reference.scope:
            return super().identity(reference)
        organisations = sorted(self._index.organisations(reference.slug))
        return Identity(organisations[0] if organisations else "", reference.slug)
