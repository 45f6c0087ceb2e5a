"""Scenarios as pytest items: they behave like tests in every respect."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

GREEN = """
scenario: The newest of two snapshots is found
detects: [tag-order-tiebreak-ascending]
clock: 2026-01-25T10:00:00.100Z
steps:
  - save_audit: {resource_id: s, tag: stable, message: {spec.tag: one}}
  - advance: 100ms
  - save_audit: {resource_id: s, tag: stable, message: {spec.tag: two}}
  - get_audit_by_tag: {resource_id: s, tag: stable}
    returns: {spec.tag: two}
"""
RED = GREEN.replace("returns: {spec.tag: two}", "returns: {spec.tag: one}").replace(
    "newest", "first"
)
PLAIN = ("-p", "no:randomly")


@pytest.fixture
def files(pytester: pytest.Pytester) -> pytest.Pytester:
    """Give a folder with a green and a red scenario."""
    pytester.path.joinpath("green.scenario.yaml").write_text(GREEN, encoding="utf-8")
    pytester.path.joinpath("red.scenario.yaml").write_text(RED, encoding="utf-8")
    return pytester


def test_scenarios_are_collected_under_their_titles(files: pytest.Pytester) -> None:
    """--collect-only names each scenario by file and title."""
    result = files.runpytest_inprocess("--collect-only", "-q", *PLAIN)
    result.stdout.fnmatch_lines(
        ["green.scenario.yaml::The newest of two snapshots is found", "red.scenario.yaml::*"]
    )


def test_a_red_scenario_is_a_page(files: pytest.Pytester) -> None:
    """A failure names the step with its line, both answers, the rows and the replay line."""
    result = files.runpytest_inprocess(*PLAIN)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*red.scenario.yaml:9*",
            "*timeline: audit rows*",
            "*<- expected*",
            "*SEARCH resource_audit*",
            "*sent: get_audit_by_tag*",
            "*--stigmer-seed 20260126*",
            '*spec.tag: "one"*',
            '*spec.tag: "two"*',
        ]
    )


def test_keep_leaves_the_database_of_a_red_scenario_only(
    files: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path is printed as a test's is, and the rows are in it; nothing else is left."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    printed = files.runpytest_inprocess("--stigmer-keep", *PLAIN).stdout.str()
    (kept,) = re.findall(r"^database kept: (\S+) \(look", printed, re.MULTILINE)
    assert list(tmp_path.rglob("*.db")) == [Path(kept)]
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM resource_audit").fetchone() == (2,)


def test_last_failed_keyword_and_stop_choose_scenarios(files: pytest.Pytester) -> None:
    """--lf runs the red one again, -k chooses by title, -x stops at the first failure."""
    files.runpytest_inprocess(*PLAIN)
    files.runpytest_inprocess("--lf", *PLAIN).assert_outcomes(failed=1)
    files.runpytest_inprocess("-k", "newest", *PLAIN).assert_outcomes(passed=1, deselected=1)
    files.runpytest_inprocess(
        "-x", "red.scenario.yaml", "green.scenario.yaml", *PLAIN
    ).assert_outcomes(failed=1)


def test_marks_come_from_the_file(files: pytest.Pytester) -> None:
    """A mark of the file is a pytest mark: -m chooses by it and skip skips."""
    marked = "marks: [slow]\n" + GREEN.lstrip()
    files.path.joinpath("slow.scenario.yaml").write_text(marked, encoding="utf-8")
    skipped = "marks: [skip]\n" + GREEN.lstrip()
    files.path.joinpath("skip.scenario.yaml").write_text(skipped, encoding="utf-8")
    files.makeini("[pytest]\nmarkers = slow: takes long")
    files.runpytest_inprocess("-m", "slow", *PLAIN).assert_outcomes(passed=1, deselected=3)
    files.runpytest_inprocess("skip.scenario.yaml", *PLAIN).assert_outcomes(skipped=1)


def test_why_scenarios_were_skipped_is_told_once_for_each_reason(files: pytest.Pytester) -> None:
    """Also without -rs: what did not run, and why, is a line."""
    for name in "ab":
        path = files.path.joinpath(f"{name}.scenario.yaml")
        path.write_text("marks: [skip]\n" + GREEN.lstrip(), encoding="utf-8")
    result = files.runpytest_inprocess("a.scenario.yaml", "b.scenario.yaml", *PLAIN)
    result.stdout.fnmatch_lines(["SKIPPED 2 scenarios: unconditional skip"])


def test_junit_has_real_failures(files: pytest.Pytester) -> None:
    """JUnit XML carries a failure element with the page, and a time."""
    files.runpytest_inprocess("--junitxml=junit.xml", *PLAIN)
    cases = list(ET.parse("junit.xml").getroot().iter("testcase"))  # noqa: S314 - our own file
    failures = {case.get("name"): case.find("failure") for case in cases}
    assert failures["The newest of two snapshots is found"] is None
    failure = failures["The first of two snapshots is found"]
    assert failure is not None
    assert "sent: get_audit_by_tag" in (failure.text or "")


def test_scenarios_run_in_parallel(files: pytest.Pytester) -> None:
    """Under xdist the outcomes are the same."""
    files.runpytest_subprocess("-n", "2").assert_outcomes(passed=1, failed=1)


def test_a_broken_file_is_named_with_its_line_at_collection(files: pytest.Pytester) -> None:
    """A fault of the file is a collection error of a few lines, without a traceback."""
    text = GREEN.replace("save_audit", "save_audi", 1)
    files.path.joinpath("broken.scenario.yaml").write_text(text, encoding="utf-8")
    result = files.runpytest_inprocess("broken.scenario.yaml", *PLAIN)
    result.assert_outcomes(errors=1)
    assert re.search(r"broken\.scenario\.yaml:6: .*save_audit", result.stdout.str())
    assert "Traceback" not in result.stdout.str()


def test_collecting_alone_judges_no_proof(files: pytest.Pytester) -> None:
    """--collect-only with --stigmer-prove lists items and prints no matrix of what did not run."""
    result = files.runpytest_inprocess("--collect-only", "--stigmer-prove", *PLAIN)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*NOT as claimed*")


def test_a_claim_about_an_unknown_defect_is_refused_at_collection(files: pytest.Pytester) -> None:
    """`detects` with a misspelt id names the line and the nearest id."""
    text = GREEN.replace("tag-order-tiebreak-ascending", "tag-order-tiebreak-ascendin")
    files.path.joinpath("claim.scenario.yaml").write_text(text, encoding="utf-8")
    result = files.runpytest_inprocess("claim.scenario.yaml", *PLAIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*claim.scenario.yaml:3: *did you mean 'tag-order-tiebreak-asc*"])


def test_one_defect_turns_its_scenarios_red(files: pytest.Pytester) -> None:
    """--stigmer-defect breaks the registry that scenarios run on."""
    defect = "tag-order-tiebreak-ascending"
    result = files.runpytest_inprocess("green.scenario.yaml", "--stigmer-defect", defect, *PLAIN)
    result.assert_outcomes(failed=1)
    assert f"--stigmer-defect {defect}" in result.stdout.str()


def prove(files: pytest.Pytester, detects: str, *arguments: str) -> pytest.RunResult:
    """Prove the green scenario with these claims."""
    text = re.sub("detects: .*", f"detects: {detects}", GREEN)
    files.path.joinpath("green.scenario.yaml").write_text(text, encoding="utf-8")
    start = files.runpytest_subprocess if "-n" in arguments else files.runpytest_inprocess
    words = ("green.scenario.yaml", "--stigmer-prove", "--stigmer-exact")
    return start(*words, *arguments)


def killers(files: pytest.Pytester) -> list[str]:
    """Find out what the green scenario kills, by claiming nothing."""
    red = prove(files, "[]", *PLAIN).stdout.str()
    return re.findall(r"^.* is red under ([a-z0-9-]+), but does not claim it$", red, re.MULTILINE)


def test_the_proof_is_exact_both_ways(files: pytest.Pytester) -> None:
    """Exact claims pass; one claim too many or too few fails and names the defect."""
    claims = sorted(set(killers(files)))
    assert "tag-order-tiebreak-ascending" in claims
    assert prove(files, json.dumps(claims), *PLAIN).ret == 0
    too_many = prove(files, json.dumps([*claims, "history-order-without-tiebreak"]), *PLAIN)
    assert too_many.ret == 1
    assert "claims history-order-without-tiebreak, but stays green" in too_many.stdout.str()
    too_few = prove(files, json.dumps(claims[1:]), *PLAIN)
    assert too_few.ret == 1
    assert f"is red under {claims[0]}, but does not claim it" in too_few.stdout.str()
    parallel = prove(files, json.dumps(claims), "-n", "2")
    assert parallel.ret == 0
    parallel.stdout.fnmatch_lines(["*exactly as claimed*"])


def test_a_users_scenario_need_not_claim_what_ships(files: pytest.Pytester) -> None:
    """A release that adds defects leaves it green; what it is red under besides is listed."""
    result = files.runpytest_inprocess("green.scenario.yaml", "--stigmer-prove", *PLAIN)
    result.assert_outcomes(passed=1)
    told = " ".join(result.stdout.str().split())
    assert "is also red under" in told
    assert "tag-order-tiebreak-ascending" in told


def test_chosen_defects_are_proved_alone(files: pytest.Pytester) -> None:
    """Claims of others are not looked at; a chosen one that is not claimed is told."""
    chosen = ("--stigmer-defect", "order-trusts-clock", "--stigmer-defect", killers(files)[0])
    result = prove(files, '["history-oldest-first"]', *chosen, *PLAIN)
    result.assert_outcomes(failed=1)
    assert "1 scenario x 2 defects: NOT as claimed" in result.stdout.str()
    assert "history-oldest-first" not in result.stdout.str()
    alone = prove(files, "[]", "--stigmer-defect", "order-trusts-clock", *PLAIN)
    alone.assert_outcomes(passed=1)


def test_a_scenario_that_is_red_on_the_reference_is_told_so_alone(files: pytest.Pytester) -> None:
    """Its claims are not judged: nothing is proved by a scenario that is always red."""
    result = files.runpytest_inprocess("red.scenario.yaml", "--stigmer-prove", *PLAIN)
    result.assert_outcomes(failed=1)
    assert "is failed on the reference" in result.stdout.str()
    assert "is red under" not in result.stdout.str()


def test_items_of_other_plugins_are_left_alone(pytester: pytest.Pytester) -> None:
    """An item of another plugin may have attributes of any name."""
    pytester.makeconftest("""
        import pytest
        class Line(pytest.Item):
            row = recorder = scenario = "theirs"
            def runtest(self): pass
        class Table(pytest.File):
            def collect(self): yield Line.from_parent(self, name="line")
        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".table":
                return Table.from_parent(parent, path=file_path)
    """)
    pytester.path.joinpath("one.table").touch()
    pytester.runpytest_inprocess(*PLAIN).assert_outcomes(passed=1)


def test_a_proof_of_nothing_fails(files: pytest.Pytester) -> None:
    """With no scenario the proof fails, also on the xdist controller."""
    files.makepyfile("def test_it(): pass")
    assert files.runpytest_inprocess("--stigmer-prove", "-k", "test_it", *PLAIN).ret == 1
    assert files.runpytest_subprocess("--stigmer-prove", "-k", "test_it", "-n", "2").ret == 1


def test_a_scenario_that_kills_nothing_proves_nothing(files: pytest.Pytester) -> None:
    """A scenario that stays green under every defect fails its proof."""
    text = "scenario: Nothing\ndetects: []\nsteps: [{advance: 1s}]\n"
    files.path.joinpath("nothing.scenario.yaml").write_text(text, encoding="utf-8")
    result = files.runpytest_inprocess("nothing.scenario.yaml", "--stigmer-prove", *PLAIN)
    assert result.ret == 1
    assert "kills no defect: it proves nothing" in result.stdout.str()


def test_a_matrix_runs_once_per_plan_cell(files: pytest.Pytester) -> None:
    """`matrix: plans` makes one item per plan cell, named by the cell."""
    text = "matrix: plans\n" + GREEN.lstrip()
    files.path.joinpath("cells.scenario.yaml").write_text(text, encoding="utf-8")
    result = files.runpytest_inprocess("cells.scenario.yaml", "-v", *PLAIN)
    result.assert_outcomes(passed=11)
    result.stdout.fnmatch_lines(["*The newest of two snapshots is found?no-index? PASSED*"])
    assert Path("cells.scenario.yaml").exists()


def test_each_case_is_an_item_and_any_may_be_red(files: pytest.Pytester) -> None:
    """A case is named in its item, on its page and in the report; a red one makes a proof red."""
    files.path.joinpath("cases.scenario.yaml").write_text(
        """\
