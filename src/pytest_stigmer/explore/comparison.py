"""One history on two registries: every answer is held against the model's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.conditions.reads import READS, is_of_registry
from pytest_stigmer.explore.causes import HARM, Seen, cause_of
from pytest_stigmer.explore.counterexample import Counterexample, Mismatch
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.explore.wording import surplus, told, why
from pytest_stigmer.factories.bad_artifacts import ODD_ARCHIVES
from pytest_stigmer.scenario.compare import Difference, answer_differences
from pytest_stigmer.scenario.disputed import POINTS
from pytest_stigmer.scenario.model import ExpectedFailure
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.target import Answer, Call, Surprise, Target, answered, asked
from pytest_stigmer.scenario.verbs import VERBS

_TIMES = ("created_at", "updated_at")
_FAULTS = frozenset(
    verb.name for verb in VERBS.values() if verb.needs == "faults" and verb.shape == "nothing"
) - {"open_legacy"}
_LOOKS = READS | {name for name, verb in VERBS.items() if verb.shape in ("keys", "file", "rows")}


def written(verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step as a scenario has it."""
    bare = VERBS[verb].bare
    return {verb: arguments[bare] if bare else dict(arguments)}


class FaultImpossibleError(LookupError):
    """A fault could not be brought about, which says nothing about the registry's answers."""


