"""A name like a short one of Windows is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.errors import ArchiveError
from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.skills.zipdirectory import Entry

HARM = "A package such as pkg-1.0~2.deb cannot be part of a skill."
ORIGIN = "contract 3.8, held against other readers"


class _Strict(ArchiveReader):
    def check_name(self, entry: Entry) -> None:
        """Refuse a tilde before a digit too."""
        super().check_name(entry)
        if re.search(r"~\d", entry.name):
            raise ArchiveError(f"unsafe filename: {entry.shown} (a Windows short name)")


def apply(recipe: Recipe) -> Recipe:
    """Refuse such names."""
    return replace(recipe, archives=_Strict)
