"""The small changes from which defects are made, and the defects that are nothing but data."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_stigmer.errors import UsageError
from pytest_stigmer.store.migration import Migrations
from pytest_stigmer.store.queries import Queries
from pytest_stigmer.store.schema import AUDIT_INDEXES
from pytest_stigmer.store.template import clone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.clock import Clock
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.store.migration import Decoder
    from pytest_stigmer.store.session import Session
    from pytest_stigmer.store.sqlite import SqliteStore

AUDIT_OF = "FROM resource_audit WHERE kind = :kind AND resource_id = :id"
"""The audit records of one resource, as most audit queries select them."""

HASHED = f"{AUDIT_OF} AND version_hash = :hash"
"""The audit records that a lookup by version hash chooses from."""

TAGGED = f"{AUDIT_OF} AND tag = :tag"
"""The audit records that a lookup by tag chooses from."""

ARCHIVE = "INSERT INTO resource_audit (kind, resource_id, data, archived_at, version_hash, tag)"
"""How an audit record is stored; its values follow."""

AT_COMMIT = "DEFERRABLE INITIALLY DEFERRED"
"""Check a foreign key at the end of the transaction, so that push may archive before it saves."""

UPSERT = (
    "INSERT INTO resources (kind, id, data, updated_at) VALUES (:kind, :id, :data, datetime('now'))"
    " ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data, updated_at = excluded.updated_at"
)
"""A save that changes the row in place, where INSERT OR REPLACE deletes it and inserts another."""


def with_queries(recipe: Recipe, **texts: str) -> Recipe:
    """Return a recipe whose store asks these queries; its others stay as they are."""
    known = recipe.store.keywords if isinstance(recipe.store, partial) else {}
    queries = replace(known.get("queries", Queries()), **texts)
    return replace(recipe, store=partial(recipe.store, queries=queries))


def in_place(recipe: Recipe, part: type) -> Recipe:
    """Return a recipe with a class in place of the part that it derives from."""
    if issubclass(part, Migrations):
        return with_migrations(recipe, part)
    for field in fields(recipe):
        if isinstance(field.default, type) and issubclass(part, field.default):
            placed: dict[str, Any] = {field.name: _upon(getattr(recipe, field.name), part)}
            return replace(recipe, **placed)
    raise UsageError(f"{part.__module__}.{part.__name__} derives from no part of a registry")


def _upon(before: Any, part: type) -> Any:
    """Return a class in the place of another, upon it where that is of another defect."""
    given = before if isinstance(before, partial) else partial(before)
    if isinstance(given.func, type) and not issubclass(part, given.func):
        part = type(part.__name__, (part, given.func), {})
    return partial(part, *given.args, **given.keywords) if isinstance(before, partial) else part


def with_store(recipe: Recipe, store: type[SqliteStore]) -> Recipe:
    """Return a recipe with another store class, which asks the queries that are in place."""
    return replace(recipe, store=_upon(recipe.store, store))


def with_migrations(recipe: Recipe, migrations: Callable[..., Migrations]) -> Recipe:
    """Return a recipe whose store brings files to its schema in another way."""
    return replace(recipe, store=partial(recipe.store, migrations=migrations))


def with_schema(recipe: Recipe, *statements: str) -> Recipe:
    """Return a recipe whose files, new and migrated, are changed by these statements after v2.

    The version table goes on saying 2: such a file is a candidate and lives in a test only.
    """

    def fresh_file(path: Path, *, clock: Clock, ddl: tuple[str, ...] = ()) -> Path:
        return (recipe.fresh_file or clone)(path, clock=clock, ddl=(*statements, *ddl))

    changed = replace(recipe, fresh_file=fresh_file)
    return with_migrations(changed, partial(_ChangedSchema, statements))


def foreign_key(on_delete: str, when: str = AT_COMMIT) -> tuple[str, ...]:
    """Return the statements that give the audit table a foreign key with this action on deletion.

    Without `when` the key is checked at commit; '' checks it with each statement.
    """
    return (
        (
            "CREATE TABLE resource_audit_next (id INTEGER PRIMARY KEY AUTOINCREMENT, "
            "kind TEXT NOT NULL, resource_id TEXT NOT NULL, data BLOB NOT NULL, "
            "archived_at TEXT NOT NULL DEFAULT (datetime('now')), version_hash TEXT, tag TEXT, "
            "FOREIGN KEY (kind, resource_id) REFERENCES resources (kind, id) "
            f"ON DELETE {on_delete} {when})"
        ),
        "INSERT INTO resource_audit_next SELECT * FROM resource_audit",
        "DROP TABLE resource_audit",
        "ALTER TABLE resource_audit_next RENAME TO resource_audit",
        *(f"CREATE INDEX {name} ON resource_audit {on}" for name, on in AUDIT_INDEXES.items()),
    )


@dataclass(frozen=True)
class Row:
    """A defect that is an entry of a table: what it says, and the function that applies it."""

    id: str
    harm: str
    origin: str
    apply: Callable[[Recipe], Recipe]


def exchange(
    defect_id: str,
    harm: str,
    origin: str,
    *,
    ddl: tuple[str, ...] = (),
    store: type[SqliteStore] | None = None,
    **queries: str,
) -> Row:
    """Return a defect that is nothing but data.

    `ddl` changes every file after v2, as in `with_schema`; `store` is another class of store;
    `queries` are fields of `Queries`.
    """

    def apply(recipe: Recipe) -> Recipe:
        changed = with_store(recipe, store) if store else recipe
        changed = with_schema(changed, *ddl) if ddl else changed
        return with_queries(changed, **queries) if queries else changed

    return Row(defect_id, harm, origin, apply)


class _ChangedSchema(Migrations):
    """Migrations with more statements after the step to v2, in the same transaction."""

    def __init__(
        self,
        statements: tuple[str, ...],
        session: Session,
        path: Path,
        decoder: Decoder | None = None,
    ) -> None:
        super().__init__(session, path, decoder)
        self.statements = statements

    def to_v2(self) -> None:
        """Go to v2 as the reference does, then on."""
        super().to_v2()
        self.create(*self.statements)
