"""Each defect of the catalogue breaks a fact of the kit, or is listed with the reason why not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.registry.assembly import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Broken

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.registry.registry import Registry

    Kit = dict[str, Callable[[Registry], None]]
    Verdict = Callable[[str, Recipe], Broken | None]

REACH = tomllib.loads(Path(__file__).with_name("reach.toml").read_text(encoding="utf-8"))
WITNESSES, BEYOND = REACH["kit"]["witness"], REACH["kit"]["beyond"]


def test_facts_hold_for_the_reference(kit: Kit, verdict: Verdict) -> None:
    """Every fact that is named as a witness holds without a defect."""
    broken = {fact: verdict(fact, REFERENCE) for fact in set(WITNESSES.values())}
    assert {fact for fact, why in broken.items() if why} == set(), broken
    assert len(kit) > 200


@pytest.mark.parametrize("defect", [name for name in catalogue() if name not in BEYOND])
def test_kit_names_the_defect(defect: str, kit: Kit, verdict: Verdict) -> None:
    """A registry with the defect breaks the fact that is its witness, or any, in words."""
    recipe = catalogue()[defect].apply(REFERENCE)
    facts = [WITNESSES[defect]] if defect in WITNESSES else list(kit)
    broken = {fact: why for fact in facts if (why := verdict(fact, recipe))}
    assert any(why.in_words for why in broken.values()), (
        f"no fact says what is wrong under {defect}: {broken}; name another witness in reach.toml, "
        "or list the defect there with the reason"
    )


@pytest.mark.parametrize(
    "defect", ["tag-lookup-ignores-the-skill", "hash-lookup-ignores-the-skill"]
)
def test_kit_names_the_defect_without_organisations(
    defect: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry of one tenant that mixes the versions of its skills breaks the witness too."""
    monkeypatch.setattr(SkillContract, "has_organisations", False)
    told = verdict(WITNESSES[defect], catalogue()[defect].apply(REFERENCE))
    assert told is not None, f"{WITNESSES[defect]} is skipped, or holds under {defect}"
    assert told.in_words, told.why


def test_listed_defects_exist() -> None:
    """The lists name defects of the catalogue only, and none of them twice."""
    assert set(WITNESSES) <= set(catalogue())
    assert set(BEYOND) <= set(catalogue())
    assert not set(WITNESSES) & set(BEYOND)


@pytest.mark.soak
@pytest.mark.parametrize("defect", BEYOND)
def test_defect_beyond_the_verbs_breaks_no_fact(defect: str, kit: Kit, verdict: Verdict) -> None:
    """A defect that is listed with a reason is really out of the kit's reach."""
    recipe = catalogue()[defect].apply(REFERENCE)
    assert {fact: why for fact in kit if (why := verdict(fact, recipe))} == {}
