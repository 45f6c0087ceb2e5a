"""Other projects that install the package learn from the kit what is wrong with their stores."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.errors import UsageError
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.kit.store_contract import StoreContract

if TYPE_CHECKING:
    from collections.abc import Callable

DOWNSTREAM = Path(__file__).with_name("downstream")
RED = re.compile(r"^FAILED \S+::(\w+)::test_promise\[(.+?)\](?= - |$)", re.MULTILINE)
ORDER = {
    "clock_steps_back[a second]",
    "clock_steps_back[an hour]",
    "contents_break_no_tie[larger and longer]",
    "contents_break_no_tie[shorter and no more the live one]",
    "contents_break_no_tie[smaller]",
    "contents_break_no_tie[without another name]",
    "full_second_then_fraction",
    "order_after_an_undone_one",
    "several_resources_in_one_second",
    "tag_moved_within_one_second",
    "ties_across_a_second_boundary",
}
"""The promises that a tag names the snapshot archived last."""

WRONG = {
    "shelf": {*ORDER, "past_of_a_record_made_anew", "read_after_write"},
    "ledger": {*ORDER, "history_of_one_second"},
    "notes": {"equal_snapshots", "version_returned_to"},
}
"""By store: the promises that its wrong copy does not keep."""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Give a function that runs the tests of another project's folder."""

    def ran(*arguments: str) -> pytest.RunResult:
        for path in DOWNSTREAM.glob("*.py"):
            shutil.copy(path, pytester.path)
        return pytester.runpytest_subprocess("-q", "-rfs", *arguments)

    return ran


@pytest.mark.parametrize("name", WRONG)
def test_wrong_copy_of_a_store_is_named(name: str, run: Callable[..., pytest.RunResult]) -> None:
    """The store keeps every promise that it can; its wrong copy is red by name, with the page."""
    if name == "ledger":
        pytest.importorskip("sqlalchemy")
    result = run(f"check_{name}.py")
    told, wrong = result.stdout.str(), f"TestWrong{name.capitalize()}"
    assert set(RED.findall(told)) == {(wrong, promise) for promise in WRONG[name]}
    assert result.parseoutcomes()["failed"] == len(WRONG[name])
    assert result.parseoutcomes()["passed"] > 200
    causes = [line for line in result.outlines if line.startswith(f"RED check_{name}.py::{wrong} ")]
    assert told.count("run it again") == told.count(" is not kept") == len(causes)
    folded = re.findall(r"the same in (\d+) more", told)
    assert sum(map(int, folded)) == len(WRONG[name]) - len(causes)
    assert (" ordering[" in causes[0]) == (WRONG[name] >= ORDER)
    assert "differences: 1" in told
    assert "declares can_open_twice = False" in told


WAIVER = """
from check_shelf import TestShelf as _Shelf

class TestMine(_Shelf):
    waived = {%r: "one day"}
"""


def test_waived_promise_is_reported(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]
) -> None:
    """A promise left out by name is skipped with the reason; a name that none has is refused."""
    pytester.makepyfile(test_waived=WAIVER % "restart", test_wrong=WAIVER % "restrat")
    result = run("test_waived.py", "-k", "restart")
    result.stdout.fnmatch_lines(["SKIPPED*waived: one day*"])
    assert "passed" not in result.parseoutcomes()
    run("test_wrong.py").stdout.fnmatch_lines(["*unknown promise 'restrat'*'restart'*"])


@pytest.mark.parametrize("contract", [StoreContract, SkillContract])
def test_a_misspelt_capability_is_refused(contract: type) -> None:
    """It would be a capability that is not declared, and its promises would be skipped."""
    with pytest.raises(UsageError, match=r"'can_repoen'.*'can_reopen'"):
        type("TestMine", (contract,), {"can_repoen": True})
    type("TestMine", (contract,), {"can_rename": True, "can_reset": True, "can_reopen": False})


def test_class_without_its_fixture_is_told_what_to_write(pytester: pytest.Pytester) -> None:
    """A subclass that forgets the store is told which fixture to define."""
    pytester.makepyfile(
        "from pytest_stigmer import StoreContract\nclass TestMine(StoreContract):\n    pass\n"
    )
    result = pytester.runpytest_subprocess("-q", "-k", "second_save")
    result.stdout.fnmatch_lines(["*TestMine defines no fixture 'store'*"])
    result.assert_outcomes(errors=1)


def test_kit_needs_no_hypothesis(pytester: pytest.Pytester) -> None:
    """The classes to subclass load where Hypothesis is not installed."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from pytest_stigmer import Recorder, RecordedSkills, SkillContract, StoreContract"
    )
    result = pytester.run(sys.executable, "-c", code)
    assert result.ret == 0, result.stderr.str()


def test_own_error_that_is_not_declared_is_told_how_to_be(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]
) -> None:
    """A project that forgets to declare its errors learns that it can."""
    pytester.makepyfile(
        "import pytest\n"
        "from shelf import Shelf\n"
        "from pytest_stigmer import StoreContract\n"
        "class TestMine(StoreContract):\n"
        "    @pytest.fixture\n"
        "    def store(self):\n"
        "        return Shelf()\n"
    )
    result = run("-k", "TestMine and deleted_record")
    result.stdout.fnmatch_lines(["*the class declares no Missing: no skill*"])
