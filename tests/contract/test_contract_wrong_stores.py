"""Stores that are wrong in one small way each break the fact that is about it, in words."""

from __future__ import annotations

import fnmatch
import re
from contextlib import contextmanager, suppress
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import UndecodableRow
from pytest_stigmer.explore.store_model import StoreModel
from pytest_stigmer.store.translation import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conftest import Broken

    Same = Callable[[str, str], bool]

AUDIT_VERBS = (
    "save_audit",
    "get_audit_by_hash",
    "get_audit_by_tag",
    "list_audit_history",
    "delete_audit_by_resource_id",
)
"""The verbs of snapshots; kind comes first, the resource's id second."""

RECORD_VERBS = ("save_resource", "get_resource", "delete_resource")
"""The verbs of one live record; kind comes first, its id second."""

LOOKUPS = {"get_audit_by_hash": "version_hash", "get_audit_by_tag": "tag"}
"""The lookups of snapshots and what they compare."""


def _without_case(asked: str, found: str) -> bool:
    return asked.casefold() == found.casefold()


def _like(asked: str, found: str) -> bool:
    pattern = re.escape(asked).replace("%", ".*").replace("_", ".")
    return re.fullmatch(pattern, found, re.DOTALL) is not None


def _stripped(asked: str, found: str) -> bool:
    return asked.strip() == found.strip()


def _without_nul(asked: str, found: str) -> bool:
    return asked.replace("\0", "") == found.replace("\0", "")


def _cut_at_nul(asked: str, found: str) -> bool:
    return asked.partition("\0")[0] == found.partition("\0")[0]


def comparing(field: str, same: Same) -> type[StoreModel]:
    """Make a store whose snapshots' `resource_id`, `version_hash` or `tag` are compared so."""

    class Comparing(StoreModel):
        def _newest_first(self, kind: str | int, resource_id: str) -> list[Any]:
            if field != "resource_id":
                return super()._newest_first(kind, resource_id)
            name = self._kind(kind)
            rows = [row for row in reversed(self.history) if row.kind == name]
            return [row for row in rows if same(resource_id, row.resource_id)]

        def _asked(self, wanted: str, kind: Any, resource_id: str, text: str) -> str:
            stored = [getattr(row, wanted) for row in self._newest_first(kind, resource_id)]
            near = (other for other in stored if field == wanted and same(text, other))
            return next(near, text)

        def get_audit_by_hash(self, kind: Any, resource_id: str, *rest: Any) -> Any:
            text = self._asked("version_hash", kind, resource_id, rest[0])
            return super().get_audit_by_hash(kind, resource_id, text, rest[1])

        def get_audit_by_tag(self, kind: Any, resource_id: str, *rest: Any) -> Any:
            text = self._asked("tag", kind, resource_id, rest[0])
            return super().get_audit_by_tag(kind, resource_id, text, rest[1])

    return Comparing


def changing(verbs: tuple[str, ...], change: Callable[..., tuple[Any, ...]]) -> type[StoreModel]:
    """Make a store that changes the arguments of some verbs."""

    class Changing(StoreModel):
        pass

    for verb in verbs:

        def changed(self: Any, *arguments: Any, _verb: str = verb, **fields: Any) -> Any:
            return getattr(StoreModel, _verb)(self, *change(*arguments), **fields)

        setattr(Changing, verb, changed)
    return Changing


class FewLookups(StoreModel):
    """Looks for tags and hashes among the newest thirty snapshots only."""

    def _newest_first(self, kind: str | int, resource_id: str) -> list[Any]:
        return super()._newest_first(kind, resource_id)[:30]


class Deduplicating(StoreModel):
    """Keeps of equal snapshots the newest one, unless they were saved one after the other."""

    def save_audit(self, kind: Any, resource_id: str, message: Any, **names: str) -> None:
        """Archive, and drop what is equal."""
        before = list(self.history)
        super().save_audit(kind, resource_id, message, **names)
        if before and before[-1] != self.history[-1]:
            self.history = [row for row in before if row != self.history[-1]] + self.history[-1:]


