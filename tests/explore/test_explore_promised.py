"""What the explorer asks is asked by a promise too: no answer rests on the models alone."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.conditions.choice import CONDITIONS, rewritten, under
from pytest_stigmer.explore.model_target import ModelTarget
from pytest_stigmer.explore.search import SURFACES, Search
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.verbs import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_stigmer.api.generation import Generation

    Asked = set[tuple[str, str, str]]

SCOPES = SCHEMA["$defs"]["scope"]["else"]["then"]["enum"]
OF_A_FILE = {"busy", "migrated", "two-processes", "long-past-1001", "long-past-32767"}
PROMISES = sorted(Path(__file__).parents[2].joinpath("scenarios").rglob("*.scenario.yaml"))


class Noting(ModelTarget):
    """The models, which note what they are asked: verb, argument and its sort."""

    def __init__(self, api: Generation, asked: Asked) -> None:
        super().__init__(Factory(0, "asked", api), api)
        self.asked = asked

    def perform(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        """Answer as the models do."""
        self.asked.add((verb, "", ""))
        for name, value in arguments.items():
            parts = [path.partition(".")[0] for path in value] if name == "message" else None
            sorts = parts or [self.sort(name, value)]
            self.asked.update((verb, name, sort) for sort in sorts)
        return super().perform(verb, arguments)

    def sort(self, name: str, value: Any) -> str:
        """Return what sort of argument a value is, enums by their number."""
        match name, value:
            case "scope", str():
                return str(SCOPES.index(value))
            case "kind", _:
                return value if value == "skill" else f"another {type(value).__name__}"
            case _, str() if re.fullmatch("[0-9a-fA-F]{64}", value):
                return "hash" if value == value.lower() else "hash in capitals"
            case _, str() | list():
                return type(value).__name__ if value else "empty"
            case _, dict():
                return ", ".join(sorted(value))
        return str(value)


@pytest.fixture(scope="module")
def promised() -> Asked:
    """Give what the promises ask."""
    from pytest_stigmer.api.generation import load

    asked: Asked = set()
    for path in PROMISES:
        for promise in load_scenario(path).expanded():
            assert run(promise, Noting(load("bundled"), asked)).status is Status.PASSED, (
                promise.label
            )
    return asked


FEW = [path for path in PROMISES if "tag_moved_within" in path.name]


@pytest.mark.parametrize("cell", CONDITIONS)
@pytest.mark.parametrize(
    "paths", [FEW, pytest.param(PROMISES, marks=pytest.mark.soak)], ids=["few", "all"]
)
def test_the_models_keep_promises_under_every_condition(
    paths: list[Path], cell: str, api: Generation
) -> None:
    """What the explorer takes for right is right under conditions too, those that need no file."""
    statuses = set()
    for path in paths:
        for case in load_scenario(path).expanded():
            target = ModelTarget(Factory(0, case.label, api), api)
            promise = rewritten(case, cell, seed=0)
            with under(cell, target, promise) as placed:
                outcome = run(promise, placed)
            assert outcome.status in (Status.PASSED, Status.SKIPPED), f"{case.label}: {outcome}"
            statuses.add(outcome.status)
    assert Status.PASSED in statuses or cell in OF_A_FILE


@pytest.mark.parametrize("surface", SURFACES)
def test_what_is_explored_is_promised(surface: str, promised: Asked, api: Generation) -> None:
    """Each verb, and each sort of each argument, that random histories send occurs in a promise."""
    asked: Asked = set()

    @contextmanager
    def open_target() -> Iterator[Noting]:
        yield Noting(api, asked)

    assert Search(open_target, api).round(surface, histories=60) is None
    assert len(asked) > 20
    missing = sorted(asked - promised)
    assert not missing, "\n".join(map(str, missing))
