"""Calls of what is held to a contract: those that must succeed, and those that must not.

Either kind fails in words. A traceback that ends in somebody's own code says that a call broke
down, but not which promise it broke.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.errors import StigmerError

T = TypeVar("T")

_MOST_LETTERS = 500
_OWN_ERROR = " (if that is your own error for this, declare it: StoreDeclarations lists them)"


class CallFailed(AssertionError):
    """A call that must succeed raised something, which is the `__cause__`."""


def raised_by(error: Exception) -> Exception:
    """Return what the subject raised, whether or not it was put in words since."""
    cause = error.__cause__
    return cause if isinstance(error, CallFailed) and isinstance(cause, Exception) else error


def shown(error: Exception) -> str:
    """Return an error's type and text, not longer than a screen."""
    return f"{type(error).__name__}: {str(error)[:_MOST_LETTERS]}"


def must_succeed(what: str, call: Callable[..., T], *arguments: Any, **fields: Any) -> T:
    """Call and return the answer; fail in words when the call raises."""
    try:
        return call(*arguments, **fields)
    except Exception as error:  # noqa: BLE001 - the failure names it
        cause = raised_by(error)
        raise CallFailed(f"{what} must succeed, but raised {shown(cause)}") from cause


def must_raise(expected: type[Exception], what: str, call: Callable[[], object]) -> Exception:
    """Call and return the error expected; fail in words when there is none or another one."""
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 - the failure names it
        found = raised_by(error)
        if isinstance(found, expected):
            return found
        hint = _OWN_ERROR if issubclass(expected, StigmerError) else ""
        pytest.fail(f"{what} must raise {expected.__name__}, but raised {shown(found)}{hint}")
    pytest.fail(f"{what} must raise {expected.__name__}, but answered {answer!r}")


def at_once(work: Callable[[int], object], callers: int, *, seconds: float) -> None:
    """Call `work` with 0, 1, ... from a thread each, and wait for all of them.

    Fails in words when one of them raises, or when one is not done after so many seconds.
    """
    failures: list[Exception] = []

    def attempt(number: int) -> None:
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - told in the test's thread
            failures.append(error)

    # Daemons, so that one that never ends does not keep the run from ending.
    threads = [
        threading.Thread(target=attempt, args=(number,), daemon=True) for number in range(callers)
    ]
    end = stopwatch() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - stopwatch()))
    waiting = sum(thread.is_alive() for thread in threads)
    assert not waiting, f"{waiting} of {callers} threads are not done after {seconds:g} s"
    assert not failures, f"a thread failed: {shown(raised_by(failures[0]))}"
