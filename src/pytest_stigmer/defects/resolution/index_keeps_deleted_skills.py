"""Deleted skills stay in the index of slugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.skills.index import SlugIndex

if TYPE_CHECKING:
    from pytest_stigmer.skills.index import Identity

HARM = "A deleted skill can never be made again: each push runs into the record that is gone."
ORIGIN = "D53, with an index that does not follow"


class _Clinging(SlugIndex):
    def deleted(self, identity: Identity) -> None:
        """Keep the skill."""
        del identity
        self._snapshot.revision = self._store.revision()
