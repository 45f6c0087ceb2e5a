"""The parts of one registry and the one function that puts them together.

A defect replaces constructors in the recipe; the parts themselves know nothing of defects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.clock import Clock
    from pytest_stigmer.skills.artifacts import ArtifactStorage
    from pytest_stigmer.skills.controller import SkillController
    from pytest_stigmer.skills.endpoint import SkillEndpoint
    from pytest_stigmer.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Recipe:
    """The constructors from which a registry is built."""

    store: Callable[..., SqliteStore]
    artifacts: Callable[..., ArtifactStorage]
    skills: Callable[..., SkillController]
    endpoint: Callable[..., SkillEndpoint]


@dataclass(frozen=True)
class Parts:
    """One assembled registry: everything speaks to the same clock and the same file."""

    clock: Clock
    store: SqliteStore
    artifacts: ArtifactStorage
    skills: SkillController
    endpoint: SkillEndpoint
