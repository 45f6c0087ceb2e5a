"""Suites of other projects: each is green in an environment of its own, and its wrong copy red."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

pytestmark = pytest.mark.soak

CLOCK = {"clock_steps_back[an hour]", "clock_steps_back[a second]"}
ORDER = {
    "contents_break_no_tie",
    "full_second_then_fraction",
    "history_of_one_second",
    "order_after_an_undone_one",
    "several_resources_in_one_second",
    "tag_moved_within_one_second",
    "ties_across_a_second_boundary",
    "two_on_one_file",
}

SUITES = {
    "service": (
        ("check_runs.py",),
        ("runs.py", "ORDER BY number DESC", "ORDER BY ran_at DESC"),
        {"test_newest_run_of_one_second"},
    ),
    "agent": (
        ("test_agent_client.py",),
        ("agent_client.py", "_TRIES = 3", "_TRIES = 1"),
        {"test_a_registry_that_is_away_for_a_moment_is_asked_again"},
    ),
    "../kit/downstream": (
        ("check_shelf.py", "-k", "TestShelf and moved_within and not crowded and not restless"),
        ("check_shelf.py", "return Shelf()", "return WrongShelf()"),
        {"TestShelf::test_promise[tag_moved_within_one_second]"},
    ),
    "ci": (
        ("check_pushes.py",),
        ("pytest.ini", "-n 2", "-n 2 --stigmer-defect tag-order-without-tiebreak"),
        {f"test_tag_names_the_newest_push[{number}]" for number in range(4)},
    ),
    "scenario": (
        (".", "--stigmer-conditions", "none"),
        ("moved_tag.scenario.yaml", '"${two.', '"${one.'),
        {"A tag moved within one second names the newest push"},
    ),
}
"""By folder: what is run, what is written wrongly where, and which tests that turns red."""


@pytest.mark.parametrize("folder", SUITES)
def test_suite_is_green_and_its_wrong_copy_red(
    folder: str, project: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Nothing but what the wrong line breaks is red, by name."""
    arguments, wrong, red = SUITES[folder]
    command = ("pytest", "-q", "-rf", *arguments)
    right = project(folder, *command)
    assert right.returncode == 0, right.stdout + right.stderr
    assert " passed" in right.stdout
    told = project(folder, *command, wrong=wrong).stdout
    assert set(re.findall(r"^FAILED [^:]+?::(.+?)(?: - |$)", told, re.MULTILINE)) == red, told


PLANS = {
    "TestWrongDepot": {*CLOCK, *ORDER},
    "TestWrongParallelDepot": {*CLOCK, *ORDER},
    "TestWrongIndexedDepot": CLOCK,
}
"""By plan of a wrongly ordered store on PostgreSQL: the promises that it does not keep."""


def test_store_on_postgresql_is_held_whatever_its_plans(
    project: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """It is green, about order under conditions too; its wrong copy is red under each plan."""
    command = ("pytest", "-q", "-rfs", "-p", "no:randomly", "check_depot.py")
    chosen = "not Wrong and (second or moved or not crowded and not restless)"
    right = project("../kit/downstream", *command, "-n", "2", "-k", chosen)
    if reason := re.search(r"no (PostgreSQL|psycopg).*", right.stdout):
        pytest.skip(reason[0])
    assert right.returncode == 0, right.stdout + right.stderr
    narrow = ("--stigmer-conditions", "none", "-k", "Wrong and test_promise")
    told = project("../kit/downstream", *command, *narrow).stdout
    found = re.findall(r"^FAILED \S+?::(\w+)::test_promise\[(.+)\](?: - |$)", told, re.MULTILINE)
    assert {name: {red for of, red in found if of == name} for name in PLANS} == PLANS, told
    assert re.findall(r"^RED \S+?::(\w+) ordering\[clock_steps", told, re.MULTILINE) == [*PLANS]
