"""A run performs the steps in order and says how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.clock import DEFAULT_START, parse_instant
from pytest_stigmer.errors import ClockIncoherent
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.target import gathered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome

STORY = """\
  - push: {name: Calculator, tag: stable, skill_md: "# one"}
    as: one
  - advance: 300ms
  - push: {name: Calculator, tag: stable, skill_md: "# two"}
    as: two
  - push: {name: Calculator, tag: beta, skill_md: "# three"}
  - get_by_reference: {slug: calculator, version: stable}
    returns: {status.version_hash: "${two.status.version_hash}"}
  - get_by_reference: {slug: calculator, version: missing}
    fails: {code: NOT_FOUND, message: "tag=missing"}
"""
Run = "Callable[..., Outcome]"


def test_a_story_that_holds_passes(outcome: Callable[..., Outcome]) -> None:
    """Every step is performed and as expected."""
    ended = outcome(STORY)
    assert (ended.status, ended.reason, ended.stopped) == (Status.PASSED, "", None)
    assert len(ended.performed) == 6


def test_a_run_goes_on_after_a_red_step(outcome: Callable[..., Outcome]) -> None:
    """The first red step is named with its line, and the steps after it are judged too."""
    ended = outcome(STORY, oldest_tag=True)
    assert (ended.status, ended.reason) == (Status.FAILED, "the answer is not the expected one")
    assert ended.stopped is ended.reds[0].step
    assert ended.stopped.line == 9
    assert [found.where for found in ended.reds[0].differences] == ["status.version_hash"]
    assert len(ended.performed) == 6


def test_every_red_step_is_told(outcome: Callable[..., Outcome]) -> None:
    """What one red step hides is found behind it."""
    again = STORY[STORY.index("  - get_by") :].replace("missing", "gone")
    ended = outcome(STORY + again, oldest_tag=True)
    assert [red.step.line for red in ended.reds] == [9, 13]
    assert ended.reason == "2 answers are not the expected ones: lines 9, 13"


def test_what_needs_a_value_that_is_missing_is_left_out(outcome: Callable[..., Outcome]) -> None:
    """A refused push leaves nothing to ask for; what does not depend on it is asked."""
    ended = outcome(
        "  - get: {id: nobody}\n    as: one\n"
        '  - get: {id: "${one.metadata.id}"}\n    as: two\n'
        '  - get: {id: "${two.metadata.id}"}\n'
        "  - push: {name: A}\n    returns: {metadata.name: B}\n"
    )
    assert [step.left_out for step in ended.performed] == [
        "",
        "nothing was saved as `one`",
        "nothing was saved as `two`",
        "",
    ]
    assert [red.step.verb for red in ended.reds] == ["get", "push"]


def test_nothing_follows_where_the_scene_could_not_be_set(outcome: Callable[..., Outcome]) -> None:
    """After a fault that was not put in place, red steps would say nothing about the registry."""
    ended = outcome("  - unlock:\n  - get: {id: nobody}\n")
    assert [step.step.verb for step in ended.performed] == ["unlock"]
    assert ended.reason == (
        "the answer is not the expected one; then it ended: "
        "nothing can be asked after a `unlock` that failed"
    )


@pytest.mark.parametrize("step", ["reopen:", "crash_after: {statement: 3}"])
def test_a_red_step_stays_red_whatever_ends_the_run(
    step: str, outcome: Callable[..., Outcome]
) -> None:
    """What cannot be asked later takes nothing back."""
    ended = outcome(f"  - get: {{id: nobody}}\n  - {step}\n")
    assert ended.status is Status.FAILED
    assert ended.stopped is ended.scenario.steps[0]
    assert "; then it ended: " in ended.reason


def test_the_first_red_turn_of_a_repeated_step_is_told(outcome: Callable[..., Outcome]) -> None:
    """A later turn that is as expected does not hide it."""
    ended = outcome(
        '  - push: {name: A, tag: "${n}"}\n    repeat: 3\n    returns: {spec.tag: "3"}\n'
    )
    assert [red.sent["tag"] for red in ended.reds] == [1]


def test_a_run_may_stop_at_the_first_red_step(
    read: Callable[[str], Scenario], plain_target: Any
) -> None:
    """A proof asks whether a scenario is red, and need not go on nor pay for evidence."""
    ended = run(read(STORY), plain_target(oldest_tag=True), stop_at_first=True)
    assert (ended.status, ended.evidence) == (Status.FAILED, None)
    assert ended.stopped is ended.performed[-1].step


def test_a_failed_run_keeps_evidence(outcome: Callable[..., Outcome]) -> None:
    """The timeline and the query are those of the moment of the failure."""
    evidence = outcome(STORY, oldest_tag=True).evidence
    assert evidence is not None
    assert [row.tag for row in evidence.timeline] == ["stable", "stable", "beta"]
    assert str(evidence.explanation).startswith("SELECT")


def test_broken_evidence_does_not_hide_the_failure(
    read: Callable[[str], Scenario], plain_target: Any
) -> None:
    """When the target cannot show itself, the run has still failed and says so."""

    class Blind(plain_target):  # type: ignore[misc]
        def timeline(self) -> None:
            raise OSError("the file is gone")

    ended = run(read(STORY), Blind(oldest_tag=True))
    assert ended.status is Status.FAILED
    assert ended.evidence is not None
    assert ended.evidence.explanation == "no evidence: OSError: the file is gone"


def test_saved_values_reach_later_steps(outcome: Callable[..., Outcome]) -> None:
    """What was sent and expected is kept with the references filled in."""
    last = outcome(
        "  - push: {name: A}\n    as: a\n"
        '  - get: {id: "${a.metadata.id}"}\n    returns: {metadata.name: "${a.metadata.name}"}\n'
    ).performed[-1]
    assert last.sent == {"id": "skl-a"}
    assert last.returns == {"metadata.name": "A"}


def test_the_clock_starts_where_the_scenario_says(plain_target: Any, tmp_path: Path) -> None:
    """Every step knows the instant at which it left the clock."""
    text = b"scenario: t\nclock: 2026-02-01T00:00:00Z\nsteps:\n  - advance: 1s\n  - advance: -3s\n"
    ended = run(loads(text, tmp_path), plain_target())
    instants = [step.at for step in ended.performed]
    expected = [parse_instant(f"2026-{at}Z") for at in ("02-01T00:00:01", "01-31T23:59:58")]
    assert instants == expected


def test_without_a_stated_clock_a_target_with_a_clock_starts_at_the_default(
    outcome: Callable[..., Outcome],
) -> None:
    """A run never sees the wall clock where the target's clock can be set."""
    ended = outcome("  - get: {id: x}\n    fails: NOT_FOUND\n")
    assert ended.performed[0].at == parse_instant(DEFAULT_START)


