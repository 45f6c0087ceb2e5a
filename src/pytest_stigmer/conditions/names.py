"""The names that a scenario uses, as far as its file tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pytest_stigmer.scenario.model import Scenario, Step
from pytest_stigmer.scenario.saved_values import NoSuchValue, is_generated, resolve
from pytest_stigmer.skills.controller import slug_of
from pytest_stigmer.store.translation import kind_text


def calls_of(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield verb and arguments of each step whose arguments do not rest on earlier answers."""
    for step in scenario.all_steps():
        for turn in _turns(step, scenario):
            with suppress(KeyError, NoSuchValue):
                yield step.verb, resolve(step.arguments, turn)


def texts_of(scenario: Scenario) -> set[str]:
    """Return every text that a step's arguments hold, and the slugs of names among them."""
    texts: set[str] = set()
    for step in scenario.all_steps():
        for text in _texts(step.arguments):
            for turn in _turns(step, scenario):
                with suppress(KeyError, NoSuchValue):
                    # A value of a case can be a map.
                    texts.update(one for one in _texts(resolve(text, turn)) if isinstance(one, str))
    return texts | {slug_of(text) for text in texts}


def _turns(step: Step, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Yield what a step's values are filled in from at each of its turns."""
    number = 1
    with suppress(KeyError, NoSuchValue):
        number = int(resolve(step.repeat, {"case": scenario.case}))
    for turn in range(1, number + 1):
        yield {"case": scenario.case, "n": turn}


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, str) or is_generated(value):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


@dataclass
class Known:
    """A record that a scenario speaks of, and the names that its versions have."""

    tags: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def learn(self, given: Mapping[str, Any]) -> None:
        """Learn the names that a call gives to a version, or asks for."""
        for names, word in ((self.tags, "tag"), (self.hashes, "version_hash")):
            if word in given and given[word] not in names:
                names.append(given[word])


def record_of(given: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return kind and id of the record that a store verb is about."""
    row_id = given.get("resource_id", given.get("id"))
    if row_id is None:
        return None
    return kind_text(given.get("kind", "skill")), row_id
