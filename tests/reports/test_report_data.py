"""What a report tells: outcomes, scenarios with their runs, the proof; the same however it ran."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pytest_stigmer.report.as_json import SCHEMA_FILE, schema_text

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIX = ".scenario.yaml"


def _without_times(text: str) -> str:
    """Blank the instants and durations of a report in any format."""
    text = re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "INSTANT", text)
    text = re.sub(r'("seconds": )[\d.]+', r"\1N", text)
    text = re.sub(r'(<span class="seconds">)[\d.]+', r"\1N", text)
    text = re.sub(r"(<dt>took</dt><dd>)[\d.]+", r"\1N", text)
    return re.sub(r"in [\d.]+ s;", "in N s;", text)


def _scenario(data: Any, name: str) -> Any:
    return next(s for s in data["scenarios"] if s["path"] == name + SUFFIX)


def test_every_status_is_counted_with_its_reason(reported: Callable[..., Any]) -> None:
    """No outcome vanishes: each of the seven is in the counts, and each test has its reason."""
    ran = reported()
    data = ran.data
    assert {status: count for status, count in data["counts"].items() if status != "passed"} == {
        "failed": 2,
        "error": 1,
        "inconclusive": 1,
        "xpassed": 1,
        "skipped": 1,
        "xfailed": 1,
    }
    reasons = {test["id"].partition("::test_")[2]: test["reason"] for test in data["tests"]}
    assert reasons["skipped"] == "not today"
    assert reasons["inconclusive"] == "the clock could not be read"
    assert (reasons["expected"], reasons["unexpected"]) == ("known", "mended")
    assert "fixture 'absent' not found" in "".join(test["detail"] for test in data["tests"])
    rows = [line.split(" | ") for line in ran.markdown.splitlines() if "::test\\_" in line]
    listed = {row[0].removeprefix("| "): row[2].removesuffix(" |") for row in rows}
    assert (listed["skipped"], listed["xfailed"]) == ("not today", "known")
    assert listed["inconclusive"] == "the clock could not be read"


def test_the_json_report_follows_its_published_schema(reported: Callable[..., Any]) -> None:
    """Every field is described, and no other is there."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(reported().data, schema)


def test_the_published_schema_follows_from_the_model() -> None:
    """`python -m pytest_stigmer.report.as_json` writes it again."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seed", -1),
        ("more", 1),
        ("counts", {"passed": 1}),
        ("matrix", {}),
        ("format", 2),
        ("tests.0.status", "fine"),
        ("tests.0.line", 0),
        ("scenarios.0.runs.0.steps.0.sent", [["name"]]),
        ("scenarios.0.runs.0.steps.0.answered", {"x": 1}),
        ("scenarios.0.runs.0.status", "xfailed"),
    ],
)
def test_the_published_schema_refuses_other_reports(
    reported: Callable[..., Any], path: str, value: Any
) -> None:
    """What the model does not allow is no report."""
    data = copy.deepcopy(reported().data)
    *parents, last = (int(word) if word.isdigit() else word for word in path.split("."))
    place = data
    for parent in parents:
        place = place[parent]
    place[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def test_a_red_step_tells_which_archive_was_answered_and_which_expected(
    reported: Callable[..., Any],
) -> None:
    """The transcript has instants, lines, differences, and the ids of the archives concerned."""
    (run,) = _scenario(reported().data, "red")["runs"]
    last = run["steps"][-1]
    assert (run["status"], run["stopped"], last["line"]) == ("failed", 8, 8)
    assert (last["at"], last["answered"], last["expected_rows"]) == (
        "2026-01-25T10:00:00.400Z",
        {"2": 1},
        {"1": 1},
    )
    assert last["differences"][0]["where"] == "spec.tag"


def test_an_archive_knows_the_step_that_wrote_it(reported: Callable[..., Any]) -> None:
    """Two archives of one stored second are told apart by their steps."""
    (run,) = _scenario(reported().data, "green")["runs"]
    written = [(archive["step"], archive["archived_at"]) for archive in run["archives"]]
    assert written == [(0, "2026-01-25 10:00:00"), (2, "2026-01-25 10:00:00")]


def test_plan_cells_in_which_the_same_happened_are_one_run(reported: Callable[..., Any]) -> None:
    """A scenario that is green in all plans is told once, with the names of its cells."""
    (run,) = _scenario(reported().data, "plans")["runs"]
    assert run["cells"][0] == "v2"
    assert len(run["cells"]) > 5


def test_a_proof_shows_one_red_run_per_defect(reported: Callable[..., Any]) -> None:
    """Under the defect the answer is the older archive; the cells tell where it shows."""
    data = reported("--stigmer-prove", "plans" + SUFFIX).data
    jsonschema.validate(data, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    defect = "tag-order-without-tiebreak"
    runs = {run["defect"]: run for run in _scenario(data, "plans")["runs"]}
    assert runs[None]["status"] == "passed"
    assert runs[defect]["steps"][-1]["answered"] == {"1": 1}
    (row,) = data["matrix"]["rows"]
    assert (row["cells"][defect]["v2"], row["cells"][defect]["ascending"]) == ("shown", "masked")


def test_a_defect_in_place_is_told(reported: Callable[..., Any]) -> None:
    """A run with --stigmer-defect names it, on the run and on every scenario's run."""
    data = reported("--stigmer-defect=tag-order-without-tiebreak", "green" + SUFFIX).data
    assert data["defect"] == "tag-order-without-tiebreak"
    assert [run["defect"] for run in _scenario(data, "green")["runs"]] == [data["defect"]]


