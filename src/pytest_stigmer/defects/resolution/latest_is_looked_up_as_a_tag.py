"""`latest` is looked up among the tags."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.references import ReferenceResolver

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = (
    "A reference to the latest version answers with whatever was once pushed under the tag "
    "`latest`, or fails."
)
ORIGIN = "D19"


class _Literal(ReferenceResolver):
    def is_current(self, version: str) -> bool:
        """Whether no version is given."""
        return not version


def apply(recipe: Recipe) -> Recipe:
    """Let only an empty version mean the current record."""
    return replace(recipe, references=_Literal)
