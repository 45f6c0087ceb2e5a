"""The slow lane: which defects the explorer finds alone, and how fast."""

from __future__ import annotations

import json
import statistics
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.explore.search import SURFACES
from pytest_stigmer.scenario.runner import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.explore.comparison import Counterexample
    from pytest_stigmer.explore.search import Search

pytestmark = [
    pytest.mark.soak,
    # Times are for reading, and the newer JUnit form, which has no place for them, says so.
    pytest.mark.filterwarnings("ignore:record_property is incompatible:pytest.PytestWarning"),
]

REACH = tomllib.loads(Path(__file__).with_name("reach.toml").read_text(encoding="utf-8"))
BEYOND = REACH["explorer"]["beyond"]
SEEDS = 3
ROUNDS = 16
RED_THEN_GREEN = (Status.FAILED, Status.PASSED)


def first_found(search: Search, *, certain: bool) -> tuple[Counterexample | None, float]:
    """Search by turns through every surface; return what is found first, and after what seconds.

    With `certain` what does not repeat, as where random ids decide, is passed over.
    """
    begun = stopwatch()
    for number in range(ROUNDS):
        for surface in SURFACES:
            found = search.round(surface, number)
            if found is not None and (not certain or found.is_certain):
                return found, stopwatch() - begun
    return None, stopwatch() - begun


@pytest.mark.parametrize("defect", [name for name in catalogue() if name not in BEYOND])
def test_explorer_finds_the_defect_alone(
    defect: str,
    searching: Callable[..., Search],
    judged: Callable[[Counterexample, str], tuple[Status, ...]],
    record_property: Callable[[str, object], None],
    tell: Callable[[str], None],
) -> None:
    """Random search finds the defect with every seed and writes a scenario that proves it."""
    times = []
    for seed in range(SEEDS):
        found, seconds = first_found(searching(defect, seed), certain=True)
        assert found is not None, f"not found with seed {seed} in {seconds:.0f} s"
        assert judged(found, defect) == RED_THEN_GREEN, found.scenario()
        times.append(seconds)
    median = statistics.median(times)
    record_property("seconds to find", json.dumps(times))
    record_property("median seconds to find", median)
    tell(f"{median:8.2f} s to find {defect}")


@pytest.mark.parametrize("defect", BEYOND)
def test_defect_beyond_random_search_is_not_found(
    defect: str, searching: Callable[..., Search]
) -> None:
    """A defect that is listed with a reason is really out of the explorer's reach."""
    found, _ = first_found(searching(defect), certain=False)
    assert found is None, f"found after all, take it off the list: {found and found.why}"
