"""README: its examples run and its tables are complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PLUGIN = ast.parse((ROOT / "src/pytest_stigmer/plugin.py").read_text(encoding="utf-8"))
OPTIONS = (ROOT / "src/pytest_stigmer/harness/options.py").read_text(encoding="utf-8")


def test_the_python_examples_pass(pytester: pytest.Pytester) -> None:
    """Every Python example of the README is a test that passes."""
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert examples
    for number, example in enumerate(examples):
        pytester.path.joinpath(f"test_example_{number}.py").write_text(example, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    assert result.ret == pytest.ExitCode.OK
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] >= sum(example.count("def test_") for example in examples)


def test_the_yaml_examples_pass(pytester: pytest.Pytester) -> None:
    """Every scenario in the README, and in that of the scenarios, runs green."""
    texts = README + (ROOT / "scenarios/README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(scenario:.*?)```", texts, re.DOTALL)
    assert examples
    for number, example in enumerate(examples):
        path = pytester.path / f"example_{number}.scenario.yaml"
        path.write_text(example, encoding="utf-8")
    assert pytester.runpytest_inprocess("-p", "no:randomly").ret == pytest.ExitCode.OK


def test_every_fixture_is_in_the_table() -> None:
    """The table of fixtures names exactly the public fixtures of the plugin."""
    fixtures = {
        node.name
        for node in PLUGIN.body
        if isinstance(node, ast.FunctionDef)
        and any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
        and not node.name.startswith("_")
    }
    assert set(re.findall(r"^\| `(stigmer_\w+)` \|", README, re.MULTILINE)) == fixtures


def test_every_option_is_in_the_table() -> None:
    """The table of options names exactly the options of the plugin."""
    declared = set(re.findall(r'"(--stigmer-[a-z-]+)",$', OPTIONS, re.MULTILINE))
    assert set(re.findall(r"^\| `(--stigmer-[a-z-]+)", README, re.MULTILINE)) == declared
