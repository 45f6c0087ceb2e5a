"""Everything was asked before."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import Any

from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.reads import reads_of
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.target import Answer, Call, Unsupported

_MOST = 40
"""How many reads are made between two steps."""


class Warm(Condition):
    """Asks between steps what the scenario has asked, what it will ask, and what it has written."""

    name = "warm"
    why = "An answer changes nothing, so nobody can tell whether something was asked before."
    is_harmless = True

    def begin(self) -> None:
        """Learn what the steps will ask, as far as the file tells."""
        self._reads: deque[Call] = deque(maxlen=_MOST)
        case = {"case": self.scenario.case}
        for step in self.scenario.all_steps():
            with suppress(LookupError):
                self._learn(Call(step.verb, resolve(step.arguments, case)))

    def may_act(self) -> bool:
        """Read in transactions, and of a file that is locked."""
        return self.disturbance.allows_reads

    def before(self, call: Call) -> None:
        """Ask everything."""
        del call
        for read in self._reads:
            with suppress(Unsupported):
                self.ask(read)

    def after(self, call: Call, answer: Answer) -> None:
        """Ask this, too, from now on."""
        self._learn(call, answer.value)

    def _learn(self, call: Call, value: Any = None) -> None:
        self._reads.extend(read for read in reads_of(call, value) if read not in self._reads)
