"""What a search finds: steps that a registry answers wrongly, and by which cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pytest_stigmer.errors import ServerLost
from pytest_stigmer.scenario.writer import scenario_text


@dataclass(frozen=True)
class Counterexample:
    """Steps that a registry answers otherwise than the model, the last of them wrongly.

    A step is a map as a scenario file has it. `why` is one sentence about the last, `cause` what
    kind of wrong answer it is. `clock` is the start of a history that needs a clock. `is_certain`
    once the steps were repeated and answered wrongly every time. It `rests_on_known` causes where
    a registry without fault does not keep its scenario either.
    """

    steps: tuple[dict[str, Any], ...]
    why: str
    cause: str
    clock: str | None = None
    is_certain: bool = False
    rests_on_known: bool = False

    def scenario(self) -> str:
        """Return a scenario file that fails until the registry answers as the model does."""
        verb = next(iter(self.steps[-1]))
        title = f"{verb.replace('_', ' ')} answers as the contract says, after {self.length} steps"
        told = f"Found by exploring: {self.why}"
        return scenario_text(title, self._as_told(), clock=self.clock, told=told)

    @property
    def length(self) -> int:
        """How many steps come before the one that is answered wrongly."""
        return len(self.steps) - 1

    def _as_told(self) -> list[dict[str, Any]]:
        """Drop the names that no step refers to."""
        text = repr(self.steps)
        return [
            {key: value for key, value in step.items() if key != "as" or f"${{{value}." in text}
            for step in self.steps
        ]


class Mismatch(AssertionError):
    """The registry answered otherwise than the model."""

    def __init__(self, found: Counterexample) -> None:
        super().__init__(found.why)
        self.found = found


class Journal:
    """Keeps the shortest counterexample, and that the server was lost, whatever the search says.

    A registry whose answers depend on chance makes Hypothesis give up; the finding stays.
    """

    def __init__(self) -> None:
        self.found: Counterexample | None = None
        self.lost: ServerLost | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note a mismatch or a loss that the block raises, and let it pass on."""
        try:
            yield
        except Mismatch as mismatch:
            if self.found is None or mismatch.found.length <= self.found.length:
                self.found = mismatch.found
            raise
        except ServerLost as lost:
            self.lost = lost
            raise
