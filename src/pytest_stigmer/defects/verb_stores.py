"""Stores that are wrong in the same way in one verb or another: a row for each verb."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pytest_stigmer.defects.change import HASHED, TAGGED, exchange
from pytest_stigmer.errors import StoreError
from pytest_stigmer.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKUPS = {
    "hash": ("get_audit_by_hash", HASHED),
    "tag": ("get_audit_by_tag", TAGGED),
}
"""The lookups of audit records: the verb, and the audit records that it chooses from."""

_VERBS_WITH_KIND = (
    "delete_audit_by_resource_id",
    "delete_resource",
    "delete_resources_by_id_prefix",
    "delete_resources_by_kind",
    "get_audit_by_hash",
    "get_audit_by_tag",
    "get_resource",
    "list_audit_history",
    "list_resources",
    "save_audit",
    "save_resource",
)


def _number_as_name(verb: str) -> type[SqliteStore]:
    """Make a store that takes the number of a kind for a name in one verb."""

    def changed(self: SqliteStore, kind: str | int, *rest: Any, **names: str) -> Any:
        return getattr(SqliteStore, verb)(self, str(kind), *rest, **names)

    return type("NumberAsName", (SqliteStore,), {verb: changed})


class _FewNames(SqliteStore):
    """Knows the kinds that are used most by their names, and no other."""

    def save_resource(self, kind: str | int, resource_id: str, message: Any) -> None:
        is_known = kind in (0, 40, 43, 50, 52)
        super().save_resource(kind if is_known else str(kind), resource_id, message)


KINDS = (
    exchange(
        "rare-kinds-have-no-name",
        "Records of some kinds that are saved by number are not found by their name.",
        "contract 2.6: the kind text is the value name",
        store=_FewNames,
    ),
    *(
        exchange(
            f"kind-number-is-a-name-in-{verb.replace('_', '-')}",
            f"Kind 43 in {verb} is not the kind skill: half of the callers miss the other half's "
            "rows.",
            "stigmer b070f18, interface.go: a kind is a value of the enum",
            store=_number_as_name(verb),
        )
        for verb in _VERBS_WITH_KIND
    ),
)


def _tidying(what: str) -> type[SqliteStore]:
    """Make a store that drops, in a lookup, the older audit records that it would have found."""
    verb, found = _LOOKUPS[what]
    older = f"DELETE {found} AND id < (SELECT max(id) {found})"

    def changed(self: SqliteStore, kind: str | int, resource_id: str, name: str, cls: Any) -> Any:
        self._write(older, kind, id=resource_id, **{what: name})
        return getattr(SqliteStore, verb)(self, kind, resource_id, name, cls)

    return type("Tidying", (SqliteStore,), {verb: changed})


def _skipping(what: str) -> type[SqliteStore]:
    """Make a store that looks for the newest audit record that decodes, if there is one."""
    verb, found = _LOOKUPS[what]
    newest_first = f"SELECT data {found} ORDER BY id DESC"

    def changed(self: SqliteStore, kind: str | int, resource_id: str, name: str, cls: Any) -> Any:
        for data in self._read(newest_first, kind, id=resource_id, **{what: name}):
            with suppress(Exception):
                return cls.FromString(data)
        return getattr(SqliteStore, verb)(self, kind, resource_id, name, cls)

    return type("Skipping", (SqliteStore,), {verb: changed})


HISTORY_STORES = tuple(
    exchange(f"{what}-lookup-{does}", harm, origin, store=make(what))
    for what in _LOOKUPS
    for does, harm, origin, make in (
        (
            "drops-older-versions",
            "Looking a version up deletes from the history the older ones of that name.",
            "stigmer b070f18, store.go: a lookup changes nothing",
            _tidying,
        ),
        (
            "passes-over-damage",
            "A damaged version is answered with an older one that nobody asked for.",
            "D10, for versions",
            _skipping,
        ),
    )
)


class _WithoutNul(SqliteStore):
    """Leaves NUL characters out of the tag that is asked for."""

    def get_audit_by_tag(self, kind: str | int, resource_id: str, tag: str, cls: Any) -> Any:
        return super().get_audit_by_tag(kind, resource_id, tag.replace("\0", ""), cls)


NAME_STORES = (
    exchange(
        "tags-ignore-nul",
        "A tag with a NUL character gives the version of the tag without it.",
        "stigmer b070f18, store.go: names are compared as they are",
        store=_WithoutNul,
    ),
)


def _forgetting(verb: str) -> type[SqliteStore]:
    """Make a store that repeats, after a transaction was undone, what one verb deleted in it."""

    class Forgetting(SqliteStore):
        gone: list[tuple[Any, ...]]

        @contextmanager
        def transaction(self) -> Iterator[None]:
            self.gone = []
            try:
                with super().transaction():
                    yield
            except BaseException:
                for key in self.gone:
                    getattr(SqliteStore, verb)(self, *key)
                raise

    def changed(self: Forgetting, *arguments: Any) -> Any:
        self.__dict__.setdefault("gone", []).append(arguments)
        return getattr(SqliteStore, verb)(self, *arguments)

    setattr(Forgetting, verb, changed)
    return Forgetting


class _OneLevel(SqliteStore):
    """Lets what is enclosed in a transaction belong to it alone, whatever it encloses itself."""

    is_inside = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin where none has begun."""
        if self.is_inside:
            yield
            return
        self.is_inside = True
        try:
            with super().transaction():
                yield
        finally:
            self.is_inside = False


