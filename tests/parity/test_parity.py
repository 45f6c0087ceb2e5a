"""Every fact that the real project tests is held here by a scenario, or by a named test."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.shipped import known_scenarios

ROOT = Path(__file__).parents[2]
TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("go_tests.yaml").read_text(encoding="utf-8")
)
GO_TESTS = {name: row for rows in TABLE.values() for name, row in rows.items()}
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


@pytest.fixture(scope="module")
def held() -> set[str]:
    """Give every origin that a scenario names which turns red under some defect."""
    scenarios = [load(path) for path in known_scenarios()]
    return {origin for scenario in scenarios if scenario.detects for origin in scenario.origin}


def test_the_table_has_every_go_test() -> None:
    """As many rows as the real files have test functions, no name twice."""
    assert {Path(file).name: len(rows) for file, rows in TABLE.items()} == NUMBERS
    assert len(GO_TESTS) == sum(NUMBERS.values())


@pytest.mark.parametrize("name", GO_TESTS)
def test_every_go_test_is_held_once(name: str, held: set[str]) -> None:
    """A scenario names it in its origin, or the table names the one test that holds it."""
    row = GO_TESTS[name]
    if isinstance(row, str):
        assert name in held
        return
    file, _, function = row["held_by"].partition("::")
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert function in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
    assert name not in held, "a scenario says so already: leave held_by out"


def test_no_origin_names_a_test_that_the_real_project_does_not_have(held: set[str]) -> None:
    """Neither that of a scenario nor that of a defect."""
    told = {origin for origin in held if origin.startswith("Test")}
    for defect in catalogue().values():
        told.update(re.findall(r"(Test\w+) of b070f18", defect.origin))
    assert told - set(GO_TESTS) == set()
