"""The registries of a test: the one behind its fixtures, and more stores on request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from pytest_stigmer.errors import UsageError
from pytest_stigmer.harness.run_session import CLOCK, DATABASES, FAILED, recipe_with

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path
    from types import TracebackType

    import pytest

    from pytest_stigmer.factories.audit_history import History
    from pytest_stigmer.harness.run_session import HarnessSession
    from pytest_stigmer.registry.assembly import Parts
    from pytest_stigmer.skills.endpoint import SkillClient
    from pytest_stigmer.store.sqlite import SqliteStore


_SCHEMAS = (1, 2)


class Registry:
    """One store and, when asked for, the skill API over it; files are deleted at the end."""

    def __init__(self, session: HarnessSession, item: pytest.Item) -> None:
        self._session = session
        self._item = item
        self._database = new_database(session, item)

    @cached_property
    def store(self) -> SqliteStore:
        """The open store."""
        from pytest_stigmer.harness.coherence import probe
        from pytest_stigmer.registry.assembly import open_store

        store = open_store(self._database, recipe=self._session.recipe, is_ours_alone=True)
        if CLOCK in self._item.stash:
            probe(self._item.stash[CLOCK], store)
        return store

    @cached_property
    def parts(self) -> Parts:
        """The skill API over the store."""
        from pytest_stigmer.registry.assembly import assemble_on

        return assemble_on(
            self.store, recipe=self._session.recipe, generation=self._session.generation
        )

    @cached_property
    def skills(self) -> SkillClient:
        """The skill API's client in process."""
        from pytest_stigmer.skills.endpoint import SkillClient

        return SkillClient(self._session.generation, self.parts.endpoint)

    def __enter__(self) -> Self:
        """Return the registry; the store opens when it is asked for."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store and delete its files, unless they are kept."""
        if "store" in self.__dict__:
            self.store.close()
        release(self._session, self._item, self._database)


class StoreFactory:
    """Opens more stores for a test; all are closed at teardown."""

    def __init__(self, session: HarnessSession, item: pytest.Item, stack: ExitStack) -> None:
        self._session = session
        self._item = item
        self._stack = stack

    def __call__(
        self,
        *,
        schema: int = 2,
        path: str | Path | None = None,
        defect: str | None = None,
        history: History | None = None,
    ) -> SqliteStore:
        """Open a store on a fresh file, or on `path`, which is left in place.

        `schema` 1 leaves out the audit table; `defect` puts one of the catalogue in place;
        `history` is loaded in one transaction. Raises the errors of opening a store, UsageError for
        an unknown schema or defect and for a history that schema 1 cannot hold.
        """
        if schema not in _SCHEMAS:
            raise UsageError.unknown("schema", str(schema), map(str, _SCHEMAS))
        if history is not None and schema == 1:
            raise UsageError.no_audit_table(schema)
        from pytest_stigmer.registry.assembly import open_store

        recipe = recipe_with(defect) if defect else self._session.recipe
        database = path
        if database is None:
            database = new_database(self._session, self._item)
            self._stack.callback(release, self._session, self._item, database)
        opened = open_store(database, recipe=recipe, schema=schema, is_ours_alone=path is None)
        store = self._stack.enter_context(opened)
        if history is not None:
            from pytest_stigmer.factories.loading import load_history

            load_history(store, history)
        return store


def new_database(session: HarnessSession, item: pytest.Item) -> Path:
    """Return the path of a new database and remember it for the report of a failure."""
    path = session.scratch.database(item.nodeid)
    item.stash.setdefault(DATABASES, []).append(path)
    return path


def release(session: HarnessSession, item: pytest.Item, database: Path) -> None:
    """Delete a closed database, unless its test failed and the user wants to look at it."""
    if not (session.options.keep and item.stash.get(FAILED, False)):
        session.scratch.discard(database)
