"""The parts of one registry and the functions that put them together.

A defect replaces constructors in the recipe; the parts themselves know nothing of defects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.api.generation import load
from pytest_stigmer.clock import SystemClock
from pytest_stigmer.skills.archive import ArchiveReader
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillClient, SkillEndpoint
from pytest_stigmer.skills.index import SlugIndex
from pytest_stigmer.skills.references import ReferenceResolver
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.template import clone

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from types import TracebackType
    from typing import Self

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.clock import Clock

_SYSTEM_CLOCK = SystemClock()


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


@dataclass(frozen=True)
class Parts:
    """One assembled registry: everything speaks to the same clock and the same file."""

    clock: Clock
    generation: Generation
    store: SqliteStore
    artifacts: ArtifactStorage
    skills: SkillController
    endpoint: SkillEndpoint

    def client(self) -> SkillClient:
        """Return a client in this process: bytes cross both ways, as on a wire."""
        return SkillClient(self.generation, self.endpoint)

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    path: str | PathLike[str],
    *,
    clock: Clock = _SYSTEM_CLOCK,
    recipe: Recipe = REFERENCE,
    schema: int = LATEST,
    generation: Generation | None = None,
    is_ours_alone: bool = False,
) -> SqliteStore:
    """Open the store of a registry, on a new file or an existing one; no message class is loaded.

    `is_ours_alone` says that there is no file yet and that no other process knows the path: then
    it is written from the template, which is faster than building it step by step. Raises the
    errors of SqliteStore.
    """
    if is_ours_alone and schema == LATEST and recipe.fresh_file is not None:
        recipe.fresh_file(path, clock=clock)
    return recipe.store(path, clock=clock, schema=schema, decoder=partial(_legacy, generation))


def assemble(
    path: str | PathLike[str],
    *,
    clock: Clock = _SYSTEM_CLOCK,
    recipe: Recipe = REFERENCE,
    generation: Generation | None = None,
    schema: int = LATEST,
    artifacts_root: str | PathLike[str] | None = None,
) -> Parts:
    """Open a registry on a database file, made when it is missing; close it with `close` or `with`.

    Without `generation` it is the one in use, the user's stubs where they fit; without
    `artifacts_root` the artifacts lie in `<path>.artifacts`, made with the first push. Raises the
    errors of SqliteStore.
    """
    generation = generation or load()
    store = open_store(path, clock=clock, recipe=recipe, schema=schema, generation=generation)
    return assemble_on(store, recipe=recipe, generation=generation, artifacts_root=artifacts_root)


def assemble_on(
    store: SqliteStore,
    *,
    recipe: Recipe = REFERENCE,
    generation: Generation | None = None,
    artifacts_root: str | PathLike[str] | None = None,
) -> Parts:
    """Put the skill API over an open store, on the store's clock; closing the parts closes it.

    See `assemble` for the rest.
    """
    generation = generation or load()
    artifacts = recipe.artifacts(Path(artifacts_root or f"{store.path}.artifacts"))
    skills = recipe.skills(
        store,
        artifacts,
        store.clock,
        generation,
        archives=recipe.archives,
        index=recipe.index,
        references=recipe.references,
    )
    endpoint = recipe.endpoint(skills, generation)
    return Parts(store.clock, generation, store, artifacts, skills, endpoint)


def _legacy(generation: Generation | None, kind: str, data: bytes) -> tuple[str, str] | None:
    """Read version hash and tag of a row that a migration moves; loads the messages only then."""
    return (generation or load()).codec.legacy(kind, data)
