"""Verdicts of earlier proofs are taken for as long as nothing that they rest on has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.harness import pytest_run
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import proved
from pytest_stigmer.prove import verdicts
from pytest_stigmer.prove.verdicts import Verdicts
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.runner import Outcome, Status

SCENARIO = """\
scenario: A record comes back
steps:
  - save_resource: {id: skl-1, message: {spec.skill_md: "# one"}}
  - get_resource: {id: skl-1}
    returns: {spec.skill_md: "# one"}
"""
ROW = "first-save-wins"
FILE = "half-written-files-stay"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a scenario file."""
    path = tmp_path / "one.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def ran(
    path: Path, *given: object, status: Status = Status.FAILED, reds_too: bool = True
) -> list[str | None]:
    """Ask for verdicts on a scenario in the folder beside it; return which runs were made."""
    runs: list[str | None] = []
    scenario = load(path)

    def run(defect: str | None, cell: str) -> Outcome:
        runs.append(f"{defect} {cell}")
        return Outcome(scenario, "local", status)

    kept = Verdicts(path.parent / "kept", scenario, *given)
    judged = kept.instead_of(run, reds_too=reds_too)
    told = [judged(defect, cell).status for defect in (None, ROW, FILE) for cell in ("v2", "new")]
    assert told == [status] * 6
    kept.save()
    return runs


def test_a_known_verdict_needs_no_run(path: Path) -> None:
    """The reference runs in every proof."""
    assert len(ran(path)) == 6
    assert ran(path) == ["None v2", "None new"]


def test_a_report_wants_the_red_runs_themselves(path: Path) -> None:
    """Only what is known to be green is spared then."""
    for status, runs in ((Status.FAILED, 6), (Status.PASSED, 2)):
        assert len(ran(path, status, status=status)) == 6
        assert len(ran(path, status, status=status, reds_too=False)) == runs


def test_another_scenario_or_seed_begins_anew(path: Path) -> None:
    """What was known of another content says nothing."""
    ran(path, 1)
    assert len(ran(path, 2)) == 6
    path.write_text(f"{SCENARIO}# and a comment\n", encoding="utf-8")
    assert len(ran(path, 2)) == 6


def test_a_changed_defect_runs_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own file is what its verdict rests on; the verdicts of others stay."""
    ran(path)
    digest = verdicts._content
    monkeypatch.setattr(
        verdicts, "_content", lambda defect: "new" if defect == FILE else digest(defect)
    )
    assert ran(path) == ["None v2", "None new", f"{FILE} v2", f"{FILE} new"]


def test_all_other_code_is_what_verdicts_rest_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of the registry or of a table of defects distrusts every verdict."""
    house = Path(verdicts.__file__).parents[1]
    apart = {file for file in house.rglob("*.py") if verdicts._is_apart(file)}
    assert {file.parent.parent for file in apart} == {house / "defects"}
    ran(path)
    monkeypatch.setattr(verdicts, "_house", lambda: (b"other",))
    assert len(ran(path)) == 6


def test_a_run_that_was_no_verdict_is_not_kept(path: Path) -> None:
    """What neither passed nor failed is tried again."""
    ran(path, status=Status.ERROR)
    assert len(ran(path)) == 6


def test_a_broken_file_is_as_none(path: Path) -> None:
    """It is written anew."""
    ran(path)
    (kept,) = (path.parent / "kept").iterdir()
    kept.write_text("{", encoding="utf-8")
    assert len(ran(path)) == 6
    assert len(ran(path)) == 2


def test_a_proof_reads_what_it_has_kept(path: Path, tmp_path: Path) -> None:
    """The row is the same, and a verdict that somebody forged is believed."""
    folder = tmp_path / "kept"
    session = HarnessSession(Options(prove=True, defects=(ROW, FILE), verdicts=folder))
    row = proved(session, load(path), "")
    assert proved(session, load(path), "") == row
    (file,) = folder.iterdir()
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["verdicts"][f"{FILE} v2"][1] = "failed"
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert proved(session, load(path), "").killed - row.killed == {FILE}
    session.close()


@pytest.mark.parametrize(
    ("words", "ci", "is_read"),
    [([], "", True), (["--no-cache"], "", False), ([], "true", False)],
    ids=["user", "no-cache", "CI"],
)
def test_the_command_takes_verdicts_but_where_it_should_not(
    words: list[str], ci: str, *, is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CI makes every run, and so does a user who distrusts what is kept."""
    asked: list[str] = []
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(pytest_run, "_process", lambda words, _: asked.extend(words) or 0)
    assert main(["prove", *words]) == 0
    assert any(word.startswith("--stigmer-verdicts=") for word in asked) == is_read
