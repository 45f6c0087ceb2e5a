"""The small changes from which defects are made."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_stigmer.store.queries import Queries

if TYPE_CHECKING:
    from pytest_stigmer.assembly import Recipe


def with_queries(recipe: Recipe, **texts: str) -> Recipe:
    """Return a recipe whose store asks these queries instead of the reference's."""
    return replace(recipe, store=partial(recipe.store, queries=replace(Queries(), **texts)))