class WithoutEmptySnapshots(StoreModel):
    """Takes a message without a byte for none, when it is archived."""

    def save_audit(self, kind: Any, resource_id: str, message: Any, **names: str) -> None:
        """Archive what has a byte."""
        if message is None or message.ByteSize():
            super().save_audit(kind, resource_id, message, **names)


def forgetting(table: str) -> type[StoreModel]:
    """Make a store whose failed transactions do not bring back what was deleted from `table`."""

    class Forgetting(StoreModel):
        @contextmanager
        def transaction(self) -> Iterator[None]:
            live, history = {}, []
            try:
                with super().transaction():
                    try:
                        yield
                    finally:
                        live = {kind: set(ids) for kind, ids in self.live.items()}
                        history = list(self.history)
            except BaseException:
                if table == "live":
                    for kind, records in self.live.items():
                        for id_ in set(records) - live.get(kind, set()):
                            del records[id_]
                else:
                    self.history = [row for row in self.history if row in history]
                raise

    return Forgetting


def of_any_kind(*, own_first: bool) -> type[StoreModel]:
    """Make a store that reads live records by their id alone, or where the kind has none."""

    class OfAnyKind(StoreModel):
        def get_resource(self, kind: Any, resource_id: str, *rest: Any) -> Any:
            kinds = [name for name in self.live if resource_id in self.live[name]]
            if kinds and not (own_first and self._kind(kind) in kinds):
                kind = kinds[0]
            return super().get_resource(kind, resource_id, *rest)

    return OfAnyKind


def tidying(verb: str, field: str) -> type[StoreModel]:
    """Make a store that forgets, in a lookup, the older snapshots that it would have found."""

    def lookup(self: Any, kind: Any, resource_id: str, text: str, message_class: Any) -> Any:
        rows = self._newest_first(kind, resource_id)
        doomed = [row for row in rows if getattr(row, field) == text][1:]
        self.history = [row for row in self.history if row not in doomed]
        return getattr(StoreModel, verb)(self, kind, resource_id, text, message_class)

    return type("Tidying", (StoreModel,), {verb: lookup})


def skipping(verb: str, field: str) -> type[StoreModel]:
    """Make a store that looks for the newest snapshot that it can decode, if there is one."""

    def lookup(self: Any, kind: Any, resource_id: str, text: str, message_class: Any) -> Any:
        for row in self._newest_first(kind, resource_id):
            if getattr(row, field) == text:
                with suppress(UndecodableRow):
                    return decode(message_class, row.data, row.kind, resource_id)
        return getattr(StoreModel, verb)(self, kind, resource_id, text, message_class)

    return type("Skipping", (StoreModel,), {verb: lookup})


def listing(verb: str, shown: Callable[[list[bytes]], list[bytes]]) -> type[StoreModel]:
    """Make a store that shows something else than the whole of a listing."""

    def listed(*arguments: Any) -> list[bytes]:
        return shown(getattr(StoreModel, verb)(*arguments))

    return type("Listing", (StoreModel,), {verb: listed})


def _cut(asked: str, found: str) -> bool:
    return asked[:255] == found[:255]


def _with_cut_id(kind: Any, *rest: Any) -> tuple[Any, ...]:
    return (kind, rest[0][:255], *rest[1:])


def _number_as_digits(kind: Any, *rest: Any) -> tuple[Any, ...]:
    return (str(kind), *rest)


NEAR, DELETING = "promise[snapshots_of_near_ids", "promise[snapshots_of_near_ids"
RECORDS, SNAPSHOTS = "promise[records_by_kind_number", "promise[snapshots_by_kind_number"
MANY, MANY_RECORDS = "promise[more_than_a_page", "promise[many_records"
IN_ITS_KIND, LONG = "promise[same_id_saved_under_two_kinds", "promise[long_names"
BY_NUMBER = {
    "get_resource": RECORDS,
    "list_resources": "promise[kind_by_number_or_name[skill]",
    "save_resource": "promise[kind_by_number_or_name[skill]",
    "delete_resource": RECORDS,
    "delete_resources_by_kind": RECORDS,
    "delete_resources_by_id_prefix": RECORDS,
    **dict.fromkeys(AUDIT_VERBS, SNAPSHOTS),
}
"""Which fact says that a verb takes kinds by number."""

