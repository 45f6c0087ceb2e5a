"""A stand-in for a real server: defects of the catalogue in place, and no control API."""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.conditions.choice import PLAIN
from pytest_stigmer.defects.catalogue import recipe_of
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import frozen, scratch_target
from pytest_stigmer.scenario.expected import read, steps_of
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.runner import run
from pytest_stigmer.scenario.shipped import scenario_folder, shipped_scenarios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from pytest_stigmer.scenario.model import Scenario

    Red = tuple[str, str]
    Serve = Callable[[tuple[str, ...]], AbstractContextManager[str]]

FEW = (
    "artifacts/keys_are_taken_literally",
    "artifacts/unknown_key",
    "flows/references_hold_scope_and_kind",
    "flows/push_then_get",
    "validation/line_ends",
    "flows/order_of_refusals",
)
KNOWN = (
    "storage-key-leaves-the-storage",
    "errors-name-the-folder",
    "reference-kind-is-ignored",
    "trailing-newline-passes-the-pattern",
    "artifact-is-judged-before-the-name",
)
NEW, MENDED = "state-stays-uploading", "trailing-newline-passes-the-pattern"
LATE = {"set_clock", "set_timezone", "together"}
"""What a server cannot do, or not alike each time."""


class StandIn:
    """Runs the same scenarios against servers with these and those defects."""

    def __init__(self, pytester: pytest.Pytester, paths: Iterable[Path], serve: Serve) -> None:
        self._pytester = pytester
        self._serve = serve
        self._paths = list(paths)
        self.file = pytester.path / "known.toml"

    def run(self, defects: Iterable[str], option: str) -> pytest.RunResult:
        """Run the scenarios as against a server of others."""
        with self._serve(tuple(defects)) as address:
            return self._pytester.runpytest_inprocess(
                *("-p", "no:randomly", "-p", "no:cacheprovider", "-q", "--tb=no"),
                *(f"--stigmer-target={address}", "--stigmer-conditions=none"),
                *(f"{option}={self.file}", *map(str, self._paths)),
            )

    def reds(self, defects: Iterable[str]) -> set[Red]:
        """Return the red steps of all scenarios where the defects are in place in process."""
        with closing(HarnessSession(Options())) as session:
            cases = (case for path in self._paths for case in load(path).expanded())
            return {red for case in cases for red in _reds(session, case, tuple(defects))}


def _reds(session: HarnessSession, case: Scenario, defects: tuple[str, ...]) -> Iterator[Red]:
    recipe = recipe_of(defects)
    with (
        frozen(case) as clock,
        scratch_target(session, case.key, clock=clock, recipe=recipe, cell=PLAIN) as target,
    ):
        yield from ((case.key, step) for step in steps_of(run(case, target))[0])


def holds_to_its_reds(stand_in: StandIn) -> None:
    """Write what is known of a server with five defects; one more, and one less, is told."""
    first = stand_in.run(KNOWN, "--stigmer-write-expectations")
    entries = read(stand_in.file, "127.0.0.1:1")
    assert {(entry.name, entry.step) for entry in entries} == stand_in.reds(KNOWN)
    named = "\n".join(line for line in first.outlines if line.startswith(("LIKELY", "  or:")))
    assert set(KNOWN) <= set(re.findall(r"[\w-]+", named))
    assert {entry.defect for entry in entries} - {""} == set(
        re.findall(r"^LIKELY ([\w-]+)", named, re.MULTILINE)
    )

    green = stand_in.run(KNOWN, "--stigmer-expect")
    assert green.ret == 0
    assert "failed" not in green.parseoutcomes()
    green.stdout.fnmatch_lines([f"expected reds: {len(entries)}, {len(entries)} of them without*"])

    new = stand_in.run([*KNOWN, NEW], "--stigmer-expect")
    fresh = stand_in.reds([*KNOWN, NEW]) - stand_in.reds(KNOWN)
    assert new.ret == 1
    assert new.parseoutcomes()["failed"] == len({name for name, _ in fresh})

    left = [defect for defect in KNOWN if defect != MENDED]
    mended = stand_in.run(left, "--stigmer-expect")
    gone = stand_in.reds(KNOWN) - stand_in.reds(left)
    assert mended.ret == 1
    assert "failed" not in mended.parseoutcomes()
    told = [line for line in mended.outlines if "is green now" in line]
    lines = {entry.line for entry in entries if (entry.name, entry.step) in gone}
    assert gone
    assert {int(line.partition(".toml:")[2].partition(":")[0]) for line in told} == lines


def test_all_reds_are_known_and_then_one_more_and_one_less_are_told(
    pytester: pytest.Pytester, serve_plain: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Five defects are found at once and named; the file of their reds is strict both ways."""

    @contextmanager
    def serve(defects: tuple[str, ...]) -> Iterator[str]:
        with serve_plain(tmp_path_factory.mktemp("server"), recipe=recipe_of(defects)) as server:
            yield server.address

    paths = [scenario_folder() / f"{name}.scenario.yaml" for name in FEW]
    holds_to_its_reds(StandIn(pytester, paths, serve))


@pytest.mark.soak
def test_every_promise_is_held_to_its_known_reds(pytester: pytest.Pytester, serving: Any) -> None:
    """The same with `serve --defect ID...` and every scenario that a server can be asked."""

    @contextmanager
    def serve(defects: tuple[str, ...]) -> Iterator[str]:
        with serving("--no-control", "--quiet", "--defect", *defects) as server:
            yield server.address

    paths = [path for path in shipped_scenarios() if _can_be_asked(load(path))]
    assert len(paths) > 60
    holds_to_its_reds(StandIn(pytester, paths, serve))


def _can_be_asked(scenario: Scenario) -> bool:
    verbs = {step.verb for step in scenario.all_steps()}
    return scenario.needs <= {"skills", "clock"} and not scenario.harm and not verbs & LATE


def test_its_statement_says_what_it_is(
    pytester: pytest.Pytester, serving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`conform` asks it, and states what is expected, what is mended, and by which defect."""
    known = pytester.path / "known.toml"
    names = ("line_ends", "fields_of_a_push")
    known.write_text("".join(f"[[expected]]\nscenario = '{name}'\n" for name in names))
    folder = scenario_folder() / "validation"
    monkeypatch.setattr("pytest_stigmer.harness.pytest_run.scenario_folders", lambda: [folder])
    with serving("--no-control", "--quiet", "--defect", *KNOWN) as server:
        words = [f"--target={server.address}", f"--expect={known}", "--report=made.json"]
        assert main(["conform", *words]) == 1
    made = json.loads((pytester.path / "made.json").read_text(encoding="utf-8"))
    verdicts = {one["name"]: one["verdict"] for one in made["promises"]}
    assert [verdicts[name] for name in names] == ["expected broken", "held"]
    assert made["counts"]["broken"] == 0
    assert [problem.partition(": ")[2] for problem in made["problems"]] == [
        "scenario fields_of_a_push: is green now: remove it"
    ]
    assert {cause["defect"] for cause in made["causes"]} == {MENDED}
