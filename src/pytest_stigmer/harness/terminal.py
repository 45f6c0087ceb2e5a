"""How commands speak."""

from __future__ import annotations

import sys

from pytest_stigmer.errors import visible


def say(text: str) -> None:
    """Print lines of a person's; data for programs is written as it is."""
    sys.stdout.write(f"{visible(text)}\n")