WRONG: dict[str, tuple[Callable[[], StoreModel], str]] = {
    "ids without case": (comparing("resource_id", _without_case), NEAR),
    "ids by LIKE": (comparing("resource_id", _like), NEAR),
    "ids by GLOB": (comparing("resource_id", lambda a, f: fnmatch.fnmatchcase(f, a)), NEAR),
    "ids cut at NUL": (comparing("resource_id", _cut_at_nul), NEAR),
    "ids stripped": (comparing("resource_id", _stripped), NEAR),
    "deletion without case": (
        changing(("delete_audit_by_resource_id",), lambda kind, id_: (kind, id_.lower())),
        DELETING,
    ),
    "strange ids refused": (
        changing(AUDIT_VERBS, lambda kind, id_, *rest: (kind, id_.encode("ascii"), *rest)),
        "promise[any_text_names_snapshots",
    ),
    "hashes without case": (comparing("version_hash", _without_case), "promise[hashes_are_exact"),
    "hashes stripped": (comparing("version_hash", _stripped), "promise[hashes_are_exact"),
    "hashes by LIKE": (comparing("version_hash", _like), "promise[hashes_are_exact"),
    "tags without NUL": (comparing("tag", _without_nul), "promise[tags_are_exact"),
    "tags cut at NUL": (comparing("tag", _cut_at_nul), "promise[tags_are_exact"),
    "tags stripped": (comparing("tag", _stripped), "promise[tags_are_exact"),
    "few lookups": (FewLookups, MANY),
    "snapshots of 200": (listing("list_audit_history", itemgetter(slice(200))), MANY),
    **{
        f"records of {most}": (listing("list_resources", itemgetter(slice(most))), MANY_RECORDS)
        for most in (50, 100, 200)
    },
    "equal records once": (
        listing("list_resources", lambda rows: list(dict.fromkeys(rows))),
        "promise[equal_records",
    ),
    "records of any kind": (of_any_kind(own_first=False), IN_ITS_KIND),
    "records of another kind": (of_any_kind(own_first=True), IN_ITS_KIND),
    "deleted records lost": (forgetting("live"), "promise[all_or_nothing"),
    "deleted snapshots lost": (forgetting("history"), "promise[all_or_nothing"),
    "equal snapshots once": (Deduplicating, "promise[version_returned_to"),
    "empty snapshots lost": (WithoutEmptySnapshots, "promise[nothing_set"),
    **{
        f"{verb} that tidies": (tidying(verb, field), "promise[lookups_change_nothing")
        for verb, field in LOOKUPS.items()
    },
    **{
        f"{verb} that skips": (skipping(verb, field), "snapshot_of_another_type_is_not_passed_over")
        for verb, field in LOOKUPS.items()
    },
    "ids of records cut": (changing(RECORD_VERBS, _with_cut_id), "promise[records_of_near_ids"),
    "ids of snapshots cut": (comparing("resource_id", _cut), NEAR),
    "tags cut": (comparing("tag", _cut), LONG),
    "hashes cut": (comparing("version_hash", _cut), LONG),
    **{
        f"{verb} without numbers": (changing((verb,), _number_as_digits), fact)
        for verb, fact in BY_NUMBER.items()
    },
}
"""What is wrong with a store, and the fact that must say so."""


@pytest.mark.parametrize("what", WRONG)
def test_wrong_store_is_named(
    what: str, kit: Mapping[str, object], verdict_on: Callable[..., Broken | None]
) -> None:
    """A store that is wrong in one way breaks the promise about it, which holds for a sound one."""
    make, fact = WRONG[what]
    cases = [name for name in kit if name.startswith(f"Store.test_{fact}")]
    assert not any(verdict_on(case, StoreModel()) for case in cases), "a sound store breaks it"
    told = [verdict for case in cases if (verdict := verdict_on(case, make()))]
    assert told, f"a store with {what} keeps {fact}"
    assert told[0].in_words, told[0].why
