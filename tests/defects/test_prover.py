"""A proof leaves out the runs that cannot show, and says the same as if it made them all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.defects.catalogue import catalogue, recipe_with
from pytest_stigmer.harness import runs
from pytest_stigmer.harness.options import Options
from pytest_stigmer.harness.run_session import HarnessSession
from pytest_stigmer.harness.runs import frozen, proved, scratch_target
from pytest_stigmer.prove.prover import Prover, Reached, shared, watched
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.model import SUFFIX, Scenario
from pytest_stigmer.scenario.runner import Outcome, run
from pytest_stigmer.scenario.shipped import scenario_folder

if TYPE_CHECKING:
    from pytest_stigmer.clock import FrozenClock
    from pytest_stigmer.registry.assembly import Recipe

FAST = ("equal_records", "one_archive", "update_keeps_access")
SHIPPED = sorted(scenario_folder().rglob(f"*{SUFFIX}"))
SOME = tuple(catalogue())[::9]


@pytest.mark.parametrize(
    ("path", "defects"),
    [
        *((path, SOME) for path in SHIPPED if path.name.removesuffix(SUFFIX) in FAST),
        *(pytest.param(path, (), marks=pytest.mark.soak) for path in SHIPPED),
    ],
    ids=lambda given: given.stem if isinstance(given, Path) else "some" if given else "all",
)
def test_a_proof_says_the_same_as_one_that_leaves_no_run_out(
    path: Path, defects: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out, or read once, would have ended as the reference does, in every cell."""
    session = HarnessSession(Options(prove=True, defects=defects))
    made = []
    monkeypatch.setattr(
        runs,
        "scratch_target",
        lambda *given, **more: made.append(1) or scratch_target(*given, **more),
    )
    row, sparing = proved(session, load(path), ""), len(made)
    monkeypatch.setattr(Reached, "meets", lambda *_: True)
    monkeypatch.setattr(Reached, "spared", lambda _, recipe: recipe)
    assert proved(session, load(path), "") == row
    session.close()
    assert sparing < len(made) - sparing


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_proof_in_two_processes_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork makes its half of the runs, on files of its own, those under conditions too."""
    session = HarnessSession(Options(conditions="warm,again"))
    scenario = load(scenario_folder() / f"flows/update_keeps_access{SUFFIX}")
    alone, made, cells = proved(session, scenario, ""), [], []
    under, reference = Prover._under, Prover._reference
    monkeypatch.setattr(Prover, "_under", lambda *given: made.append(given[-1]) or under(*given))
    monkeypatch.setattr(
        Prover, "_reference", lambda *given: cells.append(given[-1]) or reference(*given)
    )
    assert proved(session, scenario, "", processes=2) == alone
    session.close()
    assert abs(2 * len(set(made)) - len(catalogue())) <= 1
    assert cells[0] == "v2"
    assert cells[1:] in (["warm"], ["again"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_what_a_fork_fails_at_is_left_to_who_asked() -> None:
    """A fork that ends says nothing, and nobody waits for it."""
    here = os.getpid()

    def do(piece: int) -> int:
        if os.getpid() != here:
            os._exit(1)
        return piece * 2

    assert shared(range(4), do, 2, lambda _: None) == {0: 0, 2: 4}


@pytest.mark.parametrize(
    ("defect", "name"),
    [
        ("reading-moves-the-time", "lifecycle/times_of_a_record"),
        ("refusal-undoes-the-transaction", "transactions/a_refusal_within"),
        ("update-removes-the-old-artifact", "flows/update_keeps_access"),
    ],
)
def test_a_defect_that_does_more_than_answer_is_run_and_leaves_the_reference_alone(
    defect: str, name: str, session: HarnessSession
) -> None:
    """What writes, ends a transaction or deletes a file when it is asked must do so in its run."""
    case = load(scenario_folder() / f"{name}{SUFFIX}").expanded()[0]
    with (
        frozen(case) as clock,
        watched([defect]) as (recipe, reached),
        scratch_target(session, "", clock=clock, recipe=recipe, cell="v2") as target,
    ):
        assert run(case, target).status == "passed"
    assert defect in reached.beside.asked
    assert reached.meets(defect)


def reached_in(case: Scenario, session: HarnessSession, clock: FrozenClock) -> Reached:
    """Run a case on the reference and return what was met."""
    with (
        watched(()) as (recipe, reached),
        scratch_target(session, "", clock=clock, recipe=recipe, cell="v2") as target,
    ):
        assert run(case, target).status == "passed"
    return reached


@pytest.mark.parametrize(
    "name",
    [
        "flows/labels_of_every_form",
        "flows/two_servers_on_one_file",
        "opening/restart",
        "transactions/inner_fails_alone",
    ],
)
def test_a_store_that_answers_alike_ends_the_run_as_the_reference_does(
    name: str, session: HarnessSession
) -> None:
    """It is asked by itself, also of two connections, a file opened anew and inner blocks."""
    case = load(scenario_folder() / f"{name}{SUFFIX}").expanded()[0]
    with frozen(case) as clock:
        journal = reached_in(case, session, clock).journal
        alike = [defect for defect in catalogue() if journal.answers_alike(defect)]
        assert len(alike) > len(catalogue()) // 4
        for defect in alike[::20]:
            recipe = recipe_with(defect)
            with scratch_target(session, "", clock=clock, recipe=recipe, cell="v2") as target:
                assert run(case, target).status == "passed", defect


@pytest.mark.parametrize(
    "name",
    [
        "migration/instants_decide",
        "history/damaged_snapshot",
        "history/columns_of_a_snapshot",
        "flows/tags_moved_at_once",
    ],
)
def test_a_store_is_not_asked_alone_where_more_happened(name: str, session: HarnessSession) -> None:
    """Another file, a row changed past the store, a time zone and a thread are more than that."""
    case = load(scenario_folder() / f"{name}{SUFFIX}").expanded()[0]
    with frozen(case) as clock:
        journal = reached_in(case, session, clock).journal
        assert not any(journal.answers_alike(defect) for defect in catalogue())


@pytest.mark.parametrize(
    "defect",
    ["first-save-wins", "messages-are-borrowed", "records-are-read-once", "unique-version-hash"],
)
def test_a_store_that_answers_otherwise_is_noticed(defect: str, session: HarnessSession) -> None:
    """A query, a kept message, a memory and a constraint of the schema, each asked alone."""
    case = load(scenario_folder() / f"lifecycle/read_after_write{SUFFIX}").expanded()[0]
    with frozen(case) as clock:
        journal = reached_in(case, session, clock).journal
        assert journal.answers_alike("closing-commits-what-is-under-way")
        assert not journal.answers_alike(defect)


@pytest.mark.parametrize("cell", ["analyzed", "archived-out-of-order"])
def test_twins_are_asked_in_cells_that_prepare_each_read(
    cell: str, session: HarnessSession
) -> None:
    """A push there goes through a store before which something stands, and is as it was."""
    case = load(scenario_folder() / f"flows/update_keeps_access{SUFFIX}")
    with (
        frozen(case) as clock,
        watched(catalogue()) as (recipe, reached),
        scratch_target(session, "", clock=clock, recipe=recipe, cell=cell) as target,
    ):
        assert run(case, target).status == "passed"
    assert "slug-keeps-case" in reached.beside.unlike


def test_a_defect_is_run_in_the_cases_that_meet_it_alone(session: HarnessSession) -> None:
    """A rule about what lies between files shows in the one case that has such bytes."""
    scenario = load(scenario_folder() / "artifacts" / "bytes_of_no_file.scenario.yaml")
    met = []
    with frozen(scenario) as clock:

        def run_on(case: Scenario, recipe: Recipe, cell: str, defect: str | None) -> Outcome:
            met.append((defect, case.label))
            with scratch_target(session, "", clock=clock, recipe=recipe, cell=cell) as target:
                return run(case, target)

        prover = Prover(scenario, run_on, catalogue())
        assert prover.run(None, "v2").status == "passed"
        assert prover.run("local-headers-are-followed", "v2").status == "failed"
    assert met[len(scenario.cases) :] == [
        ("local-headers-are-followed", f"{scenario.title}[bytes between its files]")
    ]
