"""Resource ids: a prefix and a ULID."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_stigmer.clock import Clock

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80
_DIGITS = 26
_SHIFTS = tuple(range(5 * (_DIGITS - 1), -1, -5))


def new_id(prefix: str, clock: Clock) -> str:
    """Return `<prefix>-<ulid>`, lower case: 48 bits of Unix milliseconds, then 80 random ones.

    Ids of one millisecond are in no order.
    Source: stigmer/stigmer at b070f18, backend/libs/go/grpc/request/pipeline/steps/defaults.go.
    """
    return f"{prefix}-{_ulid(clock.now(), secrets.randbits(_RANDOM_BITS))}"


def _ulid(now: dt.datetime, random: int) -> str:
    # A ULID knows no instant before 1970; a clock that stands there still gets valid ids. At the
    # other end 48 bits reach past the year 9999, Python's last.
    milliseconds = max((now - _EPOCH) // _MILLISECOND, 0)
    value = milliseconds << _RANDOM_BITS | random
    return "".join([_CROCKFORD[value >> shift & 31] for shift in _SHIFTS])
