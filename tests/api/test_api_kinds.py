"""Names and numbers of kinds."""

from __future__ import annotations

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import UsageError
from pytest_stigmer.store.kinds import KIND_NAMES

kinds = load("bundled").kinds


def test_every_kind_has_its_name_and_number() -> None:
    """Name and number lead to each other for all 19 kinds."""
    assert len(kinds.numbers) == 19
    assert {kinds.name(number): number for number in kinds.numbers.values()} == kinds.numbers
    assert all(kinds.number(name) == number for name, number in kinds.numbers.items())


@pytest.mark.parametrize(("number", "text"), [(999, "999"), (-5, "-5"), (2, "2")])
def test_number_without_a_name_is_its_digits(number: int, text: str) -> None:
    """The `kind` column holds decimal digits for a number that no kind has."""
    assert kinds.name(number) == text
    assert kinds.number(text) == number


def test_zero_is_the_unknown_kind() -> None:
    """Number 0 has a name like any other."""
    assert kinds.name(0) == "api_resource_kind_unknown"


def test_unknown_name_is_refused() -> None:
    """A text that is neither a name nor digits is refused with the nearest name."""
    with pytest.raises(UsageError, match="unknown kind 'skil'; did you mean 'skill'"):
        kinds.number("skil")


def test_store_and_api_name_the_same_kinds() -> None:
    """The store's own table, which spares it the message classes, is the enum."""
    assert {name: number for number, name in KIND_NAMES.items()} == kinds.numbers
