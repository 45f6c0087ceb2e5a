"""The index of slugs is built once and never again."""

from __future__ import annotations

from pytest_stigmer.skills.index import SlugIndex, Snapshot

HARM = (
    "A skill that another process has stored is not found until a restart, and a push doubles it."
)
ORIGIN = "D53, with an index that does not follow"


class _Frozen(SlugIndex):
    def _current(self) -> Snapshot:
        return super()._current() if self._snapshot.revision is None else self._snapshot
