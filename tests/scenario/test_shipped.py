"""Every shipped scenario file is one of the language, and says so to editors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.factories.bad_artifacts import BAD_ARTIFACTS
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS
from pytest_stigmer.scenario.loader import load
from pytest_stigmer.scenario.saved_values import resolve
from pytest_stigmer.scenario.schema_file import SCHEMA_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = sorted(Path(__file__).parents[2].glob("scenarios/**/*.scenario.yaml"))
HEADER = "# yaml-language-server: $schema="


def test_no_two_shipped_scenarios_have_one_name() -> None:
    """The name of its file is a promise's name in the kit, whatever its folder."""
    names = [path.name for path in SHIPPED]
    assert sorted(names) == sorted(set(names))


def test_every_shipped_scenario_names_the_schema() -> None:
    """Its first line leads an editor in a checkout to the schema."""
    lines = {path: path.read_text(encoding="utf-8").splitlines()[0] for path in SHIPPED}
    wrong = [
        path.name
        for path, line in lines.items()
        if (path.parent / line.removeprefix(HEADER)).resolve() != SCHEMA_PATH.resolve()
    ]
    assert wrong == []


@pytest.mark.parametrize(("word", "kinds"), [("bad", BAD_ARTIFACTS), ("good", GOOD_ARTIFACTS)])
def test_every_kind_of_artifact_is_pushed_by_a_promise(
    word: str, kinds: Mapping[str, object]
) -> None:
    """What the factory makes is refused, or accepted, by every registry that is asked."""
    scenarios = [case for path in SHIPPED for case in load(path).expanded()]
    steps = [(it.case or {}, step) for it in scenarios for step in it.all_steps()]
    pushed = [
        resolve(step.arguments["artifact"], {"case": case})
        for case, step in steps
        if word in str(step.arguments.get("artifact"))
    ]
    assert set(kinds) - {artifact.get(word) for artifact in pushed} == set()
