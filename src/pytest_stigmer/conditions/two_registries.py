"""Two registries on one file that take turns, in one process or in two."""

from __future__ import annotations

from pytest_stigmer.conditions.condition import Condition, Perform
from pytest_stigmer.conditions.reads import READS, is_of_registry, reads_of
from pytest_stigmer.scenario.target import Answer, Call, Target, asked

_WHEN = "by two registries on one file"


class TwoRegistries(Condition):
    """Lets every second write be made by another registry, and asks both what is read."""

    name = "two-registries"
    why = "What one registry writes is in the file, and every other one reads it there."
    needs = frozenset({"second"})
    _writes = 0

    def answer(self, call: Call, target: Target, perform: Perform) -> Answer:
        """Choose who answers; both must say the same."""
        if target is not self.target or not is_of_registry(call.verb) or not self.may_act():
            return perform(call, target)
        other = self._other()
        if call.verb not in READS:
            self._writes += 1
            return perform(call, other if self._writes % 2 else target)
        first, second = perform(call, other), perform(call, target)
        self.agree(call, first, second, _WHEN)
        return second

    def after(self, call: Call, answer: Answer) -> None:
        """Let both read what was written, and remember it if they do."""
        if call.verb not in READS:
            for read in reads_of(call, answer.value):
                other = asked(self._other(), read.verb, read.arguments)
                self.agree(read, other, self.ask(read), _WHEN)

    def _other(self) -> Target:
        return self.target.other()


class TwoProcesses(TwoRegistries):
    """Lets every second write be made in another process, and asks both what is read."""

    name = "two-processes"
    why = "What a process remembers of a file no other one knows, and it need not."
    needs = frozenset({"processes"})
    is_watchable = False

    def begin(self) -> None:
        """Start the other process while nothing is under way."""
        self._other()

    def _other(self) -> Target:
        return self.target.elsewhere()
