"""README and docs: their examples run, their tables are complete, their links lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pytest_stigmer.harness.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "scenarios/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if page.parent.name != "_generated"]
TEXTS = {page.relative_to(ROOT): page.read_text(encoding="utf-8") for page in PAGES}
FIXTURES = TEXTS[Path("docs/reference/fixtures.md")]
PLUGIN = ast.parse((ROOT / "src/pytest_stigmer/plugin.py").read_text(encoding="utf-8"))


def examples(language: str, start: str = "") -> list[str]:
    """Return the code blocks of a language in all pages, each text once."""
    pattern = re.compile(rf"```{language}\n({start}.*?)```", re.DOTALL)
    return list(dict.fromkeys(found for text in TEXTS.values() for found in pattern.findall(text)))


def test_the_python_examples_pass(pytester: pytest.Pytester) -> None:
    """Every Python example is a test that passes, but for those of a defect, which are loaded."""
    tests = [example for example in examples("python") if "HARM = " not in example]
    for number, example in enumerate(tests):
        pytester.path.joinpath(f"test_example_{number}.py").write_text(example, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error")
    assert result.ret == pytest.ExitCode.OK
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] >= sum(example.count("def test_") for example in tests) > 0


def test_the_yaml_examples_pass(pytester: pytest.Pytester) -> None:
    """Every scenario in a page runs green."""
    found = examples("yaml", "scenario:")
    assert found
    for number, example in enumerate(found):
        path = pytester.path / f"example_{number}.scenario.yaml"
        path.write_text(example, encoding="utf-8")
    assert pytester.runpytest_inprocess("-p", "no:randomly").ret == pytest.ExitCode.OK


def test_every_command_in_a_page_is_one() -> None:
    """What a console block types after stigmer-harness is a sub-command."""
    typed = {
        word
        for block in examples("console") + examples("sh")
        for word in re.findall(r"stigmer-harness (\w+)", block)
    }
    assert typed
    assert typed <= set(COMMANDS)


def test_every_fixture_is_in_the_table() -> None:
    """The table of fixtures names exactly the public fixtures of the plugin."""
    fixtures = {
        node.name
        for node in PLUGIN.body
        if isinstance(node, ast.FunctionDef)
        and any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
        and not node.name.startswith("_")
    }
    assert set(re.findall(r"^\| `(stigmer_\w+)` \|", FIXTURES, re.MULTILINE)) == fixtures
