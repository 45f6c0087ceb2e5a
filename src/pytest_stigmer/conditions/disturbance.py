"""What a scenario has done to its registry from outside and not taken back yet."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_stigmer.conditions.reads import is_of_registry
from pytest_stigmer.scenario.target import Answer

_ARMING = frozenset({"abort_reads", "hold_up", "tick"})
"""What happens to the next verb of the registry, which nothing else may take from it."""


@dataclass
class Disturbance:
    """Tells how much room a scenario leaves for what it does not mention."""

    transactions: int = 0
    is_closed: bool = False
    is_dying: bool = False
    is_armed: bool = False
    is_locked: bool = False
    refuses_writes: bool = False
    is_foreign: bool = False

    def note(self, verb: str, answer: Answer) -> None:
        """Follow a verb of the scenario."""
        match verb:
            case "close" | "reopen" | "open_legacy":
                self.is_closed = verb == "close" or answer.failure is not None
            case "lock" | "unlock":
                self.is_locked = verb == "lock"
            case "abort_writes" | "fill_disk" | "allow_writes":
                self.refuses_writes = verb != "allow_writes"
            case "set_schema_version":
                self.is_foreign = True
        if verb == "crash_after":
            self.is_dying = True
        elif verb in _ARMING:
            self.is_armed = True
        elif is_of_registry(verb) or verb in ("reopen", "open_legacy"):
            self.is_armed = False
            self.is_closed = self.is_closed and not self.is_dying
            self.is_dying = False

    @property
    def allows_reads(self) -> bool:
        """Whether a read of something else can be made."""
        return not (self.is_closed or self.is_dying or self.is_armed)

    @property
    def allows_repeats(self) -> bool:
        """Whether the same verb can be made again."""
        disturbed = self.is_locked or self.refuses_writes or self.is_foreign
        return self.allows_reads and not disturbed

    @property
    def allows_anything(self) -> bool:
        """Whether anything may happen between two steps."""
        return self.allows_repeats and not self.transactions
