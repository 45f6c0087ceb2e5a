"""The slow lane: which defects the explorer finds alone, and how fast."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.defects.catalogue import catalogue, find
from pytest_stigmer.explore.search import SURFACES
from pytest_stigmer.scenario.runner import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.explore.counterexample import Counterexample
    from pytest_stigmer.explore.search import Search

pytestmark = [
    pytest.mark.soak,
    # Times are for reading, and the newer JUnit form, which has no place for them, says so.
    pytest.mark.filterwarnings("ignore:record_property is incompatible:pytest.PytestWarning"),
]

REACH = tomllib.loads(Path(__file__).with_name("reach.toml").read_text(encoding="utf-8"))
BEYOND = {defect: reason for reason, defects in REACH["beyond"].items() for defect in defects}
OF_STORE = set(REACH["families"]["store"])
"""The families whose defects show on the store's own verbs, which are searched first for them."""
SEED = 0
ROUNDS = 6
RED_THEN_GREEN = (Status.FAILED, Status.PASSED)


def first_found(
    search: Search, defect: str, *, rounds: int, certain: bool
) -> tuple[Counterexample | None, float]:
    """Search by turns through every surface; return what is found first, and after what seconds.

    With `certain` what does not repeat, as where random ids decide, is passed over.
    """
    begun = stopwatch()
    surfaces = SURFACES[::-1] if find(defect).family in OF_STORE else SURFACES
    for number in range(rounds):
        for surface in surfaces:
            found = search.round(surface, number)
            if found is not None and (not certain or found.is_certain):
                return found, stopwatch() - begun
    return None, stopwatch() - begun


@pytest.mark.parametrize("defect", [name for name in catalogue() if name not in BEYOND])
def test_explorer_finds_the_defect_alone(
    defect: str,
    searching: Callable[..., Search],
    judged: Callable[..., tuple[Status, ...]],
    record_property: Callable[[str, object], None],
    tell: Callable[[str], None],
) -> None:
    """Random search finds the defect within its rounds and writes a scenario that proves it."""
    search = searching(defect, seed=SEED)
    found, seconds = first_found(search, defect, rounds=ROUNDS, certain=True)
    assert found is not None, f"not found in {seconds:.0f} s"
    assert judged(found, defect) == RED_THEN_GREEN, found.scenario()
    record_property("seconds to find", seconds)
    tell(f"{seconds:8.2f} s to find {defect}")


@pytest.mark.parametrize("defect", BEYOND)
def test_defect_beyond_random_search_is_not_found(
    defect: str, searching: Callable[..., Search]
) -> None:
    """A defect that is listed with a reason is not found where most others are: at first."""
    found, _ = first_found(searching(defect, seed=SEED), defect, rounds=1, certain=False)
    assert found is None, f"found after all, take it off the list: {found and found.why}"


def test_what_is_beyond_reach_is_in_the_catalogue() -> None:
    """Nothing is listed that was renamed or left the catalogue."""
    assert [defect for defect in BEYOND if defect not in catalogue()] == []
