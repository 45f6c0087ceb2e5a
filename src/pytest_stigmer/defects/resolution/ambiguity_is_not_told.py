"""A reference that two organisations answer is not found, and nothing says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.errors import StatusError
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.skills.refusals import no_skill_with_slug

if TYPE_CHECKING:
    from pytest_stigmer.api.values import Reference
    from pytest_stigmer.skills.index import Identity

HARM = "A user looks for a skill that is there twice, and pushes it a third time."
ORIGIN = "contract 0: the text says that the reference is ambiguous"


class _Terse(ReferenceResolver):
    def identity(self, reference: Reference) -> Identity:
        """Return whose skill is meant, or say that there is none."""
        try:
            return super().identity(reference)
        except StatusError as error:
            raise no_skill_with_slug(reference.slug) from error
