"""What an exploration has found so far."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_stigmer.errors import ServerLost
from pytest_stigmer.explore.comparison import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stigmer.explore.comparison import Counterexample


class Journal:
    """Keeps the shortest counterexample, and that the server was lost, whatever the search says.

    A registry whose answers depend on chance makes Hypothesis give up; the finding stays.
    """

    def __init__(self) -> None:
        self.found: Counterexample | None = None
        self.lost: ServerLost | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note a mismatch or a loss that the block raises, and let it pass on."""
        try:
            yield
        except Mismatch as mismatch:
            if self.found is None or mismatch.found.length <= self.found.length:
                self.found = mismatch.found
            raise
        except ServerLost as lost:
            self.lost = lost
            raise
