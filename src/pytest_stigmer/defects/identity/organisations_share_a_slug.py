"""The slug alone says which skill a push is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.skills.index import Identity, SlugIndex

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe

HARM = "A push replaces the skill of another organisation that happens to have the same name."
ORIGIN = "D1"


class _AnyOrganisation(SlugIndex):
    def find(self, identity: Identity) -> str | None:
        """Return the id of any skill of this slug."""
        organisations = sorted(self.organisations(identity.slug)) or [identity.org]
        return super().find(Identity(organisations[0], identity.slug))


def apply(recipe: Recipe) -> Recipe:
    """Find the first skill of the slug, whoever owns it."""
    return replace(recipe, index=_AnyOrganisation)
