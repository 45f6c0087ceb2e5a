"""A name passes for a slug in a reference."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.api.values import Reference
from pytest_stigmer.skills.controller import slug_of
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver

HARM = "A reference that resolves here fails on the real server, which compares slugs as they are."
ORIGIN = "D9, turned round"


class _Helpful(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        return super().identity(replace(reference, slug=slug_of(reference.slug)))
