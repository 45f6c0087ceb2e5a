"""What a stranger wrote reaches no terminal, log or page as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.cli import main
from pytest_stigmer.errors import StatusError, visible
from pytest_stigmer.harness.scratch import without_scratch
from pytest_stigmer.service.serve import _log
from pytest_stigmer.service.served import Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.factories.factory import Factory
    from pytest_stigmer.store.sqlite import SqliteStore

HOSTILE = "\x1b]0;owned\x07\x1b[31m\r\n::error::owned\n##[error]owned \u202etxt.exe\x9b1m\x7f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::error::owned|##\[", re.MULTILINE)
YAML = HOSTILE.encode("unicode_escape").decode().replace("'", "")

SCENARIO = f"""\
scenario: "Title {YAML}"
cases:
  - {{case: "case {YAML}"}}
steps:
  - save_audit: {{resource_id: "id", tag: "tag {YAML}", message: {{spec.skill_md: "{YAML}"}}}}
  - get_audit_by_tag: {{resource_id: "id", tag: "tag {YAML}"}}
    returns: {{spec.skill_md: "another"}}
"""
PLAIN = """\
from pytest_stigmer import StatusError

def test_plain():
    raise StatusError("NOT_FOUND", {hostile!r})
"""


def raw(text: str) -> list[str]:
    """Return what of a text a terminal or a CI log would obey, but for pytest's colours."""
    return [*OBEYED.findall(text), *COMMAND.findall(text)]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run red and skipped tests full of hostile texts, with every way out open."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "summary.out"))
    pytester.path.joinpath("x.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    pytester.path.joinpath("bad.scenario.yaml").write_text(
        f'scenario: bad\nsteps:\n  - "{YAML}": 1\n', encoding="utf-8"
    )
    pytester.path.joinpath("test_plain.py").write_text(
        PLAIN.format(hostile=HOSTILE).replace("#", "\\x23"), encoding="utf-8"
    )
    words = ["-v", "-rA", "-p", "no:randomly", "--continue-on-collection-errors", "--color=no"]
    reports = [f"--stigmer-report=report.{kind}" for kind in ("html", "md", "json")]
    command = [sys.executable, "-m", "pytest", *words, *reports, "--junitxml=junit.xml"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=pytester.path)
    pytester.path.joinpath("terminal.out").write_bytes(done.stdout + done.stderr)
    return pytester.path


def test_no_output_of_a_run_carries_it_raw(run: Path) -> None:
    """Terminal, annotations, job summary, page, markdown, JSON and JUnit show it made visible."""
    outputs = sorted(path for path in run.iterdir() if path.suffix not in (".py", ".yaml"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in outputs if path.is_file()}
    assert set(texts) >= {
        *("junit.xml", "report.html", "report.json", "report.md", "summary.out", "terminal.out"),
    }
    assert {name: raw(text) for name, text in texts.items()} == {name: [] for name in texts}
    assert all("owned" in text for text in texts.values())


def test_commands_print_nothing_raw(
    stigmer_store: SqliteStore, stigmer_factory: Factory, capsys: pytest.CaptureFixture[str]
) -> None:
    """`inspect` and `check` show what lies in a file; errors name what was typed."""
    for _ in range(2):
        stigmer_store.save_audit(
            "skill", f"id {HOSTILE}", stigmer_factory.skill(), tag=f"tag {HOSTILE}"
        )
    for words in (
        ["inspect", str(stigmer_store.path)],
        ["inspect", "--json", str(stigmer_store.path)],
        ["show", HOSTILE],
    ):
        main(words)
    printed = capsys.readouterr()
    assert "owned" in printed.out
    assert raw(printed.out + printed.err) == []


def test_the_log_of_serve_is_a_line_per_call(
    capsys: pytest.CaptureFixture[str], stigmer_clock: object
) -> None:
    """A refusal that repeats a hostile name is logged on one line, made visible."""
    now = stigmer_clock.now()  # type: ignore[attr-defined]
    _log(Call("push", "INVALID_ARGUMENT", HOSTILE, now, 1, 1, 1.0))
    logged = capsys.readouterr().err
    assert logged.count("\n") == 1
    assert raw(logged) == []


def test_details_stay_as_they_came() -> None:
    """A program reads the text of a status as the server sent it; people see what is in it."""
    error = StatusError("NOT_FOUND", HOSTILE)
    assert error.details == HOSTILE
    assert raw(str(error)) == []


@pytest.mark.parametrize(
    "text", ["plain", "naïve 日本語 emoji 🎉", "a\nb\tc", "12:30 :: x", "# one"]
)
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    """Letters of any language, line ends and tabs are nobody's command."""
    assert visible(text) == text


@pytest.mark.parametrize("shown", [visible, without_scratch])
@pytest.mark.parametrize("text", ["\n", " ", "a", "/", "pytest-stigmer-"])
def test_a_long_text_is_read_once(shown: Callable[[str], str], text: str) -> None:
    """Time grows as the length does: with its square, a megabyte would keep a run for hours."""
    long = text * 500_000
    assert shown(long) == long
