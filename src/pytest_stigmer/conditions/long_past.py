"""A registry that has been in use for long."""

from __future__ import annotations

from typing import ClassVar

from pytest_stigmer.conditions.names import calls_of, record_of
from pytest_stigmer.conditions.own_rows import Key, Version, WithRows
from pytest_stigmer.conditions.reads import READS
from pytest_stigmer.scenario.target import Answer, Call, Unsupported
from pytest_stigmer.store.bulk import load_history, load_resources
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import AuditRow, ResourceRow

_MOST_BY_VERBS = 300


class LongPast(WithRows):
    """Puts many records, versions and tags before the first step, and many newer versions later."""

    name = "long-past"
    why = "A registry has no last page: what is asked for is found among however many others."
    size: ClassVar[int] = 257
    most_records: ClassVar[int] = 2

    def begin(self) -> None:
        """Load the past."""
        self._behind: set[Key] = set()
        keys = [record_of(given) for _, given in calls_of(self.scenario)]
        known = list(dict.fromkeys(key for key in keys if key))[: self.most_records]
        self._load_records(dict.fromkeys([kind for kind, _ in known] or ["skill"]))
        for key in known:
            self._load_versions(key)
            self._check(key)

    def after(self, call: Call, answer: Answer) -> None:
        """Put newer versions behind the first one of the scenario, and look for the oldest."""
        key = record_of(call.arguments) if call.verb == "save_audit" else None
        if call.verb == "push" and answer.value:
            key = ("skill", answer.value["metadata"]["id"])
        if key and key not in self._behind and len(self._behind) < self.most_records:
            self._behind.add(key)
            self._load_versions(key)
        if call.verb not in READS:
            for behind in [one for one in self._behind if one in self.rows.histories]:
                self._check(behind)

    def _check(self, key: Key) -> None:
        history = self.rows.histories[key]
        for at in (0, len(history) // 2, -1):
            self.rows.check_version(key, history[at])

    def _load_records(self, kinds: dict[str, None]) -> None:
        for kind in kinds:
            keys = [(kind, f"!{number}") for number in range(self.size)]
            texts = {key: self.rows.next_text() for key in keys}
            rows = [ResourceRow(*key, self._encoded(texts[key], key[1])) for key in keys]
            if store := self._store():
                load_resources(store, rows)
                self.rows.live |= texts
            else:
                for key in keys:
                    self.rows.save(key)
            self.rows.check_live(kind)
            self.rows.check_record(keys[0])

    def _load_versions(self, key: Key) -> None:
        names = [f"past-{number}-{self.rows.written}" for number in range(self.size)]
        versions = [Version(self.rows.next_text(), name, name) for name in names]
        if store := self._store():
            load_history(
                store,
                [AuditRow(*key, self._encoded(one.text), one.tag, one.tag) for one in versions],
            )
            self.rows.histories.setdefault(key, []).extend(versions)
        else:
            for one in versions:
                self.rows.archive(key, one.version_hash, one.tag)

    def _store(self) -> SqliteStore | None:
        """Return the store of ours that takes many rows at once, if it is one."""
        store = getattr(self.target, "store", None)
        if isinstance(store, SqliteStore):
            return store
        if self.size > _MOST_BY_VERBS:
            raise Unsupported(f"{self.target.name} takes no {self.size} rows at once")
        return None

    def _encoded(self, text: str, slug: str = "") -> bytes:
        message = self.rows.message(text)
        message.metadata.slug = slug
        return bytes(message.SerializeToString())


class LongerPast(LongPast):
    """A past of a thousand records."""

    name = "long-past-1001"
    size = 1001


class LongestPast(LongPast):
    """A past of more records than a statement of SQLite has parameters.

    It costs as much as all other conditions ten times over, so only scenarios that list or delete
    have it, whose statements may name whatever there is, and of several cases the first one: cases
    differ in their values, which say nothing about numbers.
    """

    name = "long-past-32767"
    size = 32767
    most_records = 1

    def begin(self) -> None:
        """Load the past once for all cases."""
        case, cases = self.scenario.case, self.scenario.cases
        if case and case["case"] != cases[0]["case"]:
            raise Unsupported("the first case has had that past")
        if not any(_names_many(step.verb) for step in self.scenario.all_steps()):
            raise Unsupported("it neither lists nor deletes, which needs no past of that length")
        super().begin()


def _names_many(verb: str) -> bool:
    return verb.startswith(("list_", "delete"))
