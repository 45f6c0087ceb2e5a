"""Deleted skills stay in the index of slugs."""

from __future__ import annotations

from pytest_stigmer.skills.index import Identity, SlugIndex

HARM = "A deleted skill can never be made again: each push runs into the record that is gone."
ORIGIN = "D53, with an index that does not follow"


class _Clinging(SlugIndex):
    def deleted(self, identity: Identity) -> None:
        del identity
        self._snapshot.revision = self._store.revision()
