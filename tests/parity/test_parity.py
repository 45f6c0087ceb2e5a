"""Every fact that the real project tests is held here by a named test or scenario."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.scenario.loader import load

ROOT = Path(__file__).parents[2]
TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("go_tests.yaml").read_text(encoding="utf-8")
)
GO_TESTS = {name: row for rows in TABLE.values() for name, row in rows.items()}
HELD_BY = sorted({place for row in GO_TESTS.values() for place in row["held_by"]})
NUMBERS = {
    "store_test.go": 26,
    "push_test.go": 23,
    "integration_test.go": 11,
    "skill_controller_test.go": 5,
    "get_artifact_test.go": 5,
    "artifact_storage_test.go": 11,
    "zip_extractor_test.go": 18,
    "slug_test.go": 1,
}
"""How many test functions each file has; of the table of slugs, the table."""


@functools.cache
def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the test functions of a file by name, methods as `Class::method`."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for owner in (node for node in module.body if isinstance(node, ast.ClassDef)):
        methods = (node for node in owner.body if isinstance(node, ast.FunctionDef))
        found |= {f"{owner.name}::{node.name}": node for node in methods}
    return found


def can_fail(function: ast.FunctionDef) -> bool:
    """Whether a test asserts something, or waits for an error, and is not marked away."""
    marks = " ".join(ast.unparse(mark) for mark in function.decorator_list)
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
    waits = "pytest.raises" in ast.unparse(function)
    return (asserts or waits) and not re.search(r"skip|xfail", marks)


def test_the_table_has_every_go_test() -> None:
    """As many rows as the real files have test functions, no name twice."""
    assert {Path(file).name: len(rows) for file, rows in TABLE.items()} == NUMBERS
    assert len(GO_TESTS) == sum(NUMBERS.values())


@pytest.mark.parametrize("name", GO_TESTS)
def test_every_go_test_has_a_fact_that_is_held(name: str) -> None:
    """At least one place holds it, and none is named twice."""
    row = GO_TESTS[name]
    assert row["fact"]
    assert row["held_by"]
    assert len(set(row["held_by"])) == len(row["held_by"])


@pytest.mark.parametrize("place", [place for place in HELD_BY if "::" in place])
def test_every_test_named_exists_and_can_fail(place: str) -> None:
    """The function is in its file, and it is neither empty nor skipped."""
    file, _, name = place.partition("::")
    assert can_fail(functions(ROOT / file)[name])


@pytest.mark.parametrize("place", [place for place in HELD_BY if "::" not in place])
def test_every_scenario_named_exists_and_proves_something(place: str) -> None:
    """The file loads, and defects turn it red."""
    assert load(ROOT / place).detects


def test_every_go_test_that_a_defect_stands_for_is_in_the_table() -> None:
    """An origin cannot name a test that the real project does not have."""
    named = {
        name
        for defect in catalogue().values()
        for name in re.findall(r"(Test\w+) of b070f18", defect.origin)
    }
    assert named
    assert named - set(GO_TESTS) == set()
