"""What a downstream suite gets from the fixtures, seen from fresh pytest sessions."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_stigmer.harness.scratch import Scratch

TWO_VERSIONS = """
    def test_two(stigmer_clock, stigmer_skills, stigmer_factory, stigmer_api, stigmer_store):
        push = stigmer_factory.push_request
        one = stigmer_skills.push(push(name="Calculator", tag="stable"))
        stigmer_clock.advance("300ms")
        two = stigmer_skills.push(push(name="Calculator", tag="stable"))
        reference = stigmer_api.ApiResourceReference(slug="calculator", version="stable")
        assert stigmer_skills.get_by_reference(reference) == two
        assert len(stigmer_store.list_audit_history("skill", one.metadata.id)) == 2
"""

USES_EVERYTHING = """
    def test_it(stigmer_flow, stigmer_store, stigmer_faker, stigmer_store_factory, stigmer_clock):
        pushed = stigmer_flow.push(name="Calculator", skill_md="# one")
        stigmer_flow.advance("1s")
        assert stigmer_flow.get(id=pushed.metadata.id) == pushed
        assert stigmer_store.list_resources("skill")
        assert not stigmer_store_factory().list_resources("skill")
        assert stigmer_faker.word()
"""


def test_a_downstream_test_needs_no_conftest(pytester: pytest.Pytester) -> None:
    """The fixtures work in a folder with nothing but the test."""
    pytester.makepyfile(TWO_VERSIONS, test_more=USES_EVERYTHING)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.parametrize("flags", [("-n", "2"), ("-p", "randomly"), ("-p", "no:cacheprovider")])
def test_the_fixtures_work_in_every_kind_of_run(
    pytester: pytest.Pytester, flags: tuple[str, ...]
) -> None:
    """In parallel, in random order and without the cache the outcome is the same."""
    pytester.makepyfile(TWO_VERSIONS, test_more=USES_EVERYTHING)
    pytester.runpytest_subprocess(*flags).assert_outcomes(passed=2)


@pytest.mark.parametrize("plugin", ["xdist", "cacheprovider", "faker", "terminal", "tmpdir"])
def test_the_plugin_works_with_another_switched_off(pytester: pytest.Pytester, plugin: str) -> None:
    """No plugin but pytest's core is needed."""
    pytester.makepyfile(TWO_VERSIONS)
    assert pytester.runpytest_subprocess("-p", f"no:{plugin}", "-p", "no:randomly").ret == 0


def test_data_is_a_function_of_seed_and_test(pytester: pytest.Pytester) -> None:
    """A seed gives a test the same data alone, in company and on a worker; another does not."""
    pytester.makepyfile("""
        from pathlib import Path
        def test_one(stigmer_factory, stigmer_faker):
            Path("one.txt").write_text(str((stigmer_factory.push_request(), stigmer_faker.name())))
        def test_two(stigmer_factory):
            Path("two.txt").write_text(str(stigmer_factory.push_request()))
    """)

    def drawn(*arguments: str) -> str:
        in_parallel = "-n" in arguments
        (pytester.runpytest_subprocess if in_parallel else pytester.runpytest_inprocess)(*arguments)
        return Path("one.txt").read_text(encoding="utf-8")

    alone = drawn("-k", "test_one")
    assert drawn() == alone
    assert drawn("-n", "2") == alone
    assert drawn("--stigmer-seed", "1") != alone
    assert Path("two.txt").read_text(encoding="utf-8") not in alone


def test_a_random_seed_is_drawn_once_and_sent_to_the_workers(pytester: pytest.Pytester) -> None:
    """Workers use the seed that the controller's header shows."""
    pytester.makepyfile("""
        import pytest
        @pytest.mark.parametrize("n", range(4))
        def test_seed(n, pytestconfig, worker_id):
            from pytest_stigmer.declared import SESSION
            seed = pytestconfig.stash[SESSION].options.seed
            with open(f"seed-{worker_id}", "w") as file:
                file.write(str(seed))
    """)
    result = pytester.runpytest_subprocess("-n", "2", "--stigmer-seed", "random")
    header = re.search(r"stigmer: seed (\d+)", result.stdout.str())
    assert header
    seeds = {path.read_text(encoding="utf-8") for path in Path().glob("seed-gw*")}
    assert seeds == {header[1]}


