"""What the kit reaches of a defect is red in the kit: each catalogued defect, by its own claims."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.kit.on_a_file import SkillsOnAFile, StoreOnAFile

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.kit.declared_skills import SkillTarget
from pytest_stigmer.kit.declared_store import StoreTarget
from pytest_stigmer.kit.promises import promises_of
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.runner import Status, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.registry.registry import Registry


OUT_OF_REACH = {
    *("ids-tell-no-time", "message-limit-is-off-by-one"),
    *("names-are-reserved", "words-for-nothing-are-no-organisation"),
    *("answers-are-lent", "messages-are-borrowed"),
    *("skill-is-looked-up-before-the-lock", "version-is-archived-after-the-commit"),
}
"""What shows at one instant, one size, one name, in one object or in one order of calls alone: the
kit cannot tell a subject the instant at which it starts, makes names unique, so that its messages
are longer, reads what a message says without emptying it, and lets chance order its callers."""


@cache
def reached() -> dict[str, list[Promise]]:
    """Return, by defect, the promises that claim it and that the kit can ask for certain.

    Calls at once meet in a subject by chance: the kit cannot stop one call to let another in, nor
    send a caller away in the middle of one.
    """
    found: dict[str, list[Promise]] = {}
    for contract in (StoreOnAFile, SkillsOnAFile):
        declared = contract()
        for promise in promises_of(contract.subject):
            by_chance = any(
                step.verb == "together" or step.cut_short for step in promise.scenario.all_steps()
            )
            if not by_chance and not declared.left_out(promise):
                for defect in promise.scenario.detects:
                    found.setdefault(defect, []).append(promise)
    return found


@pytest.mark.parametrize("defect", sorted(reached().keys() - OUT_OF_REACH))
def test_claim_within_reach_is_red_in_the_kit(
    defect: str, assembled: Callable[..., Registry]
) -> None:
    """One of the promises that claim a defect is not kept by a registry that has it."""
    recipe = catalogue()[defect].apply(REFERENCE)
    for count, promise in enumerate(reached()[defect]):
        if _is_red(promise, lambda: assembled(recipe, f"{count}.db")):  # noqa: B023
            return
    pytest.fail(f"the kit keeps green under {defect}: {[one.id for one in reached()[defect]]}")


def _is_red(promise: Promise, opened: Callable[[], Registry]) -> bool:
    target: Any
    if "skills" in promise.scenario.needs:
        skills = SkillsOnAFile()
        target = SkillTarget(skills, skills.opened(opened), promise.id)
    else:
        store = StoreOnAFile()
        store.assembled = opened
        target = StoreTarget(store, opened().store)
    target.is_ours = True  # a claim is about what the reference does, in disputed points too
    return run(promise.scenario, target, stop_at_first=True).status is Status.FAILED
