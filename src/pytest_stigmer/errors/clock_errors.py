"""Sources of time that disagree."""

from __future__ import annotations

from typing import Self

from pytest_stigmer.errors.base_error import StigmerError


class ClockIncoherent(StigmerError):
    """Two sources of time disagree, or another tool took the clock over."""

    code = "FAILED_PRECONDITION"

    @classmethod
    def taken_over(cls, expected: object, found: object) -> Self:
        """Python's clock is no longer the one that the frozen clock set."""
        return cls(
            f"stigmer_clock was set to {expected}, but Python's clock says {found}: another freeze "
            "(freeze_time, time-machine) is active inside it; move that one, or leave it first"
        )

    @classmethod
    def not_frozen(cls) -> Self:
        """Refuse to read or move a clock that has not frozen Python, or has given it back."""
        return cls("this clock stands still only within its `with` block: use it there")

    @classmethod
    def frozen_already(cls) -> Self:
        """Refuse to freeze with one clock twice."""
        return cls(
            "this clock is in use: leave its `with` block first, or make another FrozenClock"
        )

    @classmethod
    def running(cls) -> Self:
        """Refuse to move a clock that runs."""
        return cls("this clock runs with the system's: stop it at an instant before moving it")

    @classmethod
    def disagreeing(cls, lines: list[str]) -> Self:
        """List the sources of time that differ from the frozen clock, one line each."""
        return cls("sources of time disagree with the frozen clock:\n  " + "\n  ".join(lines))