def test_a_clock_that_cannot_be_set_proves_nothing(
    read: Callable[[str], Scenario], plain_target: Any
) -> None:
    """A run whose start is not the stated one is inconclusive, never passed."""

    class Stuck(plain_target):  # type: ignore[misc]
        def _set_clock(self, instant: str) -> None:
            raise ClockIncoherent.disagreeing([instant])

    ended = run(read("  - push: {name: A}\n"), Stuck())
    assert ended.status is Status.INCONCLUSIVE
    assert ended.reason.startswith(f"the clock could not be set to {DEFAULT_START}: sources of")
    assert ended.performed == ()


def test_an_unexpected_failure_fails_the_step(outcome: Callable[..., Outcome]) -> None:
    """A step that states nothing must succeed."""
    ended = outcome("  - get: {id: nobody}\n")
    assert ended.status is Status.FAILED
    assert ended.performed[-1].differences[0].got == "NOT_FOUND: resource not found: skill/nobody"


def test_an_unexpected_failure_shows_what_was_expected(outcome: Callable[..., Outcome]) -> None:
    """The value that should have come stands beside the refusal."""
    ended = outcome("  - get: {id: nobody}\n    returns: {spec.tag: v1}\n")
    assert ended.performed[-1].differences[0].expected == {"spec.tag": "v1"}


