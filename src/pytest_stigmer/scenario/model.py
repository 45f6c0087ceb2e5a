"""A scenario as read: plain frozen values, each knowing its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUFFIX = ".scenario.yaml"


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """The gRPC status name a step must fail with, and a text that its message must contain."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One verb with its arguments and what is expected of its answer.

    `returns` None and `fails` None: the step must succeed, whatever it answers. `refers` tells
    whether any value names a saved answer, so that a step without references is sent as it is.
    """

    verb: str
    arguments: Mapping[str, Any]
    line: int
    save_as: str | None = None
    returns: Any = None
    fails: ExpectedFailure | None = None
    refers: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario file; `lines` maps each top-level key to the line of its value."""

    title: str
    path: Path
    line: int
    steps: tuple[Step, ...]
    clock: str | None = None
    description: str = ""
    detects: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    matrix: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.name.removesuffix(SUFFIX)


def needed_capabilities(steps: tuple[Step, ...], clock: str | None) -> frozenset[str]:
    """Return what a target must offer: a word per verb, and a clock when the start is stated."""
    words = {VERBS[step.verb].needs for step in steps}
    return frozenset(words | {"clock"} if clock else words)