class Comparison:
    """Performs each verb on the registry and on the model, and remembers the steps.

    Ids are the registry's: the model takes over the id that a push was answered with, unless it is
    one that was given out before. It goes past wrong answers by a cause that was `seen`, or by any
    but `only`: a refused write is undone in the model too, and what a push was answered with is
    what the model has from then on. A history that cannot go on `is_over`.
    """

    def __init__(self, subject: Target, model: ModelTarget, seen: Seen | None = None) -> None:
        self.subject = subject
        self.model = model
        self.seen = seen or Seen()
        self.only = ""
        self.is_over = False
        self.steps: list[dict[str, Any]] = []
        self._unit: dict[str, Any] | None = None
        self.ids: dict[str, str] = {}
        self._saved: dict[str, Any] = {}

    def take(self, step: Mapping[str, Any]) -> None:
        """Perform a step as a scenario has it, whatever it says of the answer; raise as `step`."""
        verb = next(iter(step))
        if verb == "transaction":
            self.unit(step[verb], keep="ends" not in step)
            return
        bare = VERBS[verb].bare
        arguments = {bare: step[verb]} if bare else step[verb]
        self.step(verb, arguments, save_as=step.get("as"), on_other="on" in step)

    def unit(self, steps: Sequence[Mapping[str, Any]], *, keep: bool) -> None:
        """Perform steps as one unit, committed or rolled back; raise as `step`."""
        if self.is_over:
            return
        ends = {} if keep else {"ends": "rolled_back"}
        unit: dict[str, Any] = {"transaction": [], **ends}

        def act() -> None:
            with self.subject.transaction(keep=keep), self.model.transaction(keep=keep):
                self._unit = unit
                for step in steps:
                    self.take(step)

        try:
            answer = answered(act, Mismatch, LookupError)
        finally:
            self._unit = None
        if answer.failure is not None:
            code = answer.failure.code
            cause = f"transaction: {code}, should succeed"
            self.is_over = self._passes(cause)
            if not self.is_over:
                raise self._mismatch(unit, f"transaction must succeed, but is {code}", cause)
        self.steps.append(unit)

    def step(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        *,
        save_as: str | None = None,
        on_other: bool = False,
    ) -> None:
        """Perform one verb on both; raise Mismatch, or FaultImpossibleError.

        Arguments may name earlier pushes, as in a scenario: `${push_1.metadata.id}`. A push is
        saved as `save_as`, or is numbered. `on_other` asks a second registry on the same file.
        """
        if self.is_over:
            return
        sent = resolve(dict(arguments), self._saved)
        step, before = written(verb, arguments), self.model.skills.state()
        asks: tuple[Target, Target] = (self.subject, self.model)
        if on_other:
            step["on"] = "other"
            asks = (self.subject.other(), self.model.other())
        subject, model = asks
        try:
            got = asked(subject, verb, sent)
        except Surprise as surprise:  # what a condition saw, whatever the answer is
            self.is_over = self._passes(cause := f"{verb}: {HARM}")
            if self.is_over:
                return
            raise self._mismatch(step, str(surprise), cause) from None
        # That what should be damaged is missing is an answer; that it cannot be reached is none.
        if verb in _FAULTS and got.failure is not None and got.failure.code == "UNKNOWN":
            raise FaultImpossibleError(f"{verb}: {got.failure.message}")
        self._adopt_id(verb, got)
        wanted = model.perform(verb, sent)
        differences = self._differences(verb, wanted, got)
        if differences and not self.subject.is_ours and is_of_registry(verb):
            wanted, differences = self._other_side(Call(verb, sent), before, wanted, got)
        self._check(step, sent, wanted, got, differences)
        if not differences or self._goes_past(verb, before, wanted, got):
            self._keep(step, wanted, got, save_as)

    def _keep(self, step: dict[str, Any], wanted: Answer, got: Answer, save_as: str | None) -> None:
        """Remember a step, and the answer of a push."""
        if wanted.failure and got.failure:
            step["fails"] = wanted.failure.code
        if "push" in step and got.failure is None:
            step["as"] = save_as or f"push_{len(self._saved) + 1}"
            self._saved[step["as"]] = got.value
            self.ids.setdefault(got.value["metadata"]["id"], step["as"])
        (self._unit["transaction"] if self._unit else self.steps).append(step)

    def _passes(self, cause: str) -> bool:
        if cause in self.seen.known:
            self.seen.met.add(cause)
        return cause != self.only if self.only else cause in self.seen.known

    def _goes_past(self, verb: str, before: Any, wanted: Answer, got: Answer) -> bool:
        """Bring the model to what the registry has now; tell whether the step belongs to it."""
        if verb in _LOOKS or (wanted.failure and got.failure):
            return False
        if is_of_registry(verb) and got.failure:
            self.model.skills.put_back(before)
            return False
        if verb == "push":
            self.model.skills.put_back(before)
            self.model.skills.adopt(got.value)
            return True
        self.is_over = bool(wanted.failure or got.failure)
        return not self.is_over

    def _other_side(
        self, call: Call, before: Any, wanted: Answer, got: Answer
    ) -> tuple[Answer, list[Difference]]:
        """Take the other side of a disputed point where that is what the registry does now."""
        given = call.arguments.get("artifact")
        is_odd = isinstance(given, dict) and given.get("bad") in ODD_ARCHIVES
        if is_odd and got.failure is None:
            self.seen.disputed.add("odd_archives_are_refused")
            self.model.skills.put_back(before)
            self.model.skills.adopt(got.value)
            return got, []
        ours = self.model.store.otherwise
        for point in POINTS:
            self.model.skills.put_back(before)
            self.model.store.otherwise = ours ^ {point}
            other = self.model.perform(call.verb, call.arguments)
            if not self._differences(call.verb, other, got):
                self.seen.disputed.add(point)
                return other, []
        self.model.skills.put_back(before)
        self.model.store.otherwise = ours
        self.model.perform(call.verb, call.arguments)
        return wanted, self._differences(call.verb, wanted, got)

    def begin(self) -> None:
        """Set both clocks to the start, where the registry has one."""
        if self._has_clock:
            start = {"instant": DEFAULT_START}
            self.subject.perform("set_clock", start)
            self.model.perform("set_clock", start)

    @property
    def _has_clock(self) -> bool:
        return "clock" in self.subject.capabilities

    @property
    def pushes(self) -> list[str]:
        """The names under which the answers of pushes are saved."""
        return list(self._saved)

    def _adopt_id(self, verb: str, got: Answer) -> None:
        given = got.value["metadata"]["id"] if verb == "push" and got.failure is None else ""
        self.model.skills.next_id = "" if given in self.ids else given

    def _differences(self, verb: str, wanted: Answer, got: Answer) -> list[Difference]:
        fails = ExpectedFailure(wanted.failure.code) if wanted.failure else None
        returns = self._returns(verb, wanted)
        return answer_differences(got, returns, fails) or [*surplus(returns, got.value)]

    def _returns(self, verb: str, wanted: Answer) -> Any:
        is_nothing = wanted.failure is not None or VERBS[verb].shape == "nothing"
        return None if is_nothing else self._comparable(wanted.value)

    def _check(
        self,
        step: dict[str, Any],
        sent: Mapping[str, Any],
        wanted: Answer,
        got: Answer,
        differences: list[Difference],
    ) -> None:
        """Raise Mismatch for what differs by a cause that is not gone past."""
        verb = next(iter(step))
        causes = [cause_of(verb, sent, wanted, got, found, self.ids) for found in differences]
        new = [pair for pair in zip(differences, causes, strict=True) if not self._passes(pair[1])]
        if not new:
            return
        if wanted.failure:
            step["fails"] = wanted.failure.code
        elif got.failure is None:
            step["returns"] = told(self._returns(verb, wanted), [one for one, _ in new], self.ids)
        found, cause = new[0]
        raise self._mismatch(step, why(verb, found), cause)

    def _mismatch(self, step: dict[str, Any], why: str, cause: str) -> Mismatch:
        clock = DEFAULT_START if self._has_clock else None
        if self._unit and step is not self._unit:
            step = {**self._unit, "transaction": [*self._unit["transaction"], step]}
        return Mismatch(Counterexample((*self.steps, step), why, cause, clock))

    def _comparable(self, value: Any) -> Any:
        """Leave out what the registry cannot share with the model: without a clock, the time."""
        if self._has_clock:
            return value
        if isinstance(value, list):
            return [self._comparable(item) for item in value]
        if isinstance(value, dict):
            return {key: self._comparable(item) for key, item in value.items() if key not in _TIMES}
        return value
