"""What a registry is made of: constructors, each of which a defect may replace.

The parts themselves know nothing of defects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillEndpoint
from pytest_stigmer.skills.index import SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone


@dataclass(frozen=True)
class Recipe:
    """The constructors from which a registry is built.

    `fresh_file` writes a new file before the store opens it; None lets the store create it, as a
    recipe with another schema must.
    """

    fresh_file: Callable[..., Path] | None = clone
    store: Callable[..., SqliteStore] = SqliteStore
    artifacts: Callable[..., ArtifactStorage] = ArtifactStorage
    archives: Callable[[], ArchiveReader] = ArchiveReader
    index: Callable[..., SlugIndex] = SlugIndex
    references: Callable[..., ReferenceResolver] = ReferenceResolver
    skills: Callable[..., SkillController] = SkillController
    endpoint: Callable[..., SkillEndpoint] = SkillEndpoint


REFERENCE = Recipe()
"""The registry that keeps every promise."""
