"""What an exploration has found so far."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.contract.comparison import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.contract.comparison import Counterexample


class Journal:
    """Keeps the shortest counterexample, also when the search itself loses it again.

    A registry whose answers depend on chance makes Hypothesis give up; the finding stays.
    """

    def __init__(self) -> None:
        self.found: Counterexample | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note a mismatch that the block raises, and let it pass on."""
        try:
            yield
        except Mismatch as mismatch:
            if self.found is None or mismatch.found.length <= self.found.length:
                self.found = mismatch.found
            raise
