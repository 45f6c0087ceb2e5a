"""Random histories, as Hypothesis state machines: what every surface shares; needs `explore`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from pytest_stigmer.explore.comparison import Comparison, written
from pytest_stigmer.explore.counterexample import Journal
from pytest_stigmer.scenario.verbs import VERBS

Write = tuple[str, dict[str, Any]]

TEXTS = st.sampled_from(["# one", "# two", "# three"])
ADVANCES = st.sampled_from(
    ["300ms", "1ms", "999ms", "1s", "1m", "-300ms", "-1ms", "-1s", "-1h", "1h"]
)
PAUSES = st.sampled_from(["", "", "", "300ms", "-1s", "-300ms", "1s"])
HASHES = {"# one": "1" * 64, "# two": "2" * 64, "# three": "3" * 64}
STATEMENTS = st.integers(0, 1)
"""After which writing statement a process dies: a deletion may have one only, then it commits."""
FAULTS = st.sampled_from(
    [
        ("lock", {}, "unlock"),
        ("close", {}, "reopen"),
        *(
            ("abort_writes", {"table": table, "on": on}, "allow_writes")
            for table in ("resources", "resource_audit")
            for on in ("insert", "delete")
        ),
    ]
)


LONG = {"text": "x", "times": 70_000}
"""More than 64 KiB, which some engines cut."""

LATE = 15
"""After how many steps a history may be struck by what little comes after."""


def bursts(*tags: str) -> st.SearchStrategy[list[tuple[str, str, str]]]:
    """Draw pauses, texts and tags of several versions."""
    version = st.tuples(PAUSES, TEXTS, st.sampled_from(tags))
    return st.lists(version, min_size=2, max_size=4)


class RegistryMachine(RuleBasedStateMachine):
    """Drives a registry and the model; what every surface shares: clock, reopening, faults.

    `fresh` opens a new registry for a history; `journal` remembers mismatches. A `glance` is the
    verb by which another registry sees what a unit has written.
    """

    glance: ClassVar[Write]

    fresh: ClassVar[Callable[[], AbstractContextManager[Comparison]]]
    journal: ClassVar[Journal]

    def __init__(self) -> None:
        super().__init__()
        self._life = ExitStack()
        with self.journal.watching():
            self.comparison = self._life.enter_context(type(self).fresh())
        self.can = self.comparison.subject.capabilities
        self.is_open = True
        self.is_elsewhere = False
        self.has_crashed = False
        self.has_damaged = False

    def sees(self, verb: str) -> bool:
        """Whether the registry performs a verb that looks behind the API."""
        return VERBS[verb].needs in self.can or verb in self.comparison.subject.looks

    def teardown(self) -> None:
        """End this history."""
        self._life.close()

    def step(self, verb: str, **arguments: Any) -> None:
        """Perform a verb on both, where the registry of this moment is; remember a mismatch."""
        on_other = self.is_elsewhere and VERBS[verb].needs in ("skills", "store")
        with self.journal.watching():
            self.comparison.step(verb, arguments, on_other=on_other)

    def unit(self, data: st.DataObject, size: int, *, keep: bool) -> None:
        """Perform writes as one unit, and let another registry look before it ends."""
        steps = [written(*self.writes(data)) for _ in range(size)]
        if "second" in self.can:
            steps.append({**written(*self.glance), "on": "other"})
        with self.journal.watching():
            self.comparison.unit(steps, keep=keep)

    def look(self) -> None:
        """Read what a fault may have changed."""
        raise NotImplementedError

    def writes(self, data: st.DataObject) -> Write:
        """Draw a verb that writes, with its arguments."""
        raise NotImplementedError

    @precondition(lambda self: "second" in self.can and self.is_open)
    @rule()
    def turn(self) -> None:
        """Go on with the other registry on the same file, as behind a load balancer."""
        self.is_elsewhere = not self.is_elsewhere

    @precondition(lambda self: self.can >= {"transactions", "store"} and self.is_open)
    @rule(data=st.data(), size=st.integers(1, 4), keep=st.booleans())
    def transaction(self, data: st.DataObject, size: int, *, keep: bool) -> None:
        """Make writes one unit, while another reads; look at what it left."""
        self.is_elsewhere = False
        self.unit(data, size, keep=keep)
        self.look()

    @precondition(lambda self: "clock" in self.can)
    @rule(duration=ADVANCES)
    def advance(self, duration: str) -> None:
        """Let time pass, or step back."""
        self.step("advance", duration=duration)

    def is_late(self) -> bool:
        """Whether this history has told most of what it had to tell."""
        return len(self.comparison.steps) > LATE

    def pause(self, duration: str) -> None:
        """Move the clock, where there is one and the duration is not ''."""
        if duration and "clock" in self.can:
            self.step("advance", duration=duration)

    @precondition(lambda self: "reopen" in self.can and self.is_open)
    @rule()
    def reopen(self) -> None:
        """Close the registry and open its file again."""
        self.step("reopen")

    @precondition(lambda self: "faults" in self.can and self.is_open)
    @rule(data=st.data(), fault=FAULTS, in_unit=st.booleans())
    def fail(
        self, data: st.DataObject, fault: tuple[str, dict[str, Any], str], *, in_unit: bool
    ) -> None:
        """Let a write, or two of one unit, and reads meet a fault, then take the fault away."""
        begin, arguments, end = fault
        self.is_elsewhere = False
        verb, write = self.writes(data)
        self.step(begin, **arguments)
        if in_unit and arguments and self.can >= {"transactions", "store"}:
            self.unit(data, 2, keep=True)
        self.step(verb, **write)
        self.look()
        self.step(end)
        self.look()

    @precondition(lambda self: "faults" in self.can and self.is_open and self.is_late())
    @rule(version=st.just(3))
    def open_newer_file(self, version: int) -> None:
        """Find that another release has upgraded the file; nothing answers from then on."""
        self.step("set_schema_version", version=version)
        self.is_open = self.is_elsewhere = False
        self.step("reopen")


def said(**fields: Any) -> dict[str, Any]:
    """Leave out what says nothing, so that a counterexample does not either."""
    return {key: value for key, value in fields.items() if value}
