"""A server that knows nothing of us: found empty, left as found, its seconds hunted for."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import SystemClock, parse_instant
from pytest_stigmer.defects.catalogue import find
from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.target import Unsupported
from pytest_stigmer.service.injection import Fault
from pytest_stigmer.skills.controller import slug_of
from pytest_stigmer.skills.endpoint import SkillClient
from pytest_stigmer.targets.hunting import Hunt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.scenario.model import Scenario


def push_foreign(server: Any, api: Any, factory: Any, **fields: Any) -> Any:
    """Push a skill past the target, as another user of the server would have."""
    return server.registry.push(
        api.PushSkillRequest.FromString(factory.push_request(**fields).SerializeToString())
    )


@pytest.mark.parametrize("name", ["organisations", "versions_of_one_second"])
def test_a_server_in_use_by_others_is_found_empty_and_left_as_it_was(
    plain: Any, flow: Callable[[str], Scenario], api: Any, stigmer_factory: Any, name: str
) -> None:
    """A scenario passes beside skills of the same names, and leaves nothing but those."""
    for org in ("", "acme"):
        for skill in ("Calculator", "Web Search"):
            push_foreign(plain, api, stigmer_factory, name=skill, org=org)
    before = plain.listed()
    with plain.target() as target:
        outcome = run(flow(name), target)
        assert (outcome.status, outcome.reason) == (Status.PASSED, "")
        assert plain.listed() != before
        assert target.close() == []
    assert plain.listed() == before


def test_what_was_made_is_deleted_although_the_run_was_interrupted(plain: Any) -> None:
    """An answer that never arrived is looked for by its name."""
    with plain.target(hunting=False) as target:
        target.perform("push", {"name": "Calculator", "skill_md": "# one"})
        target.skills._made = dict.fromkeys(target.skills._made, "")  # as if it had not been read
        assert target.close() == []
    assert plain.listed() == []


def test_a_skill_of_somebody_else_is_not_deleted(
    plain: Any, api: Any, stigmer_factory: Any
) -> None:
    """PERMISSION_DENIED instead, and the skill is still there."""
    foreign = push_foreign(plain, api, stigmer_factory)
    with plain.target(hunting=False) as target:
        answer = target.perform("delete", {"id": foreign.metadata.id})
        assert answer.failure.code == "PERMISSION_DENIED"
        target.close()
    assert plain.registry.get(api.SkillId(value=foreign.metadata.id)) == foreign


def test_a_skill_that_cannot_be_read_may_be_somebodys_and_is_not_deleted(
    plain: Any, api: Any, stigmer_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only NOT_FOUND says that nobody has the id."""
    foreign = push_foreign(plain, api, stigmer_factory)

    def damaged(*_: Any) -> None:
        raise StatusError("DATA_LOSS", "row does not decode")

    with plain.target(hunting=False) as target:
        with monkeypatch.context() as patch:
            patch.setattr(SkillClient, "get", damaged)
            answer = target.perform("delete", {"id": foreign.metadata.id})
        assert answer.failure.code == "DATA_LOSS"
        target.close()
    assert plain.registry.get(api.SkillId(value=foreign.metadata.id)) == foreign


def test_what_cannot_be_deleted_is_told(plain: Any) -> None:
    """The line names the skill as the server knows it and the reason."""
    with plain.target(hunting=False) as target:
        answer = target.perform("push", {"name": "Calculator", "skill_md": "# one"})
        plain.store.close()
        (line,) = target.close()
    assert answer.value["metadata"]["id"] in line
    assert line.startswith(f"calculator{target.skills.suffix}")
    assert "UNAVAILABLE: store is closed" in line


def test_what_is_left_is_told_although_the_server_is_lost_meanwhile(plain: Any) -> None:
    """What could not be deleted before, and what nobody can be asked to delete any more."""
    with plain.target(hunting=False) as target:
        for name in ("One", "Two", "Three"):
            target.perform("push", {"name": name, "skill_md": "# one"})
        plain.served.faults.add(Fault("delete", code="INTERNAL", details="no"))
        plain.served.faults.add(Fault("delete", on_call=2, code="DEADLINE_EXCEEDED"))
        refused, lost = target.close()
    suffix = target.skills.suffix
    assert refused.startswith(f"one{suffix} ")
    assert "INTERNAL: no" in refused
    assert lost.startswith(f"two{suffix}, three{suffix}: the server")


