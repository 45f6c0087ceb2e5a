"""A registry that is closed and opened again between any two steps."""

from __future__ import annotations

from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.reads import reads_of
from pytest_stigmer.scenario.target import Answer, Call


class Restart(Condition):
    """Opens the registry anew after each step, and looks whether it says what it said.

    No cache is used by two steps, so that a condition of empty caches would be the same.
    """

    name = "restart"
    why = "What was acknowledged lies in the file; a process has nothing to remember."
    needs = frozenset({"reopen"})

    def begin(self) -> None:
        """Come back before anything was done."""
        self.own("reopen")

    def after(self, call: Call, answer: Answer) -> None:
        """Close and open."""
        reads = reads_of(call, answer.value)
        self.unchanged_by("a restart", lambda: self.own("reopen"), reads)
