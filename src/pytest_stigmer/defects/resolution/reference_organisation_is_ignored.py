"""A reference takes any organisation's skill of its slug."""

from __future__ import annotations

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference to one's own skill runs the instructions of another organisation."
ORIGIN = "D1; D5"


class _Promiscuous(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        organisations = sorted(self._index.organisations(reference.slug))
        return Identity(organisations[0] if organisations else "", reference.slug)
