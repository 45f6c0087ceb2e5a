"""The stigmer-harness command: what it prints and what its exit code means."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.cli import USAGE_ERROR, main
from pytest_stigmer.errors import ScenarioError
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.reference_page import page_path
from pytest_stigmer.scenario.schema_file import SCHEMA_PATH
from pytest_stigmer.scenario.shipped import scenario_folder
from pytest_stigmer.scenario.writer import claim

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """\
scenario: Two snapshots
detects: []
steps:
  - save_audit: {resource_id: s, tag: stable, message: {spec.tag: one}}
  - get_audit_by_tag: {resource_id: s, tag: stable}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def harness(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "pytest_stigmer.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_run_passes_on_a_green_file_and_fails_on_a_red_one(folder: Path) -> None:
    """The exit code is 0 when all is green, 1 when something is red; with --json all is data."""
    path = folder / "two.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    green = harness("run", path.name)
    assert (green.returncode, "1 passed" in green.stdout) == (0, True)
    told = harness("run", path.name, "--json")
    assert (told.returncode, json.loads(told.stdout)["counts"]["passed"]) == (0, 1)
    path.write_text(f"{SCENARIO}    returns: {{spec.tag: two}}\n", encoding="utf-8")
    red = harness("run", path.name)
    assert (red.returncode, "1 failed" in red.stdout) == (1, True)


def test_run_fails_when_nothing_ran() -> None:
    """A run that chose no scenario is not a success."""
    assert harness("run", "-k", "no such title").returncode not in (0, 1)


def test_prove_of_one_shipped_scenario_is_exact() -> None:
    """Prove without a path takes the shipped scenarios and prints the matrix."""
    result = harness("prove", "-k", "no_versions_yet", "--workers", "1")
    assert result.returncode == 0, result.stdout
    assert re.search(r"\d+ scenarios? x \d+ defects: exactly as claimed", result.stdout)


def test_prove_of_one_file_starts_no_workers() -> None:
    """They would prove nothing, and cost more than the proof does."""
    one = scenario_folder() / "history" / "no_versions_yet.scenario.yaml"
    proved = harness("prove", str(one), "--defect", "first-save-wins")
    assert "1 scenario x 1 defect:" in proved.stdout
    assert "bringing up nodes" not in proved.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere.yaml"], "no such file or folder: nowhere.yaml"),
        (["prove", "nowhere"], "no such file or folder: nowhere"),
        (["run", "."], "no scenario under .: the name of one ends in .scenario.yaml"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_wrong_path_is_a_usage_error(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path that is not there, or has no scenario, ends with exit code 2 and is named."""
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [("compare", "a.json", "b.json"), ("merge", "a.json"), ("conform", "--from=a.json")],
)
def test_a_report_that_is_not_there_is_told_in_words(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    """The error names the file, the reason and how a report is made, and no number of an error."""
    assert main(arguments) == USAGE_ERROR
    told = capsys.readouterr().err
    assert all(words in told for words in ("a.json", "no such file", "--report FILE.json"))
    assert "Errno" not in told


def test_a_path_is_told_from_where_the_user_stands(
    folder: Path,
) -> None:
    """A file of the current folder is named as its author would name it."""
    path = folder / "two.scenario.yaml"
    path.write_text(SCENARIO.replace("save_audit", "save_adit"), encoding="utf-8")
    assert harness("run", str(path)).stdout.count("\ntwo.scenario.yaml:4: ") == 1
    with pytest.raises(ScenarioError, match=r"^two\.scenario\.yaml:4: "):
        load(path)


def test_new_writes_a_file_that_runs_and_never_overwrites(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new file passes as it is; a second one of the same name is refused."""
    assert main(["new", "my-first"]) == 0
    assert harness("run", "my-first.scenario.yaml").returncode == 0
    text = (folder / "my-first.scenario.yaml").read_text(encoding="utf-8")
    assert main(["new", "my-first"]) == 2
    assert "exists; choose another name" in capsys.readouterr().err
    assert (folder / "my-first.scenario.yaml").read_text(encoding="utf-8") == text


def test_a_new_file_points_editors_to_a_schema_that_colleagues_have_too(folder: Path) -> None:
    """The schema lies beside the file, under a relative name, and can be renewed."""
    assert main(["new", "mine"]) == 0
    schema = folder / "scenario.schema.json"
    text = (folder / "mine.scenario.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert schema.read_bytes() == SCHEMA_PATH.read_bytes()
    schema.write_text("old", encoding="utf-8")
    assert main(["schema", "--write", "."]) == 0
    assert schema.read_bytes() == SCHEMA_PATH.read_bytes()


def test_the_short_suffix_is_read_too(folder: Path) -> None:
    """A file named *.scenario.yml is a scenario."""
    (folder / "short.scenario.yml").write_text(SCENARIO, encoding="utf-8")
    ran = harness("run", "--conditions", "none", ".")
    assert (ran.returncode, "1 passed" in ran.stdout) == (0, True)


@pytest.mark.parametrize("strict", [(), ("-o", "addopts=--strict-markers")])
def test_an_unknown_mark_is_told_at_its_line(folder: Path, strict: tuple[str, ...]) -> None:
    """The warning, or the error where marks are strict, names the scenario file and the line."""
    text = SCENARIO.replace("detects: []", "marks: [nosuch]")
    (folder / "marked.scenario.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", *strict]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "marked.scenario.yaml:2: " in ran.stdout
    assert "collection.py" not in ran.stdout
    assert ran.returncode == (2 if strict else 0)


def test_complete_fills_in_what_happened_and_does_not_call_it_a_success(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missing returns are written, each line is announced, and the exit code is 1."""
    path = folder / "two.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    assert main(["run", "--complete", str(path)]) == 1
    assert f"WROTE {path}:6: returns: " in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").startswith(SCENARIO)
    assert "spec.tag: one" in path.read_text(encoding="utf-8").splitlines()[-1]


def test_prove_completes_claims(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing is written in order, of the chosen defects alone; every other byte stays."""
    before = "# mine\r\nscenario: One  # so\r\ndetects: [x-1]  # why\r\nsteps: [{advance: 1s}]\r\n"
    path = folder / "one.scenario.yaml"
    assert claim_in(path, before, ["x-2"]) == before.replace("[x-1]", "[x-1, x-2]")
    block = "scenario: One\ndetects:\n    - b  # bb\n    # of d\n    - d\nsteps: [{advance: 1s}]\n"
    assert claim_in(path, block, ["a", "c", "e", "b"]) == block.replace(
        "    - b  # bb\n    # of d\n    - d\n",
        "    - a\n    - b  # bb\n    - c\n    # of d\n    - d\n    - e\n",
    )
    bare = "scenario: One\ndetects: []\nsteps: [{save_resource: {id: a, message: {}}}]\n"
    path.write_text(bare, encoding="utf-8")
    chosen = ["--defect", "empty-message-is-refused", "order-trusts-clock"]
    assert main(["prove", "--complete", str(path), *chosen]) == 1
    assert "detects empty-message-is-refused\n" in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    assert text == bare.replace(" []", "\n  - empty-message-is-refused")


def claim_in(path: Path, text: str, defects: list[str]) -> str:
    """Write a file and return its text with these claims added."""
    path.write_bytes(text.encode())
    return claim(path, defects)[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--target", "127.0.0.1:1", "--defect", "x"], "leave out defect, target"),
        (["--report", "x.html", "-k", "y"], "leave out k, report"),
        (["more.scenario.yaml"], "leave out paths"),
    ],
)
def test_complete_refuses_what_it_would_not_follow(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    """Who names a server would take the answers for that server's."""
    path = folder / "open.scenario.yaml"
    path.write_text("untouched", encoding="utf-8")
    assert main(["run", "--complete", str(path), *more]) == 2
    assert told in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "untouched"


def test_complete_leaves_a_file_with_cases_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one case answers need not be what another does."""
    path = folder / "cases.scenario.yaml"
    path.write_text(SCENARIO.replace("steps:", "cases: [{case: a}, {case: b}]\nsteps:"))
    before = path.read_text(encoding="utf-8")
    assert main(["run", "--complete", str(path)]) == 1
    assert "nothing written" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == before


def test_schema_prints_what_ships_and_makes_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The printed schema is the shipped one, and writing it changes nothing."""
    shipped = (SCHEMA_PATH.read_text(encoding="utf-8"), page_path().read_text(encoding="utf-8"))
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == shipped[0]
    assert main(["schema", "--write"]) == 0
    assert [line.partition(" ")[0] for line in capsys.readouterr().out.splitlines()] == [
        "wrote"
    ] * 2
    assert (SCHEMA_PATH.read_text("utf-8"), page_path().read_text("utf-8")) == shipped


def test_complete_takes_a_drawn_seed(folder: Path) -> None:
    """The seed is read, or drawn, alike for every command; another word is a usage error."""
    (folder / "open.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    run = ["run", "--complete", "open.scenario.yaml", "--seed"]
    assert main([*run, "random"]) == 1
    with pytest.raises(SystemExit) as stopped:
        main([*run, "soon"])
    assert stopped.value.code == USAGE_ERROR


def test_defects_lists_the_catalogue_as_a_table_and_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every defect has an id, a family, a harm and an origin, in both forms."""
    assert main(["defects", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {*rows[0]} == {"id", "family", "harm", "origin", "origin_explained"}
    explained = {row["id"]: row["origin_explained"] for row in rows}
    assert "a damaged artifact is served" in explained["artifact-is-not-verified"]
    assert main(["defects"]) == 0
    table = capsys.readouterr().out
    assert all(row["id"] in table for row in rows)
    assert max(map(len, table.splitlines())) <= 80


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A report of a bug names it."""
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert re.fullmatch(r"pytest-stigmer \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_nothing_is_stated_of_a_server_that_is_not_there(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """No promise is broken by a wrong address."""
    report = tmp_path / "statement.json"
    asked = ("--target", "127.0.0.1:1", "--deadline", "0.2", "--report", str(report))
    assert main(["conform", *asked]) == pytest.ExitCode.USAGE_ERROR
    assert "no server answers at 127.0.0.1:1" in capfd.readouterr().err
    assert not report.exists()


def test_a_number_of_workers_is_from_one_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a usage error that says so."""
    for words in (["--workers", "0"], ["--workers", "many"]):
        with pytest.raises(SystemExit) as stop:
            main(["prove", *words])
        assert stop.value.code == 2
        assert "number of processes" in capsys.readouterr().err


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The parser's own exit code for usage errors is kept."""
    with pytest.raises(SystemExit) as stop:
        main(["prov"])
    assert stop.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