def test_nothing_is_left_behind(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a run without --stigmer-keep the temporary folder is empty, also after failures."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    pytester.makepyfile(TWO_VERSIONS, test_red="def test_red(stigmer_store): assert False")
    pytester.runpytest_inprocess("-p", "no:randomly", "--basetemp", str(pytester.path / "base"))
    assert not list(tmp_path.glob("pytest-stigmer-*"))


def test_a_worker_that_is_killed_when_it_has_finished_leaves_nothing_behind(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Under load xdist kills a worker whose last hooks last long; its folder is gone by then."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    pytester.makepyfile(TWO_VERSIONS)
    pytester.makeconftest("""
        import os

        def pytest_unconfigure(config):
            if hasattr(config, "workerinput"):
                os._exit(0)
    """)
    pytester.runpytest_subprocess("-n", "1").assert_outcomes(passed=1)
    assert list(tmp_path.glob("pytest-stigmer-*")) == []


def test_the_service_has_stopped_when_the_session_has_finished(pytester: pytest.Pytester) -> None:
    """Nothing waits for a last hook, which a worker of a loaded machine never reaches."""
    pytester.makeconftest("""
        import pathlib, pytest, socket

        @pytest.hookimpl(tryfirst=True)
        def pytest_unconfigure(config):
            host, port = pathlib.Path("address").read_text().split(":")
            with socket.socket() as probe:
                pathlib.Path("code").write_text(str(probe.connect_ex((host, int(port)))))
    """)
    pytester.makepyfile("""
        import pathlib
        def test_it(stigmer_service): pathlib.Path("address").write_text(stigmer_service.address)
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    assert Path("code").read_text(encoding="utf-8") != "0"


def test_folders_of_runs_killed_days_ago_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new run deletes what a killed one left, not what is young, kept or of another program."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    days = {"pytest-stigmer-main-a": 4, "pytest-stigmer-gw0-b": 2, "pytest-of-me": 4}
    for name, age in {**days, "pytest-stigmer-main-kept": 4}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / (".kept" if name.endswith("kept") else "x.db")).touch()
        at = tmp_path.stat().st_mtime - age * 24 * 3600
        os.utime(folder, (at, at))
    own = Scratch.create("main").folder
    left = {"pytest-stigmer-gw0-b", "pytest-of-me", "pytest-stigmer-main-kept", own.name}
    assert {folder.name for folder in tmp_path.iterdir()} == left


def test_a_factory_opens_stores_of_either_schema_and_at_a_given_path(
    pytester: pytest.Pytester,
) -> None:
    """Schema 1 has no audit table; a file at a given path stays when the test is over."""
    pytester.makepyfile("""
        def test_it(stigmer_store_factory, tmp_path):
            old = stigmer_store_factory(schema=1)
            tables = "SELECT count(*) FROM sqlite_master WHERE name = 'resource_audit'"
            assert old.connection.execute(tables).fetchone() == (0,)
            kept = stigmer_store_factory(path="kept.db")
            assert kept.connection.execute(tables).fetchone() == (1,)
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    assert Path("kept.db").exists()


def test_a_schema_that_cannot_be_made_is_refused(pytester: pytest.Pytester) -> None:
    """An unknown schema, and a history for schema 1, say what to do instead."""
    pytester.makepyfile("""
        import pytest
        from pytest_stigmer import UsageError
        def test_it(stigmer_store_factory, stigmer_factory):
            with pytest.raises(UsageError, match="unknown schema '3'"):
                stigmer_store_factory(schema=3)
            with pytest.raises(UsageError, match="legacy_database"):
                stigmer_store_factory(schema=1, history=stigmer_factory.audit_history(versions=2))
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_factory_loads_a_history(pytester: pytest.Pytester) -> None:
    """A history of the factory is in the new store, newest first."""
    pytester.makepyfile("""
        def test_it(stigmer_store_factory, stigmer_factory):
            history = stigmer_factory.audit_history(versions=3)
            store = stigmer_store_factory(history=history)
            (row,) = {(row.kind, row.resource_id) for row in history.rows}
            assert len(store.list_audit_history(*row)) == 3
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("capture", ["fd", "no"])
def test_a_long_load_shows_its_progress_whatever_is_captured(
    pytester: pytest.Pytester, capture: str
) -> None:
    """At a terminal the bar shows during the test, and what the test prints stays captured."""
    pytester.makepyfile("""
        from pytest_stigmer.factories import loading

        def test_load(stigmer_store_factory, stigmer_factory, capsys):
            loading.PATIENCE = -1
            stigmer_store_factory(history=stigmer_factory.audit_history(versions=2))
            assert capsys.readouterr().err == ""
    """)
    command = [sys.executable, "-m", "pytest", "-q", f"--capture={capture}"]
    ours, theirs = pty.openpty()
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.write(theirs, b"end")
    shown = os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    assert run.returncode == 0, run.stdout
    assert b"loading audit history [##" in shown


def test_a_factory_puts_a_defect_in_place_or_names_the_nearest(pytester: pytest.Pytester) -> None:
    """`defect=` breaks this store only; a misspelt id is refused with the nearest one."""
    pytester.makepyfile("""
        import pytest
        from pytest_stigmer import UsageError
        def test_it(stigmer_store_factory, stigmer_clock, stigmer_factory):
            from pytest_stigmer.api.generation import load
            Skill = load().Skill
            def newest(store):
                for tag in ("a", "b"):
                    skill = Skill(); skill.spec.tag = tag
                    store.save_audit("skill", "s", skill, tag="stable")
                return store.get_audit_by_tag("skill", "s", "stable", Skill).spec.tag
            assert newest(stigmer_store_factory()) == "b"
            assert newest(stigmer_store_factory(defect="tag-order-tiebreak-ascending")) == "a"
            with pytest.raises(UsageError, match="tag-order-tiebreak-ascending"):
                stigmer_store_factory(defect="tag-order-tiebreak-ascend")
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_suite_tests_itself_with_a_defect(pytester: pytest.Pytester) -> None:
    """--stigmer-defect applies to the fixtures of a downstream suite."""
    pytester.makepyfile("""
        def test_order(stigmer_store, stigmer_clock, stigmer_api):
            for tag in ("a", "b"):
                skill = stigmer_api.Skill(); skill.spec.tag = tag
                stigmer_store.save_audit("skill", "s", skill, tag="stable")
            found = stigmer_store.get_audit_by_tag("skill", "s", "stable", stigmer_api.Skill)
            assert found.spec.tag == "b"
    """)
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    broken = pytester.runpytest_inprocess("--stigmer-defect", "tag-order-tiebreak-ascending")
    broken.assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stigmer-target", "nowhere"), "none of local, service, unix:PATH or HOST:PORT"),
        (("--stigmer-target", "127.0.0.1:99999"), "none of local, service, unix:PATH or HOST:PORT"),
        (("--stigmer-target", "127.0.0.1:0"), "none of local, service, unix:PATH or HOST:PORT"),
        (("--stigmer-seed", "x"), "neither a whole number nor 'random'"),
        (("--stigmer-defect", "tag-order"), "unknown defect 'tag-order'; did you mean"),
        (("--stigmer-prove", "--stigmer-target", "service"), "drop --stigmer-target"),
        (("--stigmer-exact",), "add --stigmer-prove"),
        (("--stigmer-verdicts=kept",), "add --stigmer-prove"),
        (("--stigmer-defect=order-trusts-clock",) * 2, "drop the others"),
        (("-o", "stigmer_stubs=mine"), "none of auto, bundled, installed"),
    ],
)
def test_an_option_that_cannot_be_followed_is_a_usage_error(
    pytester: pytest.Pytester, arguments: tuple[str, ...], words: str
) -> None:
    """A wrong option stops the run with exit code 4 and says what is right."""
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in result.stderr.str()


def test_a_wrong_clock_mark_names_the_form(pytester: pytest.Pytester) -> None:
    """A mark with more than an instant is an error that shows how to write it."""
    pytester.makepyfile("""
        import pytest
        @pytest.mark.stigmer_clock("2026-01-25T10:00:00Z", tick=True)
        def test_it(): pass
    """)
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    assert "@pytest.mark.stigmer_clock('2026-01-25T10:00:00.100Z')" in result.stdout.str()


def test_two_runs_on_one_host_do_not_meet(pytester: pytest.Pytester) -> None:
    """Two runs of the same tests at once share no file."""
    import subprocess
    import sys

    pytester.makepyfile(TWO_VERSIONS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]


def test_durations_stay_real_under_a_frozen_clock(pytester: pytest.Pytester) -> None:
    """Moving the frozen clock by an hour does not add an hour to a test's duration."""
    pytester.makepyfile("def test_it(stigmer_clock): stigmer_clock.advance('1h')")
    result = pytester.runpytest_subprocess("--durations=1", "-vv", "--junitxml=junit.xml")
    seconds = re.search(r"([\d.]+)s (?:call|setup) ", result.stdout.str())
    assert seconds
    assert float(seconds[1]) < 60
    junit = re.search(r'testcase [^>]*time="([\d.-]+)"', Path("junit.xml").read_text("utf-8"))
    assert junit
    assert 0 <= float(junit[1]) < 60
