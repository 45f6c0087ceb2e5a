"""The user's own skill API as a target that leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import STATUS_SHAPES, StatusError, carried_status
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.kit.calls import shown
from pytest_stigmer.kit.capabilities import ToldClock
from pytest_stigmer.kit.skill_declarations import SkillDeclarations
from pytest_stigmer.scenario.target import Answer, Target, Unsupported
from pytest_stigmer.skills.endpoint import SkillApi
from pytest_stigmer.targets.flow import Flow
from pytest_stigmer.targets.hunting import ScenarioTimes
from pytest_stigmer.targets.isolation import IsolatedSkills
from pytest_stigmer.targets.plain import performed

_CALLS = {
    "push": ("push", "PushSkillRequest"),
    "get": ("get", "SkillId"),
    "getByReference": ("get_by_reference", "ApiResourceReference"),
    "getArtifact": ("get_artifact", "GetArtifactRequest"),
    "delete": ("delete", "SkillId"),
}
"""By wire name: the call of `SkillApi` and the class of its request."""


class _Carrier:
    """Carries serialized requests to a user's calls, and what they raise as a StatusError."""

    def __init__(self, api: Any, skills: SkillApi) -> None:
        self.api = api
        self.skills = skills

    def call(self, method: str, request: bytes) -> bytes:
        """Serve one call by its wire name."""
        name, request_class = _CALLS[method]
        message = getattr(self.api, request_class).FromString(request)
        try:
            return bytes(getattr(self.skills, name)(message).SerializeToString())
        except Exception as error:
            raise StatusError(*(carried_status(error) or _without(error))) from error


def _without(error: Exception) -> tuple[str, str]:
    return "UNKNOWN", f"{shown(error)}, which carries no status: {STATUS_SHAPES}"


class SkillTarget(Target):
    """Performs the verbs of the skill API on the one that a class declares."""

    is_ours = False

    def __init__(self, declared: SkillDeclarations, skills: SkillApi, test_id: str) -> None:
        self.name = type(declared).__name__
        self.capabilities = declared.capabilities()
        self.takes_threads = declared.is_thread_safe
        self.spares = not declared.is_disposable
        self._declared = declared
        self._carrier = _Carrier(declared.api, skills)
        self._beside: SkillApi | None = None
        api = load()
        self._skills = IsolatedSkills(api, self._carrier)
        self._clock = ToldClock(self._move if declared.can_move_clock else None)
        self._times = ScenarioTimes()
        clock = cast("Any", self._clock)
        self._flow = Flow(api, self._skills, Factory(0, test_id, api), clock=clock)

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; what the calls raise is an answer too."""
        if verb == "set_timezone":
            raise Unsupported("the time zone is that of the process")
        act = self._reopen if verb == "reopen" else getattr(self._flow, verb)
        answer = performed(self._skills, lambda: act(**arguments))
        if verb == "push" and answer.failure is None and self._declared.can_move_clock:
            self._times.learn(answer.value, self._clock.now())
        return self._times.read(answer)

    def other(self) -> Target:
        """Return this target, its calls sent to a second server on the same data."""
        if self._beside is None:
            self._beside = self._declared.beside(self._carrier.skills)
        return _Beside(self, self._carrier, self._beside)

    def now(self) -> dt.datetime:
        """Return the instant that the scenario has told so far."""
        return self._clock.now()

    @property
    def left(self) -> set[str]:
        """The storage keys of the artifacts that stay, where the registry is not thrown away."""
        return set() if self._declared.is_disposable else self._skills.left

    def clean_up(self) -> list[str]:
        """Delete everything that was made; return what could not be, a line each."""
        return self._skills.clean_up()

    def _reopen(self) -> None:
        self._carrier.skills = self._declared.reopen(self._carrier.skills)

    def _move(self, seconds: float) -> None:
        self._declared.move_clock(self._carrier.skills, seconds)


class _Beside(Target):
    """A target whose calls go to another server: names, clean-up and clock are shared."""

    def __init__(self, target: SkillTarget, carrier: _Carrier, skills: SkillApi) -> None:
        self.name = target.name
        self.capabilities = target.capabilities
        self._target = target
        self._carrier = carrier
        self._skills = skills

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb on the other server."""
        first, self._carrier.skills = self._carrier.skills, self._skills
        try:
            return self._target.perform(verb, arguments)
        finally:
            self._carrier.skills = first

    def now(self) -> dt.datetime:
        """Return the instant that the scenario has told so far."""
        return self._target.now()
