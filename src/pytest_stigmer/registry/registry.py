"""One registry and its life: its files, its parts, and how it is opened, copied and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self

from pytest_stigmer.api.generation import Generation, load
from pytest_stigmer.clock import Clock, SystemClock
from pytest_stigmer.registry.assembly import REFERENCE, Recipe
from pytest_stigmer.registry.files import RegistryFiles
from pytest_stigmer.skills.artifact_storage import ArtifactStorage
from pytest_stigmer.skills.controller import SkillController
from pytest_stigmer.skills.endpoint import SkillClient, SkillEndpoint
from pytest_stigmer.store.backup import restore
from pytest_stigmer.store.schema import LATEST
from pytest_stigmer.store.sqlite import SqliteStore

_SYSTEM_CLOCK = SystemClock()


class Registry:
    """The skill API over a store on `path`, its artifacts in a folder beside it.

    Nothing is opened before it is asked for; `open`, `with` and every part do. Everything speaks to
    one clock and one file. Without `generation` it is the one in use, the user's stubs where they
    fit; a word such as `bundled` is what `api.generation.load` takes, so that no message class is
    loaded for a store alone. Opening raises the errors of SqliteStore.

    `new` says that there is no file yet and that no other process knows the path: then it is
    written from the template, which is faster than building it step by step, with the statements of
    `ddl` already run. `on_open` is given each store that was opened and returns it, prepared.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        clock: Clock = _SYSTEM_CLOCK,
        recipe: Recipe = REFERENCE,
        generation: Generation | str = "auto",
        schema: int = LATEST,
        new: bool = False,
        ddl: tuple[str, ...] = (),
        on_open: Callable[[SqliteStore], SqliteStore] | None = None,
    ) -> None:
        self.files = RegistryFiles.of(path)
        self.clock = clock
        self.recipe = recipe
        self._generation = generation
        self._schema = schema
        self._is_new = new and schema == LATEST and recipe.fresh_file is not None
        self._ddl = ddl
        self._on_open = on_open

    @property
    def path(self) -> Path:
        """The database file."""
        return self.files.database

    @cached_property
    def generation(self) -> Generation:
        """The message classes."""
        given = self._generation
        return load(given) if isinstance(given, str) else given

    @cached_property
    def store(self) -> SqliteStore:
        """The store, open unless the registry or the store was closed."""
        if self._is_new and self.recipe.fresh_file is not None and not self.path.exists():
            self.recipe.fresh_file(self.path, clock=self.clock, ddl=self._ddl)
        store = self.recipe.store(
            self.path, clock=self.clock, schema=self._schema, decoder=self._version_of
        )
        try:
            return self._on_open(store) if self._on_open else store
        except BaseException:
            store.close()
            raise

    @cached_property
    def artifacts(self) -> ArtifactStorage:
        """The storage of artifacts; its folder is made with the first push."""
        return self.recipe.artifacts(self.files.artifacts)

    @cached_property
    def skills(self) -> SkillController:
        """The skill API in plain values."""
        return self.recipe.skills(
            self.store,
            self.artifacts,
            self.store.instants,
            self.generation,
            archives=self.recipe.archives,
            index=self.recipe.index,
            references=self.recipe.references,
        )

    @cached_property
    def endpoint(self) -> SkillEndpoint:
        """The skill API in bytes."""
        return self.recipe.endpoint(self.skills, self.generation)

    def client(self) -> SkillClient:
        """Return a client in this process: bytes cross both ways, as on a wire."""
        return SkillClient(self.generation, self.endpoint)

    def open(self) -> Self:
        """Open the store, if it was not opened yet, and return the registry."""
        self.store  # noqa: B018 - asking opens it
        return self

    def close(self) -> None:
        """Close the store; a second call does nothing, and only `reopen` opens it again."""
        if "store" in self.__dict__:
            self.store.close()

    def reopen(self) -> None:
        """Close the store and open its file again, with new parts over it."""
        self.close()
        for part in ("store", "artifacts", "skills", "endpoint"):
            self.__dict__.pop(part, None)
        self.open()

    def beside(self) -> Registry:
        """Return a second registry on the same files, as another process has it; close it too."""
        return Registry(
            self.path,
            clock=self.clock,
            recipe=self.recipe,
            generation=self._generation,
            on_open=self._on_open,
        )

    def restore(self, copy: RegistryFiles) -> None:
        """Take the content of a copy and open the registry again.

        Raises the errors of `backup.restore` for a copy that cannot be read, and OSError; the
        registry is then as it was.
        """
        incoming = self.files.beside(".incoming")
        with incoming.gone_if_it_fails():
            copy.copy_artifacts_to(incoming)
            restore(self.store, copy.database)
        self.close()
        try:
            incoming.move_artifacts_to(self.files)
        finally:
            self.reopen()

    def replace(self, image: bytes, artifacts: Mapping[str, bytes] | None = None) -> None:
        """Go on with the bytes of another database, as after a crash; None keeps the artifacts."""
        self.close()
        self.files.replace(image, artifacts)
        self.reopen()

    def reset(self) -> None:
        """Start anew, with an empty database and no artifacts."""
        self.close()
        try:
            self.files.delete()
        finally:
            self.reopen()

    def delete(self) -> None:
        """Close the registry and delete its files."""
        self.close()
        self.files.delete()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _version_of(self, kind: str, data: bytes) -> tuple[str, str] | None:
        """Read version hash and tag of a row that a migration moves; only then messages load."""
        return self.generation.codec.legacy(kind, data)
