"""What a downstream suite is shown of a failed test, and what is kept of it."""

from __future__ import annotations

import re
import shlex
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

OWN_MISTAKES = """
    import pytest

    def test_skills(stigmer_skills, stigmer_api):
        stigmer_skills.get(stigmer_api.SkillId(value="skl-none"))  # NOT_FOUND

    def test_store(stigmer_store, stigmer_api):
        stigmer_store.get_resource("skill", "none", stigmer_api.Skill)  # resource not found

    def test_flow(stigmer_flow):
        stigmer_flow.get(id="skl-none")  # NOT_FOUND

    def test_service(stigmer_service, stigmer_api):
        stigmer_service.query.get(stigmer_api.SkillId(value="skl-none"))  # NOT_FOUND

    def test_clock(stigmer_clock):
        stigmer_clock.advance("soon")  # 'soon' is not a duration

    def test_seconds(stigmer_clock):
        stigmer_clock.advance(0.3)  # 0.3 is not a duration; write number and unit

    def test_time(stigmer_clock):
        stigmer_clock.move_to(0.3)  # 0.3 is not an instant; write it as

    def test_file(stigmer_store_factory, tmp_path):
        stigmer_store_factory(path=tmp_path)  # it is a directory

    def test_history(stigmer_store_factory):
        stigmer_store_factory(history=["v1"])  # history= takes what stigmer_factory.audit_history()

    @pytest.mark.stigmer_clock("soon")
    def test_mark():
        pass
"""


def test_a_failure_of_the_users_ends_at_the_users_line(pytester: pytest.Pytester) -> None:
    """Our insides are not shown: the message says what is wrong, and its line is the test's."""
    path = pytester.makepyfile(OWN_MISTAKES)
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(failed=9, errors=1)
    shown = result.stdout.str().partition("short test summary")[0]
    places = re.findall(r"^(\S+):\d+: ", shown, flags=re.MULTILINE)
    assert places == [path.name] * 9
    for line in OWN_MISTAKES.splitlines():
        if "  # " in line:
            assert line.partition("  # ")[2] in shown.partition(line.strip())[2]
    result.stdout.fnmatch_lines(["*ERROR at setup of test_mark*", "ValueError: 'soon' is not an*"])
    full = pytester.runpytest_subprocess("--full-trace", "-k", "test_skills").stdout.str()
    assert "endpoint.py" in full


def test_what_may_be_a_fault_of_ours_keeps_its_traceback(pytester: pytest.Pytester) -> None:
    """An error that nobody raised on purpose is shown with all that led to it."""
    pytester.makepyfile("""
        def test_it(stigmer_skills, stigmer_api, _stigmer_registry):
            _stigmer_registry.skills.references = None
            stigmer_skills.get_by_reference(stigmer_api.ApiResourceReference(slug="x"))
    """)
    shown = pytester.runpytest_subprocess().stdout.str()
    assert "frame.py" in shown
    assert "'NoneType' object has no attribute 'resolve'" in shown


def test_a_failed_test_says_how_to_keep_its_database(pytester: pytest.Pytester) -> None:
    """Without the option the failure prints the line that keeps the file."""
    pytester.makepyfile("def test_red(stigmer_store): assert not stigmer_store.path.exists()")
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        ["the database of this test was deleted; *", "*--stigmer-seed 20260126 *--stigmer-keep*"]
    )


def test_the_line_that_keeps_a_database_can_be_typed(pytester: pytest.Pytester) -> None:
    """Quoted for a shell, and from where the run was started, whatever its root is."""
    (pytester.mkdir("down") / "test_it.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('x', ['\u65e5'])\n"
        "def test_red(stigmer_store, x): assert False\n",
        encoding="utf-8",
    )
    result = pytester.runpytest_inprocess("--rootdir=down", "down")
    typed = shlex.split(result.stdout.str().partition("  pytest ")[2].partition(" --stigmer")[0])
    assert typed == [r"down/test_it.py::test_red[\u65e5]"]


def test_keep_leaves_the_database_of_a_failed_test_only(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the option the failed test's file is there and named; a passed one's is not."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    pytester.makepyfile("""
        def test_red(stigmer_store):
            stigmer_store.connection.execute("CREATE TABLE seen (x)")
            assert False
        def test_green(stigmer_store):
            pass
    """)
    result = pytester.runpytest_inprocess("--stigmer-keep")
    kept = re.search(r"database kept: (\S+)", result.stdout.str())
    assert kept
    path = Path(kept[1])
    assert [found.name for found in path.parent.glob("*.db")] == [path.name]

    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM seen").fetchone() == (0,)
    connection.close()


def test_keep_names_no_database_that_is_gone(pytester: pytest.Pytester) -> None:
    """A test that passed and whose teardown then failed is told that its file is deleted."""
    pytester.makepyfile("""
        import pytest
        @pytest.fixture
        def breaks_late():
            yield
            raise OSError
        def test_it(breaks_late, stigmer_store): pass
    """)
    result = pytester.runpytest_inprocess("--stigmer-keep")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["database deleted before the teardown failed: *test_it*.db"])
    result.stdout.no_fnmatch_line("database kept: *")
