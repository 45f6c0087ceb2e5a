"""What was undone was never there."""

from __future__ import annotations

from contextlib import suppress

from pytest_stigmer.conditions.condition import Condition, shown, told
from pytest_stigmer.conditions.reads import READS, reads_of
from pytest_stigmer.scenario.target import Call, Unsupported, answered


class RolledBack(Condition):
    """Makes each step that writes once in a transaction and undoes it, before it is made."""

    name = "rolled-back"
    why = "A transaction that is undone leaves nothing, neither in the file nor in any memory."
    needs = frozenset({"transactions"})

    def before(self, call: Call) -> None:
        """Make the step in vain, and look that nothing is as it made it."""
        if call.verb not in READS:
            with suppress(Unsupported):  # a transaction cannot hold calls over a wire
                self.unchanged_by("a transaction", lambda: self._in_vain(call), reads_of(call))

    def _in_vain(self, call: Call) -> None:
        """Write and read; how that ends does not matter, the transaction's end does."""

        def act() -> None:
            with self.target.transaction(keep=False):
                answer = self.ask(call)
                for read in reads_of(call, answer.value):
                    self.ask(read)

        answer = answered(act)
        if answer.failure:
            made = f"{call.verb} of {shown(call.arguments)}"
            raise self.surprise(f"a transaction with {made} cannot be undone: {told(answer)}")
