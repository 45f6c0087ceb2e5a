"""A target under conditions: the runner performs its steps here and knows nothing of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pytest_stigmer.conditions.condition import Condition, Perform
from pytest_stigmer.conditions.disturbance import Disturbance
from pytest_stigmer.conditions.reads import is_of_registry
from pytest_stigmer.scenario.model import Scenario
from pytest_stigmer.scenario.target import Answer, AuditRow, Call, Target, Unsupported
from pytest_stigmer.scenario.verbs import VERBS

_MOST_TURNS = 100
"""After how many a condition need not act any more: a step that is repeated teaches nothing new."""


class Under(Target):
    """Performs the steps of one scenario on a target under conditions, all at once."""

    def __init__(
        self,
        target: Target,
        scenario: Scenario,
        conditions: Sequence[type[Condition]],
        provided: frozenset[str],
    ) -> None:
        self.target = target
        self.name = target.name
        self.capabilities = target.capabilities
        self.paths = target.paths
        self.spares, self.is_ours, self.looks = target.spares, target.is_ours, target.looks
        self.chooses_orders = target.chooses_orders
        self._scenario = scenario
        self._classes = conditions
        self._start()
        self._lacking = sorted({word for one in conditions for word in one.needs - provided})

    def _start(self) -> None:
        self._disturbance = Disturbance()
        self._has_begun = False
        self._turns = 0
        self._conditions = [
            one(self.target, self._scenario, self._disturbance) for one in self._classes
        ]

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform a verb, with what happens around it."""
        return self.perform_on(Call(verb, arguments), lambda: self.target)

    def perform_on(self, call: Call, where: Callable[[], Target]) -> Answer:
        """Perform a verb on one of the target's registries; `where` is asked when it is time."""
        if self._lacking:
            lacking = " and no ".join(self._lacking)
            raise Unsupported(f"the target {self.name} offers no {lacking}, which that needs")
        if VERBS[call.verb].needs != "clock" and call.verb != "open_legacy":
            self._begin()
        if is_of_registry(call.verb):
            self._before(call)
        answer = self._answer(call, where(), _performed)
        was_dying = self._disturbance.is_dying
        self._disturbance.note(call.verb, answer)
        if call.verb == "open_legacy" or (was_dying and not self._disturbance.is_dying):
            self._each(lambda one: one.came_back())
        if is_of_registry(call.verb):
            self._each(lambda one: one.after(call, answer))
        return answer

    def other(self) -> Target:
        """Return the second registry of the target, under the same conditions."""
        return _Beside(self, self.target)

    @contextmanager
    def transaction(self, *, keep: bool) -> Iterator[None]:
        """Make the block one unit; whatever happens between steps waits for its end."""
        self._begin()
        before = [one.state() for one in self._conditions]
        is_kept = False
        self._disturbance.transactions += 1
        try:
            with self.target.transaction(keep=keep):
                yield
            is_kept = keep
        finally:
            self._disturbance.transactions -= 1
            for one, state in zip(self._conditions, before, strict=True):
                if not is_kept:
                    one.put_back(state)

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Perform calls at once, with what happens before and after them."""
        self._begin()
        for call in calls:
            self._before(call)
        answers, more = self.target.together(calls, order)
        told = [self._told(*one) for one in zip(calls, answers, strict=True)]
        return told, more

    def cut_short(self, call: Call, how: str, order: int) -> tuple[Answer, bool]:
        """Perform a call whose caller goes away, with what happens before and after it."""
        self._begin()
        self._before(call)
        answer, more = self.target.cut_short(call, how, order)
        return self._told(call, answer), more

    def _told(self, call: Call, answer: Answer) -> Answer:
        return self._answer(call, self.target, lambda _call, _target: answer)

    def _before(self, call: Call) -> None:
        self._each(lambda one: one.before(call))

    def start_over(self) -> None:
        """Become fresh, and the conditions with it."""
        self.close()
        self.target.start_over()
        self._start()

    def now(self) -> dt.datetime | None:
        """Return the target's instant."""
        return self.target.now()

    def timeline(self) -> Sequence[AuditRow] | None:
        """Return the audit rows of the scenario."""
        rows = self.target.timeline()
        for one in self._conditions if rows else ():
            rows = one.theirs(rows or ())
        return rows

    def explain(self, verb: str, arguments: Mapping[str, Any]) -> str | None:
        """Return the plan behind a lookup."""
        return self.target.explain(verb, arguments)

    def close(self) -> None:
        """End what the conditions have begun; the target is closed by whoever made it."""
        for one in self._conditions:
            one.end()

    def _begin(self) -> None:
        if not (self._has_begun or self._disturbance.is_closed):
            self._has_begun = True
            for one in self._conditions:
                one.begin()

    def _each(self, act: Callable[[Condition], None]) -> None:
        self._turns += 1
        for one in self._conditions if self._has_begun else ():
            if one.may_act() and (one.is_tireless or self._turns <= _MOST_TURNS):
                act(one)

    def _answer(self, call: Call, target: Target, last: Perform, at: int = 0) -> Answer:
        """Let each condition perform what the ones behind it do with the verb."""
        if at == len(self._conditions):
            return last(call, target)
        return self._conditions[at].answer(
            call, target, lambda other, on: self._answer(other, on, last, at + 1)
        )


def _performed(call: Call, target: Target) -> Answer:
    return target.perform(call.verb, call.arguments)


class _Beside(Target):
    """The second registry of a target under conditions."""

    def __init__(self, under: Under, target: Target) -> None:
        self.name = target.name
        self.capabilities = target.capabilities
        self._under = under
        self._target = target

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform a verb there."""
        return self._under.perform_on(Call(verb, arguments), self._target.other)

    def now(self) -> dt.datetime | None:
        """Return the instant of both."""
        return self._target.now()
