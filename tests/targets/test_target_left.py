"""The end of a run on a server of others says what stays there, and what is disputed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_stigmer.cli import main
from pytest_stigmer.defects.catalogue import recipe_of
from pytest_stigmer.errors import counted
from pytest_stigmer.targets.isolation import told_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

SCENARIO = Path(__file__).parents[2] / "scenarios/flows/versions_of_other_skills.scenario.yaml"


def keys_told(lines: Iterable[str]) -> set[str]:
    """Return the storage keys that lines tell."""
    return {line.strip() for line in lines if line.startswith("  skills/")}


def stored(folder: Path) -> set[str]:
    """Return the storage keys of the artifacts that lie below a folder."""
    return {f"skills/{file.name}" for file in folder.rglob("*.zip")}


def test_run_tells_the_artifacts_that_stay(pytester: pytest.Pytester, plain: Any) -> None:
    """Each is named by its key, and those alone that are there."""
    result = pytester.runpytest_inprocess(
        *("-p", "no:randomly", "-p", "no:cacheprovider", "--stigmer-conditions=none"),
        *(f"--stigmer-target={plain.address}", str(SCENARIO)),
    )
    assert result.ret == 0
    left = stored(plain.store.path.parent)
    assert left
    assert keys_told(result.outlines) == left
    result.stdout.fnmatch_lines(
        [f"LEFT BEHIND {counted(len(left), 'artifact')}, which no call deletes:"]
    )


def test_exploring_tells_the_artifacts_that_stay(
    plain: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The explorer says so too."""
    monkeypatch.setattr("pytest_stigmer.explore.search.HISTORIES", 6)
    words = ["--minutes", "0.0001", "--write", str(tmp_path / "found.scenario.yaml")]
    assert main(["explore", "--target", plain.address, *words]) == 0
    told = capsys.readouterr().out
    left = stored(plain.store.path.parent)
    assert f"LEFT BEHIND {counted(len(left), 'artifact')}, which no call deletes:" in told


KIT = """
    from pytest_stigmer import SkillContract
    import pytest

    class TestMine(SkillContract):
        @pytest.fixture
        def skills(self, stigmer_skills):
            return stigmer_skills
"""


def test_kit_tells_the_artifacts_that_stay(pytester: pytest.Pytester) -> None:
    """Of a registry that is thrown away nothing is said."""
    pytester.makepyfile(KIT)
    words = ("-k", "test_promise and push_then_get", "-p", "no:cacheprovider", "-p", "no:randomly")
    left = pytester.runpytest_inprocess(*words)
    assert keys_told(left.outlines)
    pytester.makepyfile(
        KIT.replace("        @py", "        is_disposable = True\n\n        @py", 1)
    )
    assert not keys_told(pytester.runpytest_inprocess(*words).outlines)


def test_many_are_counted_and_few_named() -> None:
    """The list is bounded."""
    lines = list(told_left([f"skills/{number}.zip" for number in range(25)]))
    assert lines[0].startswith("LEFT BEHIND 25 artifacts")
    assert len(lines) == 12
    assert lines[-1] == "  and 15 more"
    assert list(told_left([])) == []


def test_disputed_answers_are_told_and_no_red(
    pytester: pytest.Pytester, serve_plain: Any, tmp_path: Path
) -> None:
    """The run is green, and says what either side does; the same registry of ours is red."""
    words = ("-p", "no:randomly", "-p", "no:cacheprovider", "--stigmer-conditions=none")
    path = str(SCENARIO.parents[1] / "flows/references_without_organisation.scenario.yaml")
    defect = "ambiguity-is-not-told"
    with serve_plain(tmp_path, recipe=recipe_of([defect])) as server:
        theirs = pytester.runpytest_inprocess(*words, f"--stigmer-target={server.address}", path)
    assert theirs.ret == 0
    theirs.stdout.fnmatch_lines(["DISPUTED 4 answers, ambiguity_is_told: it is NOT_FOUND in any*"])
    assert pytester.runpytest_inprocess(*words, f"--stigmer-defect={defect}", path).ret == 1
