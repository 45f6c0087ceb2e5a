"""Stores that are wrong in one small way each break the fact that is about it, in words."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.contract.model import StoreModel

if TYPE_CHECKING:
    from collections.abc import Callable

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
        found = super()._newest_first(kind, resource_id)
        return found[: self.most]

    most = 30


def _number_as_digits(kind: Any, *rest: Any) -> tuple[Any, ...]:
    return (str(kind), *rest)


NEAR, DELETING = "snapshots_of_near_ids_are_apart", "deleting_the_history_of_an_id_spares_near_ones"
RECORDS, SNAPSHOTS = (
    "records_are_read_by_the_kinds_number",
    "snapshots_are_read_by_the_kinds_number",
)
BY_NUMBER = {
    "get_resource": RECORDS,
    "list_resources": "kind_number_and_name_are_one_kind[43]",
    "save_resource": "kind_number_and_name_are_one_kind[43]",
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
        "any_text_names_snapshots[astral]",
    ),
    "hashes without case": (comparing("version_hash", _without_case), "hashes_are_exact"),
    "hashes stripped": (comparing("version_hash", _stripped), "hashes_are_exact"),
    "hashes by LIKE": (comparing("version_hash", _like), "hashes_are_exact"),
    "tags without NUL": (comparing("tag", _without_nul), "tags_are_exact"),
    "tags cut at NUL": (comparing("tag", _cut_at_nul), "tags_are_exact"),
    "tags stripped": (comparing("tag", _stripped), "tags_are_exact"),
    "few lookups": (FewLookups, "old_versions_are_found_under_many_newer_ones"),
    **{
        f"{verb} without numbers": (changing((verb,), _number_as_digits), fact)
        for verb, fact in BY_NUMBER.items()
    },
}
"""What is wrong with a store, and the fact that must say so."""


@pytest.mark.parametrize("what", WRONG)
def test_wrong_store_is_named(what: str, verdict_on: Callable[..., Broken | None]) -> None:
    """A store that is wrong in one way breaks the fact about it, which holds for a sound one."""
    make, fact = WRONG[what]
    assert verdict_on(f"Store.test_{fact}", StoreModel()) is None, "a sound store breaks it"
    told = verdict_on(f"Store.test_{fact}", make())
    assert told is not None, f"a store with {what} keeps {fact}"
    assert told.in_words, told.why
