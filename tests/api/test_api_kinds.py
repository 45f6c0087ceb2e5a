"""Names and numbers of kinds."""

from __future__ import annotations

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.store.translation import KIND_NAMES, kind_text


def test_store_and_api_name_the_same_kinds() -> None:
    """The store's own table, which spares it the message classes, is the enum of 19 kinds."""
    assert {name: number for number, name in KIND_NAMES.items()} == dict(
        load("bundled").ApiResourceKind.items()
    )
    assert len(KIND_NAMES) == 19


@pytest.mark.parametrize(
    ("number", "text"),
    [(43, "skill"), (0, "api_resource_kind_unknown"), (999, "999"), (-5, "-5"), (2, "2")],
)
def test_number_without_a_name_is_its_digits(number: int, text: str) -> None:
    """The `kind` column holds decimal digits for a number that no kind has."""
    assert kind_text(number) == text
