"""What a condition is: what happens around the steps of any scenario and must not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from pytest_stigmer.conditions.disturbance import Disturbance
from pytest_stigmer.scenario.compare import difference
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.target import Answer, AuditRow, Call, Surprise, Target, asked

Perform = Callable[[Call, Target], Answer]


_LONGEST = 80


class Condition:
    """One run of one scenario under a condition; what it does itself it does past the steps.

    `needs` are capabilities of the target. `is_harmless` says that it adds nothing to a registry
    that others use; `is_tireless` that it must act at every step, however many there are;
    `is_watchable` that whoever watches a run sees all of it, and may ask more than the run does.
    """

    name: ClassVar[str]
    why: ClassVar[str]
    """Why it must not matter, as one sentence."""
    needs: ClassVar[frozenset[str]] = frozenset()
    is_harmless: ClassVar[bool] = False
    is_tireless: ClassVar[bool] = False
    is_watchable: ClassVar[bool] = True

    def __init__(self, target: Target, scenario: Scenario, disturbance: Disturbance) -> None:
        self.target = target
        self.scenario = scenario
        self.disturbance = disturbance

    @classmethod
    def rewritten(cls, scenario: Scenario, seed: int) -> Scenario:
        """Return the scenario as it is run under this condition, in a run of this seed."""
        del seed
        return scenario

    def begin(self) -> None:
        """Prepare the registry, before the first verb but after the clock has started."""

    def before(self, call: Call) -> None:
        """Do what happens before a verb of the registry, where `may_act`."""

    def answer(self, call: Call, target: Target, perform: Perform) -> Answer:
        """Perform any verb and return its answer as if there were no condition."""
        return perform(call, target)

    def after(self, call: Call, answer: Answer) -> None:
        """Do what happens after a verb of the registry, where `may_act`."""

    def theirs(self, rows: Sequence[AuditRow]) -> Sequence[AuditRow]:
        """Return the rows that the condition has not put there itself."""
        return rows

    def came_back(self) -> None:
        """Follow the file, which a crash or an older release has replaced."""

    def state(self) -> Any:
        """Return what it must know again when a transaction is undone."""

    def put_back(self, state: Any) -> None:
        """Know again what it knew before a transaction that was undone."""

    def end(self) -> None:
        """Give back what was taken for the run."""

    def may_act(self) -> bool:
        """Whether the scenario leaves room for anything else now."""
        return self.disturbance.allows_anything

    def own(self, verb: str, **arguments: Any) -> Any:
        """Perform a verb of the condition's own and return its value; it must succeed."""
        answer = asked(self.target, verb, arguments)
        if answer.failure:
            raise self.surprise(f"{verb} of {shown(arguments)} failed with {told(answer)}")
        return answer.value

    def ask(self, read: Call) -> Answer:
        """Ask the target; a failure is an answer."""
        return asked(self.target, read.verb, read.arguments)

    def unchanged_by(self, what: str, act: Callable[[], object], reads: Iterable[Call]) -> None:
        """Do something and look that all reads are answered as before."""
        before = [(read, self.ask(read)) for read in reads]
        act()
        for read, answer in before:
            self.agree(read, answer, self.ask(read), f"before and after {what}")

    def agree(self, read: Call, one: Answer, other: Answer, when: str) -> None:
        """Raise a surprise unless two answers are the same."""
        if one != other:
            asked_for = f"{read.verb} of {shown(read.arguments)}"
            differ = disagreement(one, other)
            raise self.surprise(f"{asked_for} is answered differently {when}: {differ}")

    def surprise(self, sentence: str) -> Surprise:
        """Return what makes the run red, with the condition's name and why it is wrong."""
        return Surprise(f"under {self.name}: {sentence}")


def told(answer: Answer) -> str:
    """Return an answer as a report shows it."""
    failure = answer.failure
    return f"{failure.code}: {failure.message}" if failure else shown(answer.value)


def disagreement(one: Answer, other: Answer) -> str:
    """Return in which place two answers differ, and what each of them says there."""
    if one.failure or other.failure:
        return f"{told(one)} and {told(other)}"
    found = difference(one.value, other.value) or difference(other.value, one.value)
    first = found[0]
    return f"{first.where or 'it'} is {shown(first.expected)} and {shown(first.got)}"


def shown(value: Any) -> str:
    """Return a value as a report shows it: escaped, and not long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
