"""The targets on a server in another process: one that we can steer, and any other."""

from __future__ import annotations

import secrets
from time import sleep
from typing import TYPE_CHECKING, Any

from pytest_stigmer.clock import parse_instant
from pytest_stigmer.errors import StatusError, UsageError
from pytest_stigmer.scenario.target import (
    Answer,
    Inconclusive,
    Target,
    Unsupported,
    answered,
    is_cut,
)
from pytest_stigmer.scenario.verbs import harm_of
from pytest_stigmer.service.transport import Impatience
from pytest_stigmer.skills.endpoint import SkillClient
from pytest_stigmer.targets.behind import VERBS as LOOKS
from pytest_stigmer.targets.behind import Behind
from pytest_stigmer.targets.flow import Flow
from pytest_stigmer.targets.gate import Gate
from pytest_stigmer.targets.hunting import Hunt, ScenarioTimes
from pytest_stigmer.targets.isolation import IsolatedSkills
from pytest_stigmer.targets.plain import answer_value, performed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.scenario.target import Call
    from pytest_stigmer.targets.server_connection import Connection

_CLOCK_VERBS = ("set_clock", "advance")
ROUNDS = 20
"""How often calls at once are tried on a server that does not let us choose their order."""

_LONG = "1h"
"""A delay that no caller waits for."""
_ARRIVES_SECONDS = 1.0
"""After which a call has reached the server: a delay that it does not meet strikes the next one."""
_SHORTEST_SECONDS = 0.0005
_LONGER = 1.5
_MOST_TIMES = 16
"""A caller waits half a millisecond first and then longer, up to a third of a second."""


