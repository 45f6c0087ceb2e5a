"""A scenario as read: plain frozen values, each knowing its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pytest_stigmer.errors import visible
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.verbs import VERBS, harm_of

SUFFIX = ".scenario.yaml"
"""How a scenario file is named; `.yml` is read too."""

SUFFIXES = (SUFFIX, ".scenario.yml")


def stem_of(name: str) -> str:
    """Return the name of a scenario file without its suffix."""
    return name.removesuffix(SUFFIXES[0]).removesuffix(SUFFIXES[1])


def scenario_files(folder: Path) -> list[Path]:
    """Return the scenario files below a folder, sorted."""
    return sorted(path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}"))


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """The gRPC status name a step must fail with; a text that its message must contain, or not."""

    code: str
    message: str = ""
    without: str = ""


def expected_failure(given: str | Mapping[str, str] | None) -> ExpectedFailure | None:
    """Read a failure as a file states it: a code, or a map."""
    if given is None:
        return None
    return ExpectedFailure(given) if isinstance(given, str) else ExpectedFailure(**given)


@dataclass(frozen=True, slots=True)
class Disputed:
    """The disputed point of a step, and what others may answer: this failure, or success."""

    point: str
    fails: ExpectedFailure | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One verb with its arguments and what is expected of its answer.

    `returns` None and `fails` None: the step must succeed, whatever it answers. `refers` tells
    whether any value has to be filled in, so that a step without references is sent as it is.
    `place` leads to the step from the top of the file; `steps` are those of a `transaction`, which
    is undone unless `keeps`, or of a `together`. `cut_short` says how its caller goes away.
    """

    verb: str
    arguments: Mapping[str, Any]
    line: int
    place: tuple[str | int, ...] = ()
    save_as: str | None = None
    returns: Any = None
    fails: ExpectedFailure | None = None
    refers: bool = False
    repeat: int | str = 1
    on_other: bool = False
    steps: tuple[Step, ...] = ()
    ends: str = "committed"
    disputed: Disputed | None = None
    cut_short: str = ""

    @property
    def keeps(self) -> bool:
        """Whether what a `transaction` did is kept."""
        return self.ends == "committed"

    def flattened(self) -> Iterator[Step]:
        """Yield this step's own steps, each before the next, and then itself."""
        for step in self.steps:
            yield from step.flattened()
        yield self


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario file; `lines` maps each top-level key to the line of its value.

    `cases` are the maps of values for which the steps are run, `case` is the one of this run.
    """

    title: str
    path: Path
    line: int
    steps: tuple[Step, ...]
    clock: str | None = None
    description: str = ""
    detects: tuple[str, ...] = ()
    detects_under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    matrix: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    origin: tuple[str, ...] = ()
    not_under: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[Mapping[str, Any], ...] = ()
    case: Mapping[str, Any] | None = None
    harmful: str = ""

    @property
    def harm(self) -> str:
        """How it could damage a server that others use: as it says, or as its verbs do; or ''."""
        if self.harmful:
            return self.harmful
        found = ((step.line, harm_of(step.verb, step.arguments)) for step in self.all_steps())
        return next((f"line {line}: {harm}" for line, harm in found if harm), "")

    def lacks(self, capabilities: frozenset[str], looks: frozenset[str]) -> list[str]:
        """Return what a target lacks that has these capabilities, and can perform `looks` too."""
        inside = {VERBS[step.verb].needs for step in self.all_steps() if step.verb not in looks}
        missing = self.needs - capabilities
        return sorted(
            word for word in missing if not looks or word in inside or word not in _INSIDE
        )

    @property
    def key(self) -> str:
        """The file's name without its suffix, with the case's name where it has one."""
        return f"{self.name}[{self.case['case']}]" if self.case else self.name

    @property
    def label(self) -> str:
        """The title, with the case's name where this is one of several."""
        name = visible(self.case["case"], line=True) if self.case else ""
        return f"{self.title}[{name}]" if name else self.title

    def expanded(self) -> tuple[Scenario, ...]:
        """Return a scenario per case; without cases, this one."""
        return tuple(replace(self, case=resolve(case, {})) for case in self.cases) or (self,)

    def all_steps(self) -> tuple[Step, ...]:
        """Return every step, those within others too, in the order in which they end."""
        return tuple(inner for step in self.steps for inner in step.flattened())

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return stem_of(self.path.name)


_INSIDE = ("store", "files")


def needed_capabilities(steps: Iterable[Step], clock: str | None, *, files: bool) -> frozenset[str]:
    """Return what a target must offer: a word per verb, and more for what is stated beside them."""
    words = {VERBS[step.verb].needs for step in steps}
    beside = {
        "clock": clock,
        "second": any(step.on_other for step in steps),
        "files": files,
    }
    return frozenset(str(word) for word in words | {key for key in beside if beside[key]} if word)
