"""The sample holds changes of behaviour only."""

from __future__ import annotations

import pytest
from tests.mutation.meaning import is_another_program

HEALTHY = """
from __future__ import annotations
if TYPE_CHECKING:
    Size = int | None
class Entry:
    size: int | None = 1
def most(one: int | None, *, two: int | None = 2) -> int | None:
    return one + two
"""


@pytest.mark.parametrize("change", [("one + two", "one - two"), ("= 1", "= 2"), ("= 2", "= 3")])
def test_changed_instruction_makes_another_program(change: tuple[str, str]) -> None:
    """A value or an operator that runs counts."""
    assert is_another_program(HEALTHY, HEALTHY.replace(*change))


@pytest.mark.parametrize(
    "change", [("int | None", "int + None"), ("*, two", "/, two"), ("*, two", "+, two")]
)
def test_annotations_signatures_and_broken_syntax_make_none(change: tuple[str, str]) -> None:
    """What only a type checker minds does not count, nor what Python refuses to read."""
    assert not is_another_program(HEALTHY, HEALTHY.replace(*change))