@pytest.mark.parametrize(
    "name", ["A b", "x-", "--x--", "Web  Search", "Tool (v2)!", "é1", "a" * 96, "X_y.z"]
)
def test_a_suffixed_name_has_the_suffixed_slug(plain: Any, name: str) -> None:
    """Whatever the name, its slug on the server is its own slug and the suffix."""
    with plain.target(hunting=False) as target:
        assert slug_of(name + target.skills.suffix) == slug_of(name) + target.skills.suffix


def test_archives_of_one_second_are_hunted_for(plain: Any, flow: Callable[..., Any]) -> None:
    """The first burst waits for a second to begin, the next virtual second for another one."""
    with plain.target() as target:
        outcome = run(flow("versions_of_one_second"), target)
        target.close()
    assert outcome.status is Status.PASSED
    assert len(plain.waits) == 2
    assert plain.waits[0] == pytest.approx(0.32, abs=0.05)
    assert 0 < plain.waits[1] <= 1.02


def test_a_server_that_confuses_archives_of_one_second_is_caught(
    serve_plain: Any, flow: Callable[..., Any], tmp_path: Path
) -> None:
    """With a defect of order behind it the hunted scenario fails at the reference by tag."""
    recipe = find("tag-order-without-tiebreak").apply(REFERENCE)
    with serve_plain(tmp_path, recipe=recipe) as server, server.target() as target:
        outcome = run(flow("versions_of_one_second"), target)
        target.close()
    assert outcome.status is Status.FAILED
    assert outcome.stopped is not None
    assert outcome.stopped.verb == "get_by_reference"


def test_a_burst_that_left_its_second_is_inconclusive(
    serve_plain: Any, flow: Callable[..., Any], ticking: Any, tmp_path: Path
) -> None:
    """On a server too slow for one second nothing is claimed; both instants are told."""
    with serve_plain(tmp_path, clock=ticking("150ms")) as server, server.target() as target:
        outcome = run(flow("versions_of_one_second"), target)
        assert target.close() == []
    assert outcome.status is Status.INCONCLUSIVE
    assert "archives should share a second, but the server's clock went from" in outcome.reason


def test_a_clock_that_does_not_go_on_is_inconclusive(
    plain: Any, flow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two virtual seconds that are one on the server prove nothing about either."""
    monkeypatch.setattr(plain, "wait", [].append)
    with plain.target() as target:
        outcome = run(flow("versions_of_one_second"), target)
        target.close()
    assert outcome.status is Status.INCONCLUSIVE
    assert "did not go on to another second" in outcome.reason


def test_a_step_back_in_time_is_skipped(plain: Any, flow: Callable[..., Any]) -> None:
    """Nobody sets the clock of a server back; the reason says so."""
    with plain.target() as target:
        outcome = run(flow("clock_set_back"), target)
        target.close()
    assert (outcome.status, outcome.reason) == (
        Status.SKIPPED,
        "the clock of this server cannot be set back",
    )
    assert plain.listed() == []


@pytest.mark.parametrize("step", ["-5s", "-1900ms"])
def test_a_step_back_to_a_burst_that_is_over_is_refused(step: str) -> None:
    """Before its archives or among them: the server's clock is past it, and nothing was proved."""
    ticks = count(10**18, 10**6)
    hunt = Hunt(lambda: next(ticks), lambda _: None)
    hunt.set_clock("2026-01-25T10:00:00Z")
    hunt.pushed(next(ticks))
    hunt.advance("2s")
    with pytest.raises(Unsupported, match="cannot be set back"):
        hunt.advance(step)
    hunt.advance("-1s")
    assert hunt.now == parse_instant("2026-01-25T10:00:01Z")


def test_the_real_clock_is_hunted_too(
    serve_plain: Any, flow: Callable[..., Any], tmp_path: Path
) -> None:
    """Against a clock that runs, with real waiting, the burst is proved, or nothing is claimed."""
    found = flow("versions_of_one_second")
    burst = replace(found, steps=found.steps[:7])
    with serve_plain(tmp_path, clock=SystemClock()) as server, server.target() as target:
        target._hunt._wait = sleep
        outcome = run(burst, target)
        target.close()
    # A machine that stalls for most of a second makes the proof impossible, never wrong.
    assert outcome.status in (Status.PASSED, Status.INCONCLUSIVE)


def test_a_refusal_keeps_code_and_text(plain: Any) -> None:
    """The suffix shows in no text."""
    with plain.target(hunting=False) as target:
        with pytest.raises(StatusError) as caught:
            target.flow.get_by_reference(slug="calculator", version="stable")
        target.close()
    assert str(caught.value) == "NOT_FOUND: skill not found: calculator"