class SteerableTarget(Target):
    """A namespace of its own on a server with our control API: empty, and with its own clock."""

    capabilities = frozenset({"skills", "clock"})
    chooses_orders = False
    left: frozenset[str] = frozenset()
    """Nothing stays: its namespace goes with all that is in it."""

    def __init__(self, connection: Connection, factory: Factory) -> None:
        self.name = connection.address
        self._connection = connection
        self._factory = factory
        self._instant: dt.datetime | None = None
        self._start()

    def _start(self) -> None:
        namespace = f"run-{secrets.token_hex(8)}"
        self._control = self._connection.control(namespace)
        api = self._connection.generation
        self._gate = Gate(self._connection.transport(namespace))
        self.flow = Flow(api, SkillClient(api, self._gate), self._factory)

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; raise ServerLost once the server is lost."""
        if verb in _CLOCK_VERBS:
            return self._move_clock(verb, arguments)
        return _answer(self.flow, verb, arguments)

    def now(self) -> dt.datetime | None:
        """Return the instant at which the namespace's clock was stopped last."""
        return self._instant

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Send calls at one moment; which of them comes first is chance, so that it is repeated."""
        return _at_one_moment(self._gate, super().together, calls), order + 1 < ROUNDS

    def cut_short(self, call: Call, how: str, order: int) -> tuple[Answer, bool]:
        """Let a call end while the server delays it, and then after longer and longer times."""
        if order == 0:
            self._control.call("InjectFault", latency=_LONG)
        seconds = _SHORTEST_SECONDS * _LONGER**order if order else _ARRIVES_SECONDS
        impatience = Impatience(how, seconds)
        with impatience.holding():
            answer = self.perform(call.verb, call.arguments)
        # It is made when no call is under way, so that this one is over then.
        self._control.call("DeleteSnapshot", value=self._control.call("Snapshot").value)
        return answer, is_cut(answer) and order < _MOST_TIMES

    def start_over(self) -> None:
        """Take another namespace."""
        self.close()
        self._start()

    def close(self) -> list[str]:
        """Let the server forget the namespace; return what stays, a line."""
        if self._connection.lost:
            return []
        try:
            self._control.call("Drop")
        except StatusError as error:
            return [f"the namespace of a scenario on {self.name}: {error}"]
        return []

    def _move_clock(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        self._connection.check()
        method = {"set_clock": "SetClock", "advance": "AdvanceClock"}[verb]
        (value,) = arguments.values()
        try:
            self._instant = parse_instant(self._control.call(method, value=value).instant)
        except StatusError as error:
            failure = self._connection.failed(method, error)
            if failure is not error:
                raise failure from error
            return Answer.of_error(error)
        return Answer()


class AnyServerTarget(Target):
    """A server that knows nothing of us and may be in use by others.

    Scenarios see an empty registry, because all names are made unique; what was made is deleted by
    `close`. With `hunting`, scenarios that need a clock get archives of one second proved from the
    server's answers, else they end inconclusive; `wait` sleeps, in seconds. Of a scenario with
    calls at once several rounds are run. `left` are the storage keys of artifacts that stay.
    `files` are the database and the folder of artifacts of a server on this host, to be looked at.
    """

    is_ours = False
    chooses_orders = False

    def __init__(
        self,
        connection: Connection,
        factory: Factory,
        *,
        hunting: bool = False,
        harmful: bool = False,
        files: tuple[Path, Path] | None = None,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self.name = connection.address
        self.spares = not harmful
        self.capabilities = frozenset({"skills", "clock"} if hunting else {"skills"})
        self._parts = connection, factory, files, wait
        self._gate = Gate(connection.transport())
        self.left: set[str] = set()
        self._start()

    def _start(self) -> None:
        connection, factory, files, wait = self._parts
        api = connection.generation
        self.skills = IsolatedSkills(api, self._gate)
        self.skills.left = self.left
        self.flow = Flow(api, self.skills, factory)
        self._hunt = Hunt(self._probe, wait) if "clock" in self.capabilities else None
        self._times = ScenarioTimes()
        self._behind = Behind(*files, self.skills, api) if files else None
        if self._behind:
            self.looks, self.paths = LOOKS, self._behind.paths

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Answer:
        """Perform one verb; raise ServerLost, Inconclusive, or Unsupported for what it cannot do.

        What could damage the server is not sent, unless it is `harmful` on purpose.
        """
        if self.spares and (harm := harm_of(verb, arguments)):
            raise Unsupported(f"{harm}: sent to {self.name} with --stigmer-harmful only")
        if self._behind and verb in self.looks:
            return self._look(self._behind, verb, arguments)
        if self._hunt is None:
            return _answer(self.flow, verb, arguments)
        if verb in _CLOCK_VERBS:
            return _moved(getattr(self._hunt, verb), arguments)
        if verb != "push":
            self._hunt.prove()
            return self._times.read(_answer(self.flow, verb, arguments))
        return self._push(self._hunt, arguments)

    def now(self) -> dt.datetime | None:
        """Return the instant that the scenario tells, when it needs a clock."""
        return self._hunt.now if self._hunt else None

    def together(self, calls: Sequence[Call], order: int) -> tuple[list[Answer], bool]:
        """Send calls at one moment; which of them comes first is chance, so that it is repeated."""
        return _at_one_moment(self._gate, super().together, calls), order + 1 < ROUNDS

    def start_over(self) -> None:
        """Take other names, for the next time that calls are sent at once."""
        self.close()
        self._start()

    def close(self) -> list[str]:
        """Delete everything that was made; return what could not be, a line each."""
        return self.skills.clean_up()

    def _look(self, behind: Behind, verb: str, arguments: Mapping[str, Any]) -> Answer:
        if self._hunt:
            self._hunt.prove()
            if verb == "rows":
                raise Unsupported("the times in the rows of a server are its own")
        answer = answered(lambda: answer_value(getattr(behind, verb)(**arguments)))
        return self._times.read(answer)

    def _push(self, hunt: Hunt, arguments: Mapping[str, Any]) -> Answer:
        hunt.before_push()
        answer = _answer(self.flow, "push", arguments)
        if answer.failure is None:
            hunt.pushed(_archived(answer.value))
            self._times.learn(answer.value, hunt.now)
        return self._times.read(answer)

    def _probe(self) -> int:
        return _archived(answer_value(self.flow.push(name="clock probe", skill_md="# probe")))


RemoteTarget = SteerableTarget | AnyServerTarget


def remote_target(
    connection: Connection,
    factory: Factory,
    *,
    hunting: bool,
    harmful: bool = False,
    files: tuple[Path, Path] | None = None,
) -> RemoteTarget:
    """Return the target that the server allows for; raise ServerLost when nobody answers."""
    connection.check()
    if connection.steerable:
        return SteerableTarget(connection, factory)
    return AnyServerTarget(connection, factory, hunting=hunting, harmful=harmful, files=files)


def _at_one_moment(
    gate: Gate,
    together: Callable[[Sequence[Call], int], tuple[list[Answer], bool]],
    calls: Sequence[Call],
) -> list[Answer]:
    with gate.holding(len(calls)):
        answers, _ = together(calls, 0)
    return answers


def _answer(flow: Flow, verb: str, arguments: Mapping[str, Any]) -> Answer:
    if verb == "set_timezone":
        raise Unsupported("the time zone of a server is its own")
    return performed(flow.skills, lambda: getattr(flow, verb)(**arguments))


def _moved(verb: Callable[[str], None], arguments: Mapping[str, Any]) -> Answer:
    try:
        verb(*arguments.values())
    except ValueError as error:
        return Answer.of_error(UsageError(str(error)))
    return Answer()


def _archived(skill: dict[str, Any]) -> int:
    """Return when the server says that it pushed a skill, nanoseconds since the Unix epoch."""
    from google.protobuf.timestamp_pb2 import Timestamp

    audit = ((skill["status"] or {}).get("audit") or {}).get("status_audit") or {}
    if not audit.get("updated_at"):
        raise Inconclusive(
            "the server's answers carry no time: nothing can be proved about seconds"
        )
    instant = Timestamp()
    instant.FromJsonString(audit["updated_at"])
    return int(instant.ToNanoseconds())
