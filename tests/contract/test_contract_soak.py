"""The slow lane: what the explorer finds alone and how fast, long hammering, processes that die."""

from __future__ import annotations

import json
import statistics
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.contract.explore import SURFACES
from pytest_stigmer.defects.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.contract.explore import Search

pytestmark = pytest.mark.soak

REACH = tomllib.loads(Path(__file__).with_name("reach.toml").read_text(encoding="utf-8"))
BEYOND = REACH["explorer"]["beyond"]
SEEDS = 3
ROUNDS = 4


def seconds_to_find(search: Search) -> float | None:
    """Return how long the explorer searches until it has a counterexample, or None."""
    begun = stopwatch()
    for number in range(ROUNDS):
        for surface in SURFACES:
            if search.round(surface, number) is not None:
                return stopwatch() - begun
    return None


@pytest.mark.parametrize("defect", catalogue())
def test_explorer_finds_the_defect_alone(
    defect: str, searching: Callable[..., Search], record_property: Callable[[str, object], None]
) -> None:
    """Random search finds the defect with every seed, unless it is listed with the reason."""
    found = [seconds_to_find(searching(defect, seed)) for seed in range(SEEDS)]
    record_property("seconds to find", json.dumps(found))
    if defect in BEYOND:
        assert found == [None] * SEEDS, f"it is found after all, in {found} s: take it off the list"
        return
    times = [seconds for seconds in found if seconds is not None]
    assert len(times) == SEEDS, f"found in {len(times)} of {SEEDS} searches only"
    record_property("median seconds to find", statistics.median(times))
