"""Calls at once reach a server at one moment, again and again, each time under other names."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.targets.gate import Gate
from pytest_stigmer.targets.remote import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.scenario.model import Scenario


def test_scenario_with_calls_at_once_is_repeated(
    plain: Any, promise: Callable[[str], Scenario]
) -> None:
    """Each round has names of its own, and what was made in all of them is deleted."""
    scenario = promise("flows/first_pushes_at_once")
    with plain.target(hunting=False) as target:
        outcome = run(scenario, target)
        assert (outcome.status, outcome.tries) == (Status.PASSED, ROUNDS)
        left = target.left
        target.close()
    assert plain.called.count("push") == 2 * ROUNDS
    assert plain.listed() == []
    assert len(left) == 2


def test_calls_leave_when_each_caller_has_one() -> None:
    """The first is held until the second comes; what one caller sends after that goes at once."""
    sent: list[str] = []
    first_is_sent = Event()

    class Carrier:
        def call(self, method: str, request: bytes) -> bytes:
            del request
            sent.append(method)
            first_is_sent.set()
            return b""

    gate = Gate(Carrier())
    with gate.holding(2):
        thread = Thread(target=gate.call, args=("first", b""))
        thread.start()
        assert not first_is_sent.wait(0.05)
        gate.call("second", b"")
        gate.call("third", b"")
        thread.join()
    assert sorted(sent) == ["first", "second", "third"]
    gate.call("alone", b"")
    assert sent[-1] == "alone"
