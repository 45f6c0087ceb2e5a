"""What the kit reaches of a defect is red in the kit: each catalogued defect, by its own claims."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.kit.declared_skills import SkillTarget
from pytest_stigmer.kit.declared_store import StoreTarget
from pytest_stigmer.kit.promises import promises_of
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.kit.store_contract import StoreContract
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.scenario.runner import Status, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.kit.promises import Promise
    from pytest_stigmer.registry.assembly import Parts


class _Store(StoreContract):
    """The reference's store, with all that it can be declared to have."""

    has_transactions = can_reopen = can_open_twice = can_move_clock = True

    def __init__(self, opened: Callable[[], Parts]) -> None:
        self.opened = opened

    def reopen(self, store: Any) -> Any:
        store.close()
        return self.beside(store)

    def beside(self, store: Any) -> Any:
        del store
        return self.opened().store

    def move_clock(self, store: Any, seconds: float) -> None:
        store.clock.advance(seconds=seconds)


class _Skills(SkillContract):
    """The reference's skill API, with all that it can be declared to have."""

    can_reopen = can_open_twice = can_move_clock = True

    def __init__(self, opened: Callable[[], Parts]) -> None:
        self.opened = opened
        self.parts = opened()

    def reopen(self, skills: Any) -> Any:
        self.parts.close()
        return self.beside(skills)

    def beside(self, skills: Any) -> Any:
        del skills
        return self.opened().client()

    def move_clock(self, skills: Any, seconds: float) -> None:
        del skills
        self.parts.clock.advance(seconds=seconds)


@cache
def reached() -> dict[str, list[Promise]]:
    """Return, by defect, the promises that claim it and that the kit can ask."""
    found: dict[str, list[Promise]] = {}
    for contract in (_Store, _Skills):
        declared = contract.__new__(contract)
        for promise in promises_of(contract.subject):
            if not declared.left_out(promise):
                for defect in promise.scenario.detects:
                    found.setdefault(defect, []).append(promise)
    return found


@pytest.mark.parametrize("defect", sorted(reached()))
def test_claim_within_reach_is_red_in_the_kit(defect: str, assembled: Callable[..., Parts]) -> None:
    """One of the promises that claim a defect is not kept by a registry that has it."""
    recipe = catalogue()[defect].apply(REFERENCE)
    for count, promise in enumerate(reached()[defect]):
        if _is_red(promise, lambda: assembled(recipe, f"{count}.db")):  # noqa: B023
            return
    pytest.fail(f"the kit keeps green under {defect}: {[one.id for one in reached()[defect]]}")


def _is_red(promise: Promise, opened: Callable[[], Parts]) -> bool:
    target: Any
    if "skills" in promise.scenario.needs:
        declared = _Skills(opened)
        target = SkillTarget(declared, declared.parts.client(), promise.id)
    else:
        target = StoreTarget(_Store(opened), opened().store)
    return run(promise.scenario, target, evidence=False).status is Status.FAILED
