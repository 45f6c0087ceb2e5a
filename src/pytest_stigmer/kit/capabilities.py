"""What the classes that hold a store or a skill API to the contract have in common."""

from __future__ import annotations

from typing import ClassVar

import pytest

CLOCK_STEPS = {
    "one millisecond": 0.001,
    "over the second": 0.95,
    "one hour back": -3600,
    "one second back": -1,
}
"""How a clock may move between two writes, in seconds."""


class Capabilities:
    """Capabilities are class attributes: each is declared, and none is found out by trying."""

    patience: ClassVar[float] = 60.0
    """After how many seconds threads that use one subject at once are taken to wait for ever."""

    def needs(self, capability: str) -> None:
        """Skip the fact unless the class declares the capability."""
        if not getattr(self, capability):
            pytest.skip(f"{type(self).__name__} declares {capability} = False")