class _ClosingWell(SqliteStore):
    """Ends what is under way before it closes, as if it were done."""

    def close(self) -> None:
        with suppress(StoreError):
            if self.connection.in_transaction:
                self.connection.execute("COMMIT")
        super().close()


class _Patient(SqliteStore):
    """Ends what a signal interrupts before it lets the signal through."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        signal = None
        with super().transaction():
            try:
                yield
            except KeyboardInterrupt as interruption:
                signal = interruption
        if signal:
            raise signal


class _RowByRow(SqliteStore):
    """Deletes many one after the other."""

    def delete_resources_by_kind(self, kind: str | int) -> int:
        return self.delete_resources_by_id_prefix(kind, "")

    def delete_resources_by_id_prefix(self, kind: str | int, prefix: str) -> int:
        doomed = [name for name, _ in self.resource_rows(kind) if name.startswith(prefix)]
        for name in doomed:
            self.delete_resource(kind, name)
        return len(doomed)


TRANSACTIONS = (
    exchange(
        "many-are-deleted-row-by-row",
        "A deletion of many that is cut off has deleted some of them.",
        "stigmer b070f18, store.go: one statement deletes all of them",
        store=_RowByRow,
    ),
    exchange(
        "closing-commits-what-is-under-way",
        "A server that is stopped in the middle of a deletion leaves a skill without its history.",
        "contract 0: one transaction, all of it or nothing",
        store=_ClosingWell,
    ),
    exchange(
        "interruption-commits-what-is-under-way",
        "Who interrupts a long change keeps half of it.",
        "contract 0: one transaction, all of it or nothing",
        store=_Patient,
    ),
    exchange(
        "failed-inner-transaction-keeps-its-writes",
        "Half of a step that failed is kept when the caller goes on with the next one.",
        "stigmer b070f18, store.go: a failure rolls everything back",
        store=_OneLevel,
    ),
    exchange(
        "undone-transaction-keeps-its-deletions",
        "A failed change of several records leaves some of them deleted.",
        "stigmer b070f18, store.go: a failure rolls everything back",
        store=_forgetting("delete_resource"),
    ),
    exchange(
        "undone-transaction-loses-the-history",
        "A deletion that failed leaves the skill without its versions.",
        "D30; D34",
        store=_forgetting("delete_audit_by_resource_id"),
    ),
)
