"""One history on two registries: every answer is held against the model's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pytest_stigmer.clock import DEFAULT_START
from pytest_stigmer.errors import ServerLost
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.scenario.compare import Difference, answer_differences
from pytest_stigmer.scenario.model import ExpectedFailure
from pytest_stigmer.scenario.runner import asked
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.target import Answer, Surprise, Target
from pytest_stigmer.scenario.verbs import VERBS
from pytest_stigmer.scenario.writer import scenario_text

_LONGEST = 120
_MAPS = ("metadata.labels", "metadata.annotations")
_TIMES = ("created_at", "updated_at")
_FAULTS = frozenset(
    verb.name for verb in VERBS.values() if verb.needs == "faults" and verb.shape == "nothing"
) - {"open_legacy"}
_ELEMENT = re.compile(r"\d+\.")


@dataclass(frozen=True)
class Counterexample:
    """Steps that a registry answers otherwise than the model, the last of them wrongly.

    A step is a map as a scenario file has it. `why` is one sentence about the last. `clock` is
    the start of a history that needs a clock. `is_certain` once the steps were repeated and
    answered wrongly every time.
    """

    steps: tuple[dict[str, Any], ...]
    why: str
    clock: str | None = None
    is_certain: bool = False

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


def _written(verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    bare = VERBS[verb].bare
    return {verb: arguments[bare] if bare else dict(arguments)}


class FaultImpossibleError(LookupError):
    """A fault could not be brought about, which says nothing about the registry's answers."""


class Comparison:
    """Performs each verb on the registry and on the model, and remembers the steps.

    Ids are the registry's: the model takes over the id that a push was answered with, unless it is
    one that was given out before.
    """

    def __init__(self, subject: Target, model: ModelTarget) -> None:
        self.subject = subject
        self.model = model
        self.steps: list[dict[str, Any]] = []
        self.ids: dict[str, str] = {}
        self._saved: dict[str, Any] = {}

    def step(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        *,
        save_as: str | None = None,
    ) -> None:
        """Perform one verb on both; raise Mismatch, or FaultImpossibleError.

        Arguments may name earlier pushes, as in a scenario: `${push_1.metadata.id}`. A push is
        saved as `save_as`, or is numbered.
        """
        sent = resolve(dict(arguments), self._saved)
        try:
            got = asked(self.subject, verb, sent)
        except Surprise as surprise:  # what a condition saw, whatever the answer is
            raise self._mismatch(_written(verb, arguments), str(surprise)) from None
        # That what should be damaged is missing is an answer; that it cannot be reached is none.
        if verb in _FAULTS and got.failure is not None and got.failure.code == "UNKNOWN":
            raise FaultImpossibleError(f"{verb}: {got.failure.message}")
        self._adopt_id(verb, got)
        wanted = self.model.perform(verb, sent)
        step = self._held(verb, arguments, wanted, got)
        if verb == "push" and wanted.failure is None:
            step["as"] = save_as or f"push_{len(self._saved) + 1}"
            self._saved[step["as"]] = got.value
            self.ids.setdefault(got.value["metadata"]["id"], step["as"])
        self.steps.append(step)

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

    def _held(
        self, verb: str, arguments: Mapping[str, Any], wanted: Answer, got: Answer
    ) -> dict[str, Any]:
        """Return the step as a scenario has it; raise Mismatch when the answers differ."""
        step = _written(verb, arguments)
        fails = ExpectedFailure(wanted.failure.code) if wanted.failure else None
        returns = None if fails else self._comparable(wanted.value)
        if VERBS[verb].shape == "nothing":
            returns = None
        differences = answer_differences(got, returns, fails) or [*_surplus(returns, got.value)]
        if fails:
            step["fails"] = fails.code
        if differences:
            returned = got.failure is None and fails is None
            if returned:
                step["returns"] = self._told(returns, differences)
            raise self._mismatch(step, _why(verb, differences[0]))
        return step

    def _mismatch(self, step: dict[str, Any], why: str) -> Mismatch:
        clock = DEFAULT_START if self._has_clock else None
        return Mismatch(Counterexample((*self.steps, step), why, clock))

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
    where = f" {found.where}" if found.where else ""
    return f"{verb}{where} must be {_short(found.expected)}, but is {_short(found.got)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


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
