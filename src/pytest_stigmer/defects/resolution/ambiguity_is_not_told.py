"""A reference that two organisations answer is not found, and nothing says why."""

from __future__ import annotations

from pytest_stigmer.api.values import Reference
from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.index import Identity
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.skills.refusals import no_skill_with_slug

HARM = "A user looks for a skill that is there twice, and pushes it a third time."
ORIGIN = "contract 0: the text says that the reference is ambiguous"


class _Terse(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        try:
            return super().identity(reference)
        except StatusError as error:
            raise no_skill_with_slug(reference.slug) from error
