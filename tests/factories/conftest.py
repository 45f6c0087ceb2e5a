"""The factories of one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.factories.factory import Factory

if TYPE_CHECKING:
    from pytest_stigmer.api.generation import Generation


@pytest.fixture
def generation(api: Generation) -> Generation:
    """Give the shipped message classes."""
    return api


@pytest.fixture
def factory(generation: Generation) -> Factory:
    """Give the factories of one test."""
    return Factory(7, "test", generation)