@pytest.mark.parametrize(
    ("fails", "where"),
    [
        ("NOT_FOUND", []),
        ("{code: NOT_FOUND, message: skill/nobody}", []),
        ("{code: INTERNAL, message: somebody}", ["code", "message"]),
    ],
)
def test_a_failure_is_compared_by_code_and_contained_text(
    fails: str, where: list[str], outcome: Callable[..., Outcome]
) -> None:
    """The code must be equal, the message must contain the text, and both are told."""
    ended = outcome(f"  - get: {{id: nobody}}\n    fails: {fails}\n")
    assert [found.where for found in ended.performed[-1].differences] == where


def test_a_step_that_should_fail_and_succeeds_is_red(outcome: Callable[..., Outcome]) -> None:
    """Success where a refusal was promised is a difference."""
    ended = outcome("  - push: {name: A}\n  - get: {id: skl-a}\n    fails: NOT_FOUND\n")
    assert ended.performed[-1].differences[0].why == "succeeded although it should fail"


def test_what_a_target_lacks_is_one_reason_with_a_number_for_each_thing() -> None:
    """Many combinations of the same few words say less than how many need each."""
    reasons = [
        "the target x offers no store and no files",
        "the target x offers no store",
        "waived",
    ]
    assert gathered(reasons) == [
        ("the target x offers no store (2), no files (1)", 2),
        ("waived", 1),
    ]
    assert gathered(reasons[1:2]) == [("the target x offers no store", 1)]


def test_a_target_without_a_capability_skips_with_the_reason(
    read: Callable[[str], Scenario], plain_target: Any
) -> None:
    """Nothing is performed on a target that lacks something."""
    target = plain_target()
    target.capabilities = frozenset({"skills"})
    ended = run(read("  - reopen:\n  - advance: 1s\n"), target)
    assert ended.status is Status.SKIPPED
    assert ended.reason == "the target plain offers no clock and no reopen"
    assert target.calls == []


@pytest.mark.parametrize(
    ("step", "status", "reason"),
    [
        ("reopen:", Status.SKIPPED, "the plain target has no file to open again"),
        (
            "crash_after: {statement: 3}",
            Status.INCONCLUSIVE,
            "nothing writes 3 statements here",
        ),
    ],
)
def test_what_proves_nothing_is_never_passed(
    step: str, status: Status, reason: str, outcome: Callable[..., Outcome]
) -> None:
    """Skipped and inconclusive runs are told apart, each with its reason and step."""
    ended = outcome(f"  - {step}\n")
    assert (ended.status, ended.reason) == (status, reason)
    assert ended.stopped is ended.scenario.steps[0]


def test_an_exception_that_is_no_status_is_a_red_answer(outcome: Callable[..., Outcome]) -> None:
    """A registry that breaks down has answered UNKNOWN, and the page can show where."""
    ended = outcome("  - unlock:\n")
    assert ended.status is Status.FAILED
    assert ended.performed[-1].differences[0].got == "UNKNOWN: ZeroDivisionError: a fault"
    assert isinstance(ended.error, ZeroDivisionError)
    assert outcome("  - unlock:\n    fails: {code: UNKNOWN, message: a fault}\n").status == "passed"


def test_calls_at_once_need_a_target_that_threads_may_share(
    read: Callable[[str], Scenario], plain_target: Any
) -> None:
    """Threads decide where orders cannot be chosen, unless the target is not for threads."""
    steps = "  - together:\n      - push: {name: A}\n      - push: {name: B}\n"
    target = plain_target()
    assert run(read(steps), target).status is Status.PASSED
    assert sorted(sent["name"] for verb, sent in target.calls if verb == "push") == ["A", "B"]
    target.takes_threads = False
    assert run(read(steps), target).status is Status.SKIPPED


def test_a_reference_to_a_missing_field_is_an_error_of_the_scenario(
    outcome: Callable[..., Outcome],
) -> None:
    """What only the answer can tell is told when the step is reached."""
    ended = outcome('  - push: {name: A}\n    as: a\n  - get: {id: "${a.metadata.labels.team}"}\n')
    assert ended.status is Status.ERROR
    assert ended.reason.startswith("${a.metadata.labels.team}: no `")
