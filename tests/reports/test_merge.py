"""A run in parts: each item in one of them, and their reports merged judge as one run does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pytest_stigmer.cli import USAGE_ERROR, main
from pytest_stigmer.harness.sharding import Shard
from pytest_stigmer.report.as_json import SCHEMA_FILE

from .conftest import FILES, GREEN

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = {
    **FILES,
    **{
        f"green{n}.scenario.yaml": GREEN.replace("is found", f"is found, time {n}")
        for n in range(4)
    },
}
ALL_GREEN = {name: text for name, text in MANY.items() if "green" in name or "plans" in name}


@pytest.fixture
def parts(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give a function that runs files in `of` parts and returns the names of the reports."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(pytester.path)

    def run(*words: str, of: int = 4, files: dict[str, str] = MANY) -> list[str]:
        for name, text in files.items():
            pytester.path.joinpath(name).write_text(text, encoding="utf-8")
        for number in range(1, of + 1):
            report = f"--stigmer-report={number}.json"
            shard = [f"--stigmer-shard={number}/{of}"] if of > 1 else []
            plain = ["-p", "no:randomly", "-p", "no:cacheprovider"]
            pytester.runpytest_inprocess(*plain, *shard, report, *words)
        return [f"{number}.json" for number in range(1, of + 1)]

    return run


def outcome(file: str | Path) -> Any:
    """Return what a report says but for times, and of which parts it is."""
    data = json.loads(Path(file).read_text(encoding="utf-8"))
    for test in data["tests"]:
        del test["seconds"]
    # The lines of a failure's detail name the command, which differs.
    tests = [{**test, "detail": ""} for test in data["tests"]]
    return {**data, "tests": tests, "times": None, "parts": None}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (MANY, ["--stigmer-conditions=none"]),
        (ALL_GREEN, ["--stigmer-prove", "--stigmer-defect", "tag-order-without-tiebreak"]),
    ],
    ids=["run", "proof"],
)
def test_four_parts_merged_are_the_single_run(
    parts: Callable[..., Any], files: dict[str, str], words: list[str]
) -> None:
    """Verdicts, scenarios, matrix and exit code are those of one run of everything."""
    code = main(
        ["merge", *parts(*words, files=files), "--report=merged.json", "--report=page.html"]
    )
    parts(*words, of=1, files=files)
    single, together = outcome("1.json"), outcome("merged.json")
    assert together == single
    assert code == (0 if files is ALL_GREEN else 1)
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(Path("merged.json").read_text(encoding="utf-8")), schema)


def test_what_no_part_can_judge_alone_the_whole_does(
    parts: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A proof of nothing is red, although each of its parts ended well."""
    reports = parts("--stigmer-prove", of=2, files={"test_it.py": "def test_it(): pass"})
    verdicts = [json.loads(Path(file).read_text())["verdict"] for file in reports]
    assert verdicts == ["ok", "ok"]
    assert main(["merge", *reports]) == 1
    assert "no scenario ran" in capsys.readouterr().out


def test_a_part_says_of_which_whole_it_is(
    parts: Callable[..., Any], pytester: pytest.Pytester
) -> None:
    """Header and report carry K/N, the hash of the durations and that of all collected ids."""
    (whole,) = parts(of=1)
    words = ["--stigmer-shard=2/3", f"--stigmer-durations={whole}", "--stigmer-report=part.json"]
    shown = pytester.runpytest_inprocess(*words, "-p", "no:randomly")
    (part,) = json.loads(Path("part.json").read_text())["parts"]
    (single,) = json.loads(Path(whole).read_text())["parts"]
    assert part["collected"] == single["collected"]
    assert part["shard"] == "2/3"
    shown.stdout.fnmatch_lines(
        [
            f"stigmer: seed *, shard 2/3 by durations {part['durations']}",
            f"stigmer: shard 2/3 of * items, whose ids have hash {part['collected']}",
        ]
    )


@pytest.mark.soak
def test_workers_of_a_part_tell_the_same(parts: Callable[..., Any]) -> None:
    """Under xdist the ids come from the workers, and parts with and without workers fit."""
    parts(of=2, files=ALL_GREEN)
    Path("1.json").rename("kept.json")
    parts("-n1", of=2, files=ALL_GREEN)
    assert main(["merge", "kept.json", "2.json"]) == 0


