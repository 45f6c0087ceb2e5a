"""A record that does not decode is passed over in a search."""

from __future__ import annotations

from dataclasses import replace

from pytest_stigmer.skills.index import SlugIndex, Snapshot

HARM = "The next push of a damaged skill makes a second one beside it, and the damage stays unseen."
ORIGIN = "D10"


class _Blind(SlugIndex):
    def _read(self, revision: object) -> Snapshot:
        return replace(super()._read(revision), unreadable="")
