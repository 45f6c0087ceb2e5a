"""What a class that holds a skill API to the contract declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from pytest_stigmer.errors import UsageError
from pytest_stigmer.kit.capabilities import Capabilities
from pytest_stigmer.kit.promises import Promise, without_texts
from pytest_stigmer.scenario.model import Step
from pytest_stigmer.skills.endpoint import SkillApi


class SkillDeclarations(Capabilities):
    """Attributes and methods that a subclass may set or override; `skills` it must define.

    Every test uses organisations and names of its own, so they may run on a server with data.
    """

    has_organisations: ClassVar[bool] = True
    """Whether one slug in two organisations is two skills."""
    has_reference_texts: ClassVar[bool] = True
    """Whether errors say what the real server's say; if not, promises ask for the status and for
    names that must be told, such as that of a field, and not for sentences."""

    is_disposable: ClassVar[bool] = False
    """Whether nothing is lost when the registry is damaged; if not, what could damage a server that
    others use is asked only with `--stigmer-harmful`."""

    subject: ClassVar[str] = "skills"

    @pytest.fixture
    def skills(self) -> SkillApi:
        """Give the skill API of a registry."""
        raise UsageError.no_fixture(type(self).__name__, "skills")

    @property
    def api(self) -> Any:
        """The message classes, as attributes; override to use other stubs of generation 2026-01."""
        from pytest_stigmer.api.generation import load

        return load()

    def lacks(self, promise: Promise) -> str:
        """Leave out, besides what the base does, what a registry of one tenant does not promise."""
        steps = promise.scenario.all_steps()
        if not self.has_organisations and any(map(_names_organisations, steps)):
            return f"{type(self).__name__} declares has_organisations = False"
        if not self.can_move_clock and any(map(_names_times, steps)):
            return f"{type(self).__name__} declares can_move_clock = False"
        if any(step.verb == "close" for step in steps):
            return "a skill API has no close"
        return super().lacks(promise)

    def asked(self, promise: Promise) -> Promise:
        """Return a promise without the texts of errors where they are the registry's own."""
        if self.has_reference_texts:
            return promise
        return replace(promise, scenario=without_texts(promise.scenario))


def _names_organisations(step: Step) -> bool:
    arguments = step.arguments
    return bool(arguments.get("org") or arguments.get("scope")) or any(
        path in ("metadata.org", "metadata.owner_scope") for path in _paths(step.returns)
    )


def _names_times(step: Step) -> bool:
    return any(path.endswith("_at") for path in _paths(step.returns))


def _paths(value: Any) -> Iterator[str]:
    """Yield the keys of what is expected, at any depth, and the paths into saved answers."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _paths(item)
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item)
    elif isinstance(value, str) and value.startswith("${"):
        yield value.strip("${}").partition(".")[2]