def _edited(file: str, **fields: Any) -> None:
    data = json.loads(Path(file).read_text())
    data["parts"][0].update(fields)
    Path(file).write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"seed": 1}, "not from one run: the seed differs: 1.json: 20260126; 2.json: 1"),
        ({"collected": "x"}, "the hash of all collected ids differs"),
        ({"durations": "x"}, "the hash of the file of durations differs: 1.json: none; 2.json: x"),
        ({"shard": "2/3"}, "the number of shards differs"),
        ({"shard": "1/2"}, "shard 1/2 was given twice: 1.json and 2.json"),
        ({"target": "service"}, "no report of shard 2 of 2 (target local)"),
    ],
)
def test_parts_of_different_wholes_are_refused(
    parts: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    what: str,
) -> None:
    """Unlike, doubled and missing parts are a usage error that names the reports."""
    reports = parts(of=2, files={"test_it.py": "def test_it(): pass"})
    _edited("2.json", **change)
    assert main(["merge", *reports]) == USAGE_ERROR
    assert what in capsys.readouterr().err


def test_what_is_no_report_is_refused(
    parts: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is named, and what it should be."""
    parts(of=1, files={"test_it.py": "def test_it(): pass"})
    Path("2.json").write_text("[]")
    assert main(["merge", "1.json", "2.json"]) == USAGE_ERROR
    assert "2.json cannot be read as a report of this version" in capsys.readouterr().err


def test_runs_on_several_targets_are_one_page(
    parts: Callable[..., Any], pytester: pytest.Pytester
) -> None:
    """Each test is told once per target, and names the one it ran on."""
    parts(of=1, files={"green.scenario.yaml": GREEN})
    pytester.runpytest_inprocess("--stigmer-target=service", "--stigmer-report=2.json")
    assert main(["merge", "1.json", "2.json", "--report=both.json", "--report=both.html"]) == 0
    both = json.loads(Path("both.json").read_text())
    assert both["target"] == "local, service"
    assert {test["target"] for test in both["tests"]} == {"local", "service"}
    assert "reference on service" in Path("both.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--stigmer-shard=5/4"], "'5/4' is not a part of a run"),
        (["--stigmer-shard=1/2", "--stigmer-expect=x.toml"], "drop --stigmer-shard"),
        (["--stigmer-durations=x.json"], "add --stigmer-shard K/N"),
        (["--stigmer-shard=1/2", "--stigmer-durations=x.json"], "'x.json' is no JSON report"),
    ],
)
def test_a_part_that_is_none_is_a_usage_error(
    pytester: pytest.Pytester, words: list[str], what: str
) -> None:
    """The run does not start, and says what to write."""
    result = pytester.runpytest_inprocess(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert what in result.stderr.str()


@pytest.mark.parametrize("seconds", [None, {}, {"1": 0.0}, {str(n): n for n in range(50)}])
def test_each_item_is_in_one_part(seconds: dict[str, float] | None) -> None:
    """No item is left out or run twice, whatever is known of durations and in any order."""
    ids = [str(n) for n in range(100)]
    chosen = Counter(one for n in range(1, 5) for one in Shard(n, 4, seconds).chosen(reversed(ids)))
    assert chosen == Counter(ids)


def test_durations_make_parts_alike_long() -> None:
    """The longest item is alone where it takes as long as all others."""
    seconds = {"slow": 10.0, **{str(n): 1.0 for n in range(10)}}
    lengths = [sum(map(seconds.get, Shard(n, 2, seconds).chosen(seconds))) for n in (1, 2)]
    assert lengths == [10, 10]


@pytest.mark.soak
@pytest.mark.parametrize("verb", [["run"], ["prove", "--no-cache"]], ids=["run", "prove"])
def test_the_shipped_scenarios_in_four_parts_are_as_in_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: list[str]
) -> None:
    """Of all shipped scenarios and their proof: the same verdicts, matrix and exit code."""
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-m", "pytest_stigmer.cli", *verb, "--workers=2"]
    reports = [f"{number}.json" for number in range(1, 5)]
    for number, report in enumerate(reports, 1):
        part = [f"--shard={number}/4", f"--report={report}"]
        subprocess.run([*command, *part], check=True, capture_output=True)
    subprocess.run([*command, "--report=single.json"], check=True, capture_output=True)
    assert main(["merge", *reports, "--report=merged.json"]) == 0
    together, single = outcome("merged.json"), outcome("single.json")
    assert together["matrix"] == single["matrix"]
    assert together["tests"] == single["tests"]
    assert _verdicts(together) == _verdicts(single)


def _verdicts(data: Any) -> set[tuple[str, ...]]:
    """Return how each scenario ended, by case and cell."""
    return {
        (one["path"], run["case"], cell, run["defect"] or "", run["status"])
        for one in data["scenarios"]
        for run in one["runs"]
        for cell in run["cells"]
    }
