"""On the same host the harness looks behind a server, and leaves its files alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load as load_generation
from pytest_stigmer.cli import USAGE_ERROR, main
from pytest_stigmer.defects.catalogue import recipe_of
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.shipped import known_scenarios
from pytest_stigmer.store.readonly_store import ReadOnlyStore
from pytest_stigmer.targets.behind import VERBS

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_stigmer.scenario.model import Scenario
    from pytest_stigmer.scenario.runner import Outcome


def cases(*names: str) -> list[Scenario]:
    """Return shipped scenarios, all or those of these names, a case each."""
    return [
        case
        for path in known_scenarios()
        for case in load_scenario(path).expanded()
        if not names or case.name in names
    ]


def asked(server: Any, scenario: Scenario, *, behind: bool) -> Outcome:
    """Ask a server a scenario, with a look behind it or without."""
    files = (server.store.path, server.artifacts) if behind else None
    with server.target(hunting="clock" in scenario.needs, files=files) as target:
        try:
            return run(scenario, target)
        finally:
            target.close()


API = load_generation("bundled")
LOOKING = ("every_push_is_archived", "readable_by_the_owner_alone", "delete_removes_the_history")
CAUGHT = {
    "first-push-is-not-archived": "every_push_is_archived",
    "artifacts-are-readable-by-all": "readable_by_the_owner_alone",
    "deletion-keeps-the-record": "delete_removes_the_history",
    "refused-artifact-is-kept": "refused_artifacts_are_not_kept",
}


@pytest.mark.parametrize("name", LOOKING)
def test_scenario_that_looks_behind_is_asked_with_the_files_alone(plain: Any, name: str) -> None:
    """Without them it is skipped; with them it is green on a right server that others use too."""
    plain.registry.push(stranger())
    for scenario in cases(name):
        assert asked(plain, scenario, behind=False).status is Status.SKIPPED
        outcome = asked(plain, scenario, behind=True)
        assert (outcome.status, outcome.reason) == (Status.PASSED, "")
    assert len(plain.listed()) == 1


def stranger() -> Any:
    """Return a push that somebody else makes."""
    data = artifact(skill_md="# theirs")
    return API.PushSkillRequest(name="Theirs", org="them", artifact=data)


@pytest.mark.parametrize("defect", CAUGHT)
def test_defect_that_shows_inside_alone_is_red(
    serve_plain: Any, tmp_path: Path, defect: str
) -> None:
    """What no call of the API tells is seen in the files."""
    with serve_plain(tmp_path, recipe=recipe_of([defect])) as server:
        outcomes = [asked(server, one, behind=True) for one in cases(CAUGHT[defect])]
    assert Status.FAILED in [outcome.status for outcome in outcomes]


def test_more_of_the_shipped_scenarios_are_asked() -> None:
    """Each that was asked is asked still, and more are; what writes behind the API is not."""
    can = frozenset({"skills", "clock"})
    without = [one for one in cases() if not one.lacks(can, frozenset())]
    with_files = [one for one in cases() if not one.lacks(can, VERBS)]
    assert len(with_files) > len(without)
    assert {one.key for one in without} < {one.key for one in with_files}
    assert not any(step.verb == "save_audit" for one in with_files for step in one.all_steps())


@pytest.mark.soak
def test_whatever_is_asked_is_green_on_a_right_server(serve_plain: Any, tmp_path: Path) -> None:
    """Of all that are asked with the files alone none is red, and most are green."""
    can = frozenset({"skills", "clock"})
    new = [one for one in cases() if one.lacks(can, frozenset()) and not one.lacks(can, VERBS)]
    with serve_plain(tmp_path) as server:
        ended = {one.key: asked(server, one, behind=True) for one in new}
    wrong = {
        key: outcome.reason
        for key, outcome in ended.items()
        if outcome.status in (Status.FAILED, Status.ERROR)
    }
    assert wrong == {}
    green = [key for key, outcome in ended.items() if outcome.status is Status.PASSED]
    assert 2 * len(green) > len(new)


@pytest.fixture
def file(plain: Any) -> Any:
    """Give the file of a server that has it open."""
    return plain.store.path


def test_reading_takes_no_lock_from_the_server_and_leaves_no_file(plain: Any, file: Path) -> None:
    """While the server holds its write lock a look is answered, and nobody else gets the lock."""
    before = sorted(file.parent.iterdir())
    with plain.store.transaction():
        assert ReadOnlyStore(file).list_resources("skill") == []
        with (
            closing(sqlite3.connect(file, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
    assert sorted(file.parent.iterdir()) == before


def test_nothing_can_be_written_through_a_look(file: Path) -> None:
    """The verbs that write fail, and so does SQL that writes."""
    store: Any = ReadOnlyStore(file)
    with pytest.raises(AttributeError):
        store.delete_resource("skill", "a")
    with pytest.raises(Exception, match="readonly"):
        store.execute("DELETE FROM resources")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--target", "127.0.0.1:1", "--database", "no.db"), "are given together, and are there"),
        (("--database", "{file}", "--artifacts", "."), "is the file of a server"),
    ],
)
def test_files_that_cannot_be_looked_at_are_a_usage_error(
    file: Path, words: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says what is wanted."""
    assert main(["explore", *(word.format(file=file) for word in words)]) == USAGE_ERROR
    assert text in capsys.readouterr().err
