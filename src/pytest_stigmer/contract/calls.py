"""Calls of what is held to a contract: those that must succeed, and those that must not.

Either kind fails in words. A traceback that ends in somebody's own code says that a call broke
down, but not which promise it broke.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_MOST_LETTERS = 500


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
        pytest.fail(f"{what} must raise {expected.__name__}, but raised {shown(found)}")
    pytest.fail(f"{what} must raise {expected.__name__}, but answered {answer!r}")
