"""The explorer finds nothing in the reference and the shortest way to a defect."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import ServerLost
from pytest_stigmer.explore import search as explore
from pytest_stigmer.explore.shrink import replayed, shrunk
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import Status, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.explore.search import Search

    Searching = Callable[..., Search]
    Judged = Callable[..., tuple[Status, ...]]

PUSHED = [{"push": {"name": "Calc", "skill_md": "# one"}, "as": "one"}]


@pytest.mark.parametrize("surface", explore.SURFACES)
def test_reference_answers_random_histories_as_the_model(
    searching: Searching, surface: str
) -> None:
    """No random history is answered otherwise by the reference than by the model."""
    found = searching().round(surface, histories=12)
    assert found is None, found


@pytest.mark.parametrize(
    ("surface", "defect"),
    [
        ("store", "order-trusts-clock"),
        ("store", "undone-snapshot-is-remembered"),
        ("skills", "tag-order-without-tiebreak"),
    ],
)
def test_counterexample_is_a_scenario_that_fails_until_the_defect_is_gone(
    searching: Searching, judged: Judged, surface: str, defect: str
) -> None:
    """What is found is written as a short scenario: red on the defect, green on the reference."""
    found = searching(defect).round(surface, histories=200)
    assert found is not None
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)
    assert found.length < 8


def test_unit_of_steps_is_told_whole_and_is_shortened(searching: Searching, judged: Judged) -> None:
    """A finding within a transaction keeps what is needed of it, and is a scenario too."""
    save: dict[str, Any] = {"id": "a", "message": {"spec.skill_md": "# one"}}
    unit = {
        "transaction": [
            {"save_resource": save},
            {"save_resource": {**save, "id": "b"}},
            {"get_resource": {"id": "b"}, "on": "other"},
            {"get_resource": {"id": "c"}},
        ],
    }
    steps = [unit, {"list_resources": {}, "on": "other"}]
    search = searching(defect := "refusal-undoes-the-transaction")
    assert replayed(steps, searching().fresh) is None
    found = replayed(steps, search.fresh)
    assert found is not None
    found = shrunk(found, search.fresh)
    assert [len(step["transaction"]) for step in found.steps] == [1]
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)


def test_what_another_registry_did_is_told_as_that(searching: Searching, judged: Judged) -> None:
    """A skill that is missing here after a push there makes a scenario with that push there."""
    steps = [
        {"push": {"name": "Converter", "skill_md": "# one"}},
        {"push": {"name": "Calc", "skill_md": "# one"}, "on": "other"},
        {"get_by_reference": {"slug": "calc"}},
    ]
    search = searching(defect := "index-misses-foreign-writes")
    found = replayed(steps, search.fresh)
    assert found is not None
    found = shrunk(found, search.fresh)
    assert [step.get("on") for step in found.steps].count("other") == 1
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)


def test_registry_is_held_to_the_answer_it_gives_where_both_are_in_use(
    searching: Searching,
) -> None:
    """What is a defect beside the reference is right where the other answer is asked for."""
    asked = frozenset({"skill_delete_drops_history"})
    keeping = replace(searching("deleted-skill-keeps-its-versions"), otherwise=asked)
    assert keeping.round("skills", histories=20) is None
    assert replace(searching(), otherwise=asked).round("skills", histories=60)


def test_fault_that_cannot_be_brought_about_proves_nothing(searching: Searching) -> None:
    """A history whose fault stands in the way of the next one is no counterexample."""
    damage = {"table": "resources", "id": "${one.metadata.id}"}
    steps = [*PUSHED, {"lock": {}}, {"corrupt_row": damage}]
    assert replayed(steps, searching().fresh) is None


def test_message_that_is_missing_is_told_by_its_fields(
    searching: Searching, judged: Judged
) -> None:
    """Where a whole message is missing, the scenario names what should be set in it."""
    defect = "saving-changes-the-newest-snapshot"
    fields = ("metadata.id", "metadata.slug", "spec.skill_md")
    message = {field: f"${{one.{field}}}" for field in fields}
    steps = [
        *PUSHED,
        {"push": {"name": "Calc", "skill_md": "# two"}, "as": "two"},
        {"save_resource": {"id": "${one.metadata.id}", "message": message}},
        {"get_by_reference": {"slug": "calc", "version": "${two.status.version_hash}"}},
    ]
    found = replayed(steps, searching(defect).fresh)
    assert found is not None
    assert "status.version_hash: " in found.scenario()
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)


def test_bytes_of_an_answer_are_told_by_what_they_are(searching: Searching) -> None:
    """A key that leads elsewhere answers a file of the machine, which no report may carry."""
    step = {"get_artifact": {"key": "skills/../${one.status.artifact_storage_key}"}}
    search = searching("artifact-is-not-verified", "storage-key-leaves-the-storage")
    found = replayed([*PUSHED, step], search.fresh)
    assert found is not None
    assert " bytes, a ZIP archive, SHA-256 " in found.why
    assert "UEsD" not in found.scenario()


class Losing:
    """A target whose answers to one verb lack the ids of skills."""

    def __init__(self, target: Any, verb: str) -> None:
        self._target = target
        self._verb = verb

    def __getattr__(self, name: str) -> Any:
        """Be the target in all else."""
        return getattr(self._target, name)

    def perform(self, verb: str, arguments: Any) -> Any:
        """Answer as the target does, without ids."""
        answer = self._target.perform(verb, arguments)
        skills = answer.value if isinstance(answer.value, list) else [answer.value]
        for skill in skills if verb == self._verb else ():
            skill["metadata"]["id"] = ""
        return answer


@pytest.mark.parametrize(
    "step",
    [
        {"list_resources": {"kind": "skill"}},
        {"get": {"id": "${one.metadata.id}"}},
        {"push": {"name": "Other", "skill_md": "# two"}},
    ],
)
def test_ids_of_the_registry_explored_are_not_written(
    searching: Searching, tmp_path: Path, step: dict[str, Any]
) -> None:
    """What is found about ids names them by their pushes, and is green on a right registry."""
    (verb,) = step
    pushed: list[dict[str, Any]] = [] if verb == "push" else PUSHED
    assert_proved(searching(), lambda target: Losing(target, verb), [*pushed, step], tmp_path)


def test_label_that_nobody_gave_is_found(searching: Searching, tmp_path: Path) -> None:
    """Maps are compared whole: a key too many is a wrong answer, in the scenario too."""
    steps = [*PUSHED, {"get": {"id": "${one.metadata.id}"}}]
    assert_proved(searching(), lambda target: Labelling(target, "get"), steps, tmp_path)


def assert_proved(
    search: Search, wrong: Callable[[Any], Any], steps: list[dict[str, Any]], folder: Path
) -> None:
    """Hold that the steps are found wrong, and their scenario red there and green elsewhere."""

    @contextmanager
    def open_wrong() -> Iterator[Any]:
        with search.open_target() as target:
            yield wrong(target)

    found = replayed(steps, replace(search, open_target=open_wrong).fresh)
    assert found is not None
    path = folder / "found.scenario.yaml"
    path.write_text(found.scenario(), encoding="utf-8")
    scenario = load_scenario(path)
    with open_wrong() as broken, search.open_target() as sound:
        statuses = [run(scenario, target).status for target in (broken, sound)]
    assert statuses == [Status.FAILED, Status.PASSED], path.read_text(encoding="utf-8")


def test_process_that_dies_at_once_has_mended_no_artifact(searching: Searching) -> None:
    """A push that dies before its first statement leaves a damaged artifact as it was."""
    key = "${one.status.artifact_storage_key}"
    again = {"push": {"name": "Calc", "skill_md": "# one"}}
    steps = [
        *PUSHED,
        {"write_artifact": {"key": key, "content": "junk"}},
        {"crash_after": {"statement": 0}},
        again,
        {"get_artifact": {"key": key}},
    ]
    assert replayed(steps, searching().fresh) is None


class Labelling(Losing):
    """A target whose answers to one verb have a label of its own."""

    def perform(self, verb: str, arguments: Any) -> Any:
        """Answer as the target does, with a label."""
        answer = self._target.perform(verb, arguments)
        if verb == self._verb:
            answer.value["metadata"]["labels"]["leak"] = "x"
        return answer


class Failing:
    """A target that answers its first pushes that succeed wrongly, or is lost at one."""

    def __init__(self, target: Any, pushes: list[str]) -> None:
        self._target = target
        self._pushes = pushes

    def __getattr__(self, name: str) -> Any:
        """Be the target in all else."""
        return getattr(self._target, name)

    def perform(self, verb: str, arguments: Any) -> Any:
        """Answer as the target does, unless something else is due."""
        answer = self._target.perform(verb, arguments)
        if verb != "push" or answer.failure is not None or not self._pushes:
            return answer
        due = self._pushes[0]
        if due == "lost":  # once lost, lost for good
            raise ServerLost("UNAVAILABLE", "the server was lost at push")
        self._pushes.pop(0)
        if due == "wrong":
            answer.value["spec"]["skill_md"] = "wrong"
        return answer


def failing(search: Search, *pushes: str) -> Search:
    """Return a search on registries that share a list of what their pushes do."""
    due = list(pushes)

    @contextmanager
    def open_target() -> Iterator[Any]:
        with search.open_target() as target:
            yield Failing(target, due)

    return replace(search, open_target=open_target)


def test_server_that_is_lost_is_told_as_such(searching: Searching) -> None:
    """Whatever Hypothesis makes of it, the loss is what is raised, and no finding."""
    search = failing(searching(), "", "", "", "lost")
    with pytest.raises(ServerLost, match="lost at push"):
        search.round("skills")


def test_finding_outlives_the_loss_of_the_server(searching: Searching) -> None:
    """What was found before is returned, as long as it is, and is not called certain."""
    search = failing(searching(), "", "wrong", "lost")
    found = search.round("skills")
    assert found is not None
    assert "skill_md" in found.why
    assert not found.is_certain


def test_search_goes_on_after_what_does_not_repeat(searching: Searching) -> None:
    """A certain finding comes before one that was seen once; the latter is not lost."""
    search = failing(searching("state-stays-uploading"), "wrong")
    done = explore.explore(search, minutes=0.0001)
    assert [("status.state" in one.why, one.is_certain) for one in done.found][:1] == [(True, True)]
    once = failing(searching(), "", "wrong", *[""] * 3, "lost")
    done = explore.explore(once, minutes=1)
    assert done.is_lost
    assert [(one.is_certain, "skill_md" in one.why) for one in done.found] == [(False, True)]


BEHIND = "tag-order-without-tiebreak"
"""A defect that shows after several pushes of one skill alone."""
IN_FRONT = ("created-at-is-lost", "hash-in-capitals-is-taken-as-a-tag")
"""Defects that nearly every history meets before."""


def test_known_causes_are_gone_past_within_a_history(searching: Searching) -> None:
    """Of one history each cause is told once, those of one answer too, to the last behind all."""
    search = searching(*IN_FRONT, BEHIND)
    push = {"name": "Calc", "skill_md": "# one"}
    tags = ("F" * 64, "stable", "stable", "v1")
    steps: list[dict[str, Any]] = [
        *(
            step
            for number, tag in enumerate(tags)
            for step in (
                {"push": push | {"tag": tag, "skill_md": f"# {number}"}},
                {"advance": "100ms"},
            )
        ),
        {"get_by_reference": {"slug": "calc", "version": "stable"}},
    ]
    causes = []
    while (found := replayed(steps, search.fresh)) is not None:
        assert found.cause not in causes
        causes.append(found.cause)
        search.seen.known.add(found.cause)
    assert "push status.audit.created_at: is another value" in causes
    assert "get_by_reference by tag status.version_hash: is another value" in causes
    assert causes[0].startswith("push: succeeds, should be INVALID_ARGUMENT")


@pytest.mark.soak
def test_search_goes_past_what_it_knows_to_what_lies_behind(
    searching: Searching, judged: Judged
) -> None:
    """Each cause is found once, and shown by a scenario that a registry without it keeps."""
    search = searching(*IN_FRONT, BEHIND)
    done = explore.Exploration()
    for number in range(12):
        found = search.round("skills", number)
        if found is not None and done.keep(found):
            search.seen.known.add(found.cause)
    behind = [one for one in done.found if "by tag" in one.cause]
    assert len(done.found) > len(IN_FRONT)
    assert behind
    assert all(judged(one, *IN_FRONT)[-1] is Status.PASSED for one in done.found)
    assert any(judged(one, BEHIND) == (Status.FAILED, Status.PASSED) for one in behind)
    assert search.seen.met <= set(done.causes)


def test_expected_cause_is_no_finding(searching: Searching) -> None:
    """What is known from the start is met and not reported, or not met, and that is told."""
    first = searching("state-stays-uploading").round("skills", histories=10)
    assert first is not None
    search = searching("state-stays-uploading")
    search.seen.known |= {first.cause, "get: INTERNAL, should succeed"}
    assert search.round("skills", histories=10) is None
    assert search.seen.met == {first.cause}


def test_other_side_of_a_disputed_point_is_no_finding_on_a_registry_of_others(
    searching: Searching,
) -> None:
    """It is noted, and from then on the model answers so too; on a registry of ours it is red."""
    capitals = {"push": {"name": "Calc", "tag": "F" * 64, "skill_md": "# one"}}
    ask = {"get_by_reference": {"slug": "calc", "version": "F" * 64}}
    search = searching("hash-in-capitals-is-taken-as-a-tag")
    ours = replayed([capitals, ask], search.fresh)
    assert ours is not None
    assert ours.cause == (
        "push: succeeds, should be INVALID_ARGUMENT (validation error tag hexadecimal digits "
        "would be taken for a hash)"
    )

    @contextmanager
    def open_theirs() -> Iterator[Any]:
        with search.open_target() as target:
            target.is_ours = False
            yield target

    theirs = replace(search, open_target=open_theirs)
    assert replayed([capitals, ask], theirs.fresh) is None
    assert search.seen.disputed == {"hash_in_capitals_is_refused"}


def test_finding_that_does_not_happen_again_is_not_called_certain(searching: Searching) -> None:
    """A registry that was wrong once is a finding, and said to be seen once."""
    once = failing(searching(), "", "wrong")
    found = once.round("skills")
    assert found is not None
    assert not found.is_certain
    always = searching("state-stays-uploading")
    found = always.round("skills")
    assert found is not None
    assert found.is_certain
