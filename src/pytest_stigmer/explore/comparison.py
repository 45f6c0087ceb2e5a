"""One history on two registries: every answer is held against the model's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.conditions.reads import READS, is_of_registry
from pytest_stigmer.explore.causes import HARM, Seen, cause_of
from pytest_stigmer.explore.counterexample import Counterexample, Mismatch
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.scenario.compare import Difference, answer_differences
from pytest_stigmer.scenario.disputed import ODD_ARCHIVES, POINTS
from pytest_stigmer.scenario.model import ExpectedFailure
from pytest_stigmer.scenario.runner import asked
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.shown_bytes import masked
from pytest_stigmer.scenario.target import Answer, Call, Surprise, Target
from pytest_stigmer.scenario.verbs import VERBS

_LONGEST = 120
_MAPS = ("metadata.labels", "metadata.annotations")
_TIMES = ("created_at", "updated_at")
_FAULTS = frozenset(
    verb.name for verb in VERBS.values() if verb.needs == "faults" and verb.shape == "nothing"
) - {"open_legacy"}
_LOOKS = READS | {name for name, verb in VERBS.items() if verb.shape in ("keys", "file", "rows")}
_ELEMENT = re.compile(r"\d+\.")


def _written(verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
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
        self.ids: dict[str, str] = {}
        self._saved: dict[str, Any] = {}

    def step(self, verb: str, arguments: Mapping[str, Any], *, save_as: str | None = None) -> None:
        """Perform one verb on both; raise Mismatch, or FaultImpossibleError.

        Arguments may name earlier pushes, as in a scenario: `${push_1.metadata.id}`. A push is
        saved as `save_as`, or is numbered.
        """
        if self.is_over:
            return
        sent = resolve(dict(arguments), self._saved)
        step, before = _written(verb, arguments), self.model.skills.state()
        try:
            got = asked(self.subject, verb, sent)
        except Surprise as surprise:  # what a condition saw, whatever the answer is
            self.is_over = self._passes(cause := f"{verb}: {HARM}")
            if self.is_over:
                return
            raise self._mismatch(step, str(surprise), cause) from None
        # That what should be damaged is missing is an answer; that it cannot be reached is none.
        if verb in _FAULTS and got.failure is not None and got.failure.code == "UNKNOWN":
            raise FaultImpossibleError(f"{verb}: {got.failure.message}")
        self._adopt_id(verb, got)
        wanted = self.model.perform(verb, sent)
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
        self.steps.append(step)

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
        return answer_differences(got, returns, fails) or [*_surplus(returns, got.value)]

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
            step["returns"] = self._told(self._returns(verb, wanted), [one for one, _ in new])
        found, cause = new[0]
        raise self._mismatch(step, _why(verb, found), cause)

    def _mismatch(self, step: dict[str, Any], why: str, cause: str) -> Mismatch:
        clock = DEFAULT_START if self._has_clock else None
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

    def _told(self, returns: Any, differences: list[Difference]) -> Any:
        """Return of the model's answer what differs; of a list, what tells its elements apart."""
        if isinstance(returns, list):
            paths = {_ELEMENT.sub("", found.where, count=1) for found in differences}
            paths = {path for path in paths if path and not path.isdigit()} | {"spec.skill_md"}
            return [self._portable(_part(item, sorted(paths))) for item in returns]
        if isinstance(returns, dict):
            maps = {where for found in differences if (where := _map_of(found.where))}
            told = {
                where: _at(returns, where) | _absent(where, differences) for where in sorted(maps)
            }
            plain = [found for found in differences if not _map_of(found.where)]
            for found in plain:
                told |= dict(_leaves(found.where, self._named(found)))
            # A list that is too short is told whole, not by its length.
            lists = {where: _at(returns, where) for where in told}
            told |= {where: item for where, item in lists.items() if isinstance(item, list)}
            return self._portable(told)
        return returns

    def _portable(self, told: Any) -> Any:
        """Say ids, which are others on every registry, by the push that was given them."""
        if not isinstance(told, dict):
            return told
        return {path: self._id_told(path, item) for path, item in told.items()}

    def _id_told(self, path: str, item: Any) -> Any:
        if not path.endswith("metadata.id") or not isinstance(item, str):
            return item
        return f"${{{self.ids[item]}.metadata.id}}" if item in self.ids else {"matches": "."}

    def _named(self, found: Difference) -> Any:
        """Say that an id must be none of an earlier push, where it is one and should not be."""
        is_given = found.where.endswith("metadata.id") and found.got in self.ids
        if is_given and found.expected not in self.ids:
            return {"not": f"${{{self.ids[found.got]}.metadata.id}}"}
        return found.expected


def _surplus(returns: Any, got: Any) -> Iterator[Difference]:
    """Find labels and annotations that should not be there; a scenario's comparison allows them."""
    for where in _MAPS:
        wanted = _at(returns, where) or {}
        for key, value in (_at(got, where) or {}).items():
            if isinstance(returns, dict) and key not in wanted:
                yield Difference(f"{where}.{key}", None, value, "should not be there")


def _part(value: Any, paths: list[str]) -> Any:
    if not isinstance(value, dict):
        return value
    told = [leaf for path in paths for leaf in _leaves(path, _at(value, path))]
    return {path: item for path, item in told if item is not None}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a field, or the fields that are set in a message: a scenario names no messages."""
    if not isinstance(value, dict) or path in _MAPS or value.keys() == {"not"}:
        yield path, value
        return
    for key, item in value.items():
        if item not in ("", [], None):
            yield from _leaves(f"{path}.{key}", item)


def _map_of(path: str) -> str:
    """Return the path of the map of free keys that a path leads into, or ''."""
    return next((name for name in _MAPS if path.startswith(f"{name}.")), "")


def _absent(where: str, differences: list[Difference]) -> dict[str, None]:
    """Return the keys of a map that should not be there."""
    prefix = f"{where}."
    surplus = [one for one in differences if one.expected is None and one.where.startswith(prefix)]
    return dict.fromkeys(one.where.removeprefix(prefix) for one in surplus)


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[part] if isinstance(value, dict) and part in value else None
    return value


def _why(verb: str, found: Difference) -> str:
    found = masked(verb, found)
    where = f" {found.where}" if found.where else ""
    return f"{verb}{where} must be {_short(found.expected)}, but is {_short(found.got)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
