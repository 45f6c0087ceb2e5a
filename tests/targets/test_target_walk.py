"""How far a reader walks to follow a push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.bench_walk import LIMIT, third_push

if TYPE_CHECKING:
    from pytest_stigmer.targets.flow import Flow


def test_a_warm_push_crosses_few_files(stigmer_flow: Flow) -> None:
    """Whoever wants to know what a push does opens no more files than this."""
    crossed = third_push(stigmer_flow).crossed
    assert len(crossed) <= LIMIT, crossed
