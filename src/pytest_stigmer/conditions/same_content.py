"""Somebody else has the same content."""

from __future__ import annotations

from typing import Any

from pytest_stigmer.conditions.condition import Condition
from pytest_stigmer.conditions.names import texts_of
from pytest_stigmer.scenario.target import Answer, Call
from pytest_stigmer.skills.controller import slug_of

_WHOLE = frozenset({"list_resources", "list_artifacts", "rows", "stat_artifact", "corrupt_row"})


class SameContent(Condition):
    """Pushes what the scenario pushes under another name first, and deletes that afterwards.

    It holds back where a scenario looks at all that is stored, or at what a refused push leaves.
    """

    name = "same-content"
    why = "Content that two skills share belongs to each of them, whoever comes and goes first."
    needs = frozenset({"skills"})

    def begin(self) -> None:
        """Look whether there is room beside the scenario."""
        steps = self.scenario.all_steps()
        self._twin: Any = None
        self._taken = texts_of(self.scenario)
        self._holds_back = any(
            step.verb in _WHOLE
            or step.verb.startswith("delete_resources")
            or (step.verb == "push" and step.fails is not None)
            for step in steps
        )

    def before(self, call: Call) -> None:
        """Push the same under another name."""
        if call.verb != "push" or self._holds_back or self._twin:
            return
        name = f"{call.arguments['name']} of somebody else"
        if slug_of(name) not in self._taken:
            answer = self.ask(Call("push", {**call.arguments, "name": name}))
            self._twin = None if answer.failure else answer.value

    def after(self, call: Call, answer: Answer) -> None:
        """Look whether the other skill is as it was pushed, and take it away after a push."""
        del answer
        if not self._twin:
            return
        found, key = self._twin["metadata"]["id"], self._twin["status"]["artifact_storage_key"]
        if self.own("get", id=found) != self._twin:
            raise self.surprise(f"{call.verb} has changed the skill of somebody else")
        artifact = self.own("get_artifact", key=key)
        if artifact["sha256"] != self._twin["status"]["version_hash"]:
            raise self.surprise(f"{call.verb} has changed the artifact of somebody else")
        if call.verb == "push":
            self.own("delete", id=found)
            self._twin = None