scenario: A tag is found
detects: [tag-order-tiebreak-ascending]
cases:
  - {case: one snapshot, times: 1, tag: v1}
  - {case: two in one second, times: 2, tag: v2}
steps:
  - save_audit: {resource_id: a, tag: t, message: {spec.tag: "v${n}"}}
    repeat: ${case.times}
  - get_audit_by_tag: {resource_id: a, tag: t}
    returns: {spec.tag: "${case.tag}"}
"""
    )
    green = files.runpytest_inprocess("cases.scenario.yaml", "-v", *PLAIN)
    green.stdout.fnmatch_lines(["*A tag is found?one snapshot? PASSED*", "*second? PASSED*"])
    defect = ("--stigmer-defect", "tag-order-tiebreak-ascending")
    red = files.runpytest_inprocess(
        "cases.scenario.yaml", *defect, "--stigmer-report=r.json", *PLAIN
    )
    red.assert_outcomes(passed=1, failed=1)
    red.stdout.fnmatch_lines(
        ["FAILED: A tag is found?two in one second?", "*::A tag is found?two*"]
    )
    (told,) = json.loads(files.path.joinpath("r.json").read_text())["scenarios"]
    assert {(run["case"], run["status"]) for run in told["runs"]} == {
        ("one snapshot", "passed"),
        ("two in one second", "failed"),
    }
    proof = files.runpytest_inprocess("cases.scenario.yaml", "--stigmer-prove", *defect, *PLAIN)
    proof.assert_outcomes(passed=1)
    on_reference = files.path.joinpath("cases.scenario.yaml")
    on_reference.write_text(on_reference.read_text().replace("tag: v2}", "tag: v1}"))
    proof = files.runpytest_inprocess("cases.scenario.yaml", "--stigmer-prove", *defect, *PLAIN)
    assert "is failed on the reference (v2): case two in one" in proof.stdout.str()
