"""The explorer finds nothing in the reference and the shortest way to a defect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.contract import explore
from pytest_stigmer.contract.shrink import replayed
from pytest_stigmer.scenario.runner import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.contract.comparison import Counterexample
    from pytest_stigmer.contract.explore import Search

    Searching = Callable[..., Search]
    Judged = Callable[[Counterexample, str], tuple[Status, ...]]

PUSHED = [{"push": {"name": "Calc", "skill_md": "# one"}, "as": "one"}]


@pytest.mark.parametrize("surface", explore.SURFACES)
def test_reference_answers_random_histories_as_the_model(
    searching: Searching, surface: str
) -> None:
    """No random history is answered otherwise by the reference than by the model."""
    found = searching().round(surface, histories=12)
    assert found is None, found


@pytest.mark.parametrize(
    ("surface", "defect"),
    [("store", "order-trusts-clock"), ("skills", "tag-order-without-tiebreak")],
)
def test_counterexample_is_a_scenario_that_fails_until_the_defect_is_gone(
    searching: Searching, judged: Judged, surface: str, defect: str
) -> None:
    """What is found is written as a short scenario: red on the defect, green on the reference."""
    found = searching(defect).round(surface, histories=200)
    assert found is not None
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)
    assert found.length < 8


def test_fault_that_cannot_be_brought_about_proves_nothing(searching: Searching) -> None:
    """A history whose fault stands in the way of the next one is no counterexample."""
    damage = {"table": "resources", "id": "${one.metadata.id}"}
    steps = [*PUSHED, {"lock": {}}, {"corrupt_row": damage}]
    assert replayed(steps, searching().fresh) is None


def test_message_that_is_missing_is_told_by_its_fields(
    searching: Searching, judged: Judged
) -> None:
    """Where a whole message is missing, the scenario names what should be set in it."""
    defect = "saving-changes-the-newest-snapshot"
    fields = ("metadata.id", "metadata.slug", "spec.skill_md")
    message = {field: f"${{one.{field}}}" for field in fields}
    steps = [
        *PUSHED,
        {"push": {"name": "Calc", "skill_md": "# two"}, "as": "two"},
        {"save_resource": {"id": "${one.metadata.id}", "message": message}},
        {"get_by_reference": {"slug": "calc", "version": "${two.status.version_hash}"}},
    ]
    found = replayed(steps, searching(defect).fresh)
    assert found is not None
    assert "status.version_hash: " in found.scenario()
    assert judged(found, defect) == (Status.FAILED, Status.PASSED)