def test_two_workers_write_the_report_of_one(reported: Callable[..., Any]) -> None:
    """But for times, the controller's files have the same bytes as those of one process."""
    paths = ["--stigmer-prove", "green" + SUFFIX, "red" + SUFFIX, "test_all.py"]
    alone = reported(*paths)
    together = reported(*paths, "-n2", subprocess=True)
    for one, two in zip(alone[1:], together[1:], strict=True):
        texts = [_without_times(t if isinstance(t, str) else json.dumps(t)) for t in (one, two)]
        assert texts[0] == texts[1]


def test_a_file_that_cannot_be_collected_is_an_error_of_the_report(
    reported: Callable[..., Any],
) -> None:
    """A scenario with a typo is in the counts, with its line."""
    files = {"typo.scenario.yaml": "scenario: x\nstepz: []\n"}
    data = reported(files=files).data
    assert data["counts"]["error"] == 1
    assert "typo.scenario.yaml:" in data["tests"][0]["reason"]


def test_without_a_report_nothing_is_loaded_or_attached(pytester: pytest.Pytester) -> None:
    """A run that asks for no report pays for none: no renderer, no transcript."""
    pytester.path.joinpath("green.scenario.yaml").write_text(
        "scenario: x\nsteps:\n  - advance: 1s\n", encoding="utf-8"
    )
    pytester.makeconftest(
        """
        import sys

        def pytest_runtest_logreport(report):
            assert getattr(report, "stigmer_scenario", None) is None

        def pytest_unconfigure():
            assert not [name for name in sys.modules if ".report." in name]
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["report.txt", "report", "."])
def test_an_unknown_format_is_a_usage_error(pytester: pytest.Pytester, name: str) -> None:
    """The suffix chooses the format; another one is refused before anything runs."""
    result = pytester.runpytest_inprocess(f"--stigmer-report={name}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no file name ending in .html, .json, .md*"])


def test_a_report_that_cannot_be_written_is_a_usage_error(pytester: pytest.Pytester) -> None:
    """Not at the end of a long run, but before it starts."""
    pytester.path.joinpath("file").touch()
    result = pytester.runpytest_inprocess("--stigmer-report=file/report.html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*cannot be written*"])


def test_a_report_that_can_no_longer_be_written_costs_no_other_output(
    pytester: pytest.Pytester,
) -> None:
    """The run is told as ever, the other report is there, and the exit code is no success."""
    pytester.makepyfile("""
        import os
        def test_it():
            os.mkdir("report.html")
    """)
    reports = ("--stigmer-report=report.html", "--stigmer-report=report.json")
    result = pytester.runpytest_inprocess(*reports)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["stigmer report: *report.html was not written: *directory*"])
    result.assert_outcomes(passed=1)
    assert pytester.path.joinpath("report.json").is_file()
