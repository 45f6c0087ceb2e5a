"""A scenario with other values in its steps: the same story, told of something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pytest_stigmer.scenario.model import Scenario, Step

Rewrite = Callable[[str, str], str]
"""Gets the key under which a text stands, '' within a list, and the text; returns the new text."""


def rewritten_steps(scenario: Scenario, rewrite: Rewrite) -> Scenario:
    """Return a scenario whose texts are others: in steps, in what they expect, and in cases."""
    return replace(
        scenario,
        steps=tuple(_step(step, rewrite) for step in scenario.steps),
        cases=tuple(_value("", case, rewrite) for case in scenario.cases),
        case=_value("", scenario.case, rewrite),
    )


def _step(step: Step, rewrite: Rewrite) -> Step:
    fails = step.fails
    return replace(
        step,
        arguments=_value("", step.arguments, rewrite),
        returns=_value("", step.returns, rewrite),
        fails=fails and replace(fails, message=_value("message", fails.message, rewrite)),
        steps=tuple(_step(inner, rewrite) for inner in step.steps),
    )


def _value(key: str, value: Any, rewrite: Rewrite) -> Any:
    if isinstance(value, str):
        return rewrite(key, value)
    if isinstance(value, dict):
        return {name: _value(name, item, rewrite) for name, item in value.items()}
    return [_value("", item, rewrite) for item in value] if isinstance(value, list) else value


def texts_with_keys(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the texts that a rewriting would see, each with its key."""
    found: list[tuple[str, str]] = []

    def note(key: str, text: str) -> str:
        found.append((key, text))
        return text

    rewritten_steps(scenario, note)
    yield from found
