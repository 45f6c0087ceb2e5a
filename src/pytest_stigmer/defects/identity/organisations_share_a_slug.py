"""The slug alone says which skill a push is about."""

from __future__ import annotations

from pytest_stigmer.skills.index import Identity, SlugIndex

HARM = "A push replaces the skill of another organisation that happens to have the same name."
ORIGIN = "D1"


class _AnyOrganisation(SlugIndex):
    def find(self, identity: Identity) -> str | None:
        organisations = sorted(self.organisations(identity.slug)) or [identity.org]
        return super().find(Identity(organisations[0], identity.slug))
