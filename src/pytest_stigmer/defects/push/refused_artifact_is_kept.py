"""An artifact is stored before it is looked at."""

from __future__ import annotations

from pytest_stigmer.skills.archive import Archive
from pytest_stigmer.skills.controller import SkillController

HARM = "Anyone can fill the disk with archives that were refused, and serve them by their hash."
ORIGIN = "D47; D52"


class _Hasty(SkillController):
    def read_archive(self, data: bytes) -> Archive:
        self.artifacts.store(data)
        return super().read_archive(data)
