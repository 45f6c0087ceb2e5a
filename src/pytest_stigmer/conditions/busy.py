"""Others are at work."""

from __future__ import annotations

from pytest_stigmer.conditions.own_rows import WithRows
from pytest_stigmer.conditions.reads import READS
from pytest_stigmer.scenario.target import Answer, Call, Unsupported
from pytest_stigmer.store.faults import hold_for_a_moment, is_locked, watch, writes_next
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.targets.local import LocalTarget

_KEY = ("skill", "skl-of-somebody-else")


class Busy(WithRows):
    """Lets another registry write right before each statement, and another hold the lock a while.

    Where a statement runs within a transaction that has the lock, nobody else can write, as ever.
    """

    name = "busy"
    why = "Callers wait for each other and see each other's writes whole; none is in another's way."
    needs = frozenset({"second", "faults", "store"})
    is_watchable = False  # it answers each statement with another write

    def before(self, call: Call) -> None:
        """Listen to the statements of the step."""
        del call
        self._held = False
        self._at_work = False
        watch(self._store(), self._meanwhile)

    def after(self, call: Call, answer: Answer) -> None:
        """Listen no more, and look whether the other's last write is there."""
        del answer
        watch(self._store(), None)
        if call.verb not in READS and _KEY in self.rows.live:
            self.rows.check_record(_KEY)

    def _meanwhile(self, statement: str) -> None:
        store = self._store()
        if self._at_work or is_locked(store):
            return
        self._at_work = True
        text = self.rows.next_text()
        message = self.rows.message(text)
        given = {"kind": _KEY[0], "id": _KEY[1], "message": message}
        self.target.other().perform("save_resource", given)
        self.rows.live[_KEY] = text
        if writes_next(statement) and not self._held:
            self._held = True
            hold_for_a_moment(store)
        self._at_work = False

    def _store(self) -> SqliteStore:
        if not isinstance(self.target, LocalTarget):
            raise Unsupported(f"{self.target.name} tells nobody of its statements")
        return self.target.registry.store
