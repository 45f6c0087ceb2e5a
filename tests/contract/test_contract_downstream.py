"""Another project that installs the package learns what is wrong with its store."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "wrong_store"


FAILED = re.compile(r"^FAILED \S+::\w+::(\w+)", re.MULTILINE)


def test_wrong_store_is_told_in_words(pytester: pytest.Pytester) -> None:
    """Each wrong answer is a sentence, what is right passes, what is not declared is skipped."""
    for name in ("shelf.py", "check_shelf.py"):
        shutil.copy(EXAMPLE / name, pytester.path / name)
    result = pytester.runpytest_subprocess("check_shelf.py", "-q", "-rfs")
    told = result.stdout.str()
    assert "tag stable was moved from one to two, but names one" in told
    assert "prefix '*' was read as a pattern" in told
    assert "a failed transaction left records" in told
    assert set(FAILED.findall(told)) == {
        "test_tag_follows_its_newest_snapshot",
        "test_tag_can_move_back",
        "test_recreated_record_comes_after_its_past",
        "test_prefix_is_literal",
        "test_what_was_read_is_read_anew_after_a_write",
        "test_inner_transaction_fails_alone",
        "test_transaction_that_is_interrupted_keeps_nothing",
        "test_transaction_keeps_all_or_nothing",
        "test_promise",
    }
    assert result.parseoutcomes()["passed"] > 50
    for switch in ("can_reopen", "is_thread_safe", "can_move_clock"):
        assert f"TestShelf declares {switch} = False" in told


def test_class_without_its_fixture_is_told_what_to_write(pytester: pytest.Pytester) -> None:
    """A subclass that forgets the store is told which fixture to define."""
    pytester.makepyfile(
        "from pytest_stigmer.kit.store_contract import StoreContract\n"
        "class TestMine(StoreContract):\n"
        "    pass\n"
    )
    result = pytester.runpytest_subprocess("-q", "-k", "saved_record_comes_back")
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


def test_own_error_that_is_not_declared_is_told_how_to_be(pytester: pytest.Pytester) -> None:
    """A project that forgets to declare its errors learns that it can."""
    shutil.copy(EXAMPLE / "shelf.py", pytester.path / "shelf.py")
    pytester.makepyfile(
        "import pytest\n"
        "from shelf import Shelf\n"
        "from pytest_stigmer.kit.store_contract import StoreContract\n"
        "class TestMine(StoreContract):\n"
        "    @pytest.fixture\n"
        "    def store(self):\n"
        "        return Shelf()\n"
    )
    result = pytester.runpytest_subprocess("-q", "-k", "missing_record_is_not_found")
    result.stdout.fnmatch_lines(["*ResourceNotFound, but raised Missing: *declare it:*"])
