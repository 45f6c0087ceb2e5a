"""Memory of large messages, given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

LARGE_BYTES = 1024 * 1024
"""From which size on the messages of a call are worth tidying up after."""


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, which has its own ways
        return lambda _: 0


def tidy() -> None:
    """Give free memory back: glibc keeps what threads have freed, hundreds of MB after a burst."""
    _trim()(0)
