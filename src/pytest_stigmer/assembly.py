"""The parts of one registry and the functions that put them together.

A defect replaces constructors in the recipe; the parts themselves know nothing of defects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.clock import SystemClock
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import Clock
    from pytest_stigmer.skills.artifacts import ArtifactStorage
    from pytest_stigmer.skills.controller import SkillController
    from pytest_stigmer.skills.endpoint import SkillEndpoint

_SYSTEM_CLOCK = SystemClock()


@dataclass(frozen=True)
class Recipe:
    """The constructors from which a registry is built.

    `fresh_file` writes a new file before the store opens it; None lets the store create it, as a recipe
    with another schema must.
    """

    store: Callable[..., SqliteStore] = SqliteStore
    fresh_file: Callable[..., Path] | None = clone


@dataclass(frozen=True)
class Parts:
    """One assembled registry: everything speaks to the same clock and the same file."""

    clock: Clock
    store: SqliteStore
    artifacts: ArtifactStorage
    skills: SkillController
    endpoint: SkillEndpoint


REFERENCE = Recipe()
"""The registry that keeps every promise."""


def open_store(
    path: str | PathLike[str],
    *,
    clock: Clock = _SYSTEM_CLOCK,
    recipe: Recipe = REFERENCE,
    schema: int = LATEST,
    generation: Generation | None = None,
) -> SqliteStore:
    """Open the store of a registry, on a new file or an existing one; the skill API is not loaded.

    Raises the errors of SqliteStore.
    """
    if schema == LATEST and recipe.fresh_file is not None and not Path(path).exists():
        recipe.fresh_file(path, clock=clock)
    return recipe.store(path, clock=clock, schema=schema, decoder=partial(_legacy, generation))


def _legacy(generation: Generation | None, kind: str, data: bytes) -> tuple[str, str] | None:
    """Read version hash and tag of a row that a migration moves; loads the messages only then."""
    from pytest_stigmer.api.generation import load

    return (generation or load()).codec.legacy(kind, data)
