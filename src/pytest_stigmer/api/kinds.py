"""Names and numbers of the kinds of resources, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kinds:
    """The enum ApiResourceKind as text and number; the text is what the `kind` column holds.

    A number without a name is its decimal digits.
    Source: stigmer b070f18, backend/libs/go/store/sqlite/store.go.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        self._names = {number: name for name, number in numbers.items()}

    def name(self, number: int) -> str:
        """Return the name of a number, or its decimal digits."""
        return self._names.get(number, str(number))

    def number(self, name: str) -> int:
        """Return the number of a name or of decimal digits; raise UsageError for any other text."""
        if name in self.numbers:
            return self.numbers[name]
        try:
            return int(name)
        except ValueError:
            raise UsageError.unknown("kind", name, self.numbers) from None
