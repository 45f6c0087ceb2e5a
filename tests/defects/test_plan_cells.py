"""Which query plans show an ordering defect and which hide it, for each release of SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.harness.run_session import HarnessSession


@pytest.fixture
def plans(names: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Give the names of plan_report.py."""
    return names("plan_report.py")


def test_each_plan_cell_shows_or_masks_as_recorded(
    plans: dict[str, Any], session: HarnessSession
) -> None:
    """A planner that changes its mind, or a cell that lost its point, is noticed."""
    snapshot = plans["SNAPSHOT"]
    if not snapshot.exists():
        pytest.skip(f"no {snapshot.name} yet: run python tests/defects/plan_report.py and read it")
    assert plans["report"](session) == snapshot.read_text(encoding="utf-8")


def test_an_index_can_hide_a_missing_tiebreak(
    plans: dict[str, Any], session: HarnessSession
) -> None:
    """The matrix earns its price: with an ascending index the defect stays out of sight."""
    report = plans["report"](session)
    assert "  tag-order-without-tiebreak: masked only in ascending" in report.splitlines()
