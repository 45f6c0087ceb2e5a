"""A failure that a user can act on ends at the user's own line: our insides would only hide it."""

from __future__ import annotations

import dis
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.errors import StatusError, StigmerError
from pytest_stigmer.scenario.render import symptom
from pytest_stigmer.scenario.report import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_OURS = f"{Path(__file__).parents[1]}/"
_PYTEST = ("_pytest", "pluggy")
_BETWEEN = ("grpc", "contextlib", "functools")


def end_at_the_users_line(item: pytest.Item, call: pytest.CallInfo[Any]) -> str | None:
    """Cut what was raised for the user to read; return its text where no line is the user's.

    What may be a fault of ours keeps everything, and so does each under --full-trace.
    """
    error = call.excinfo and call.excinfo.value
    if (
        error is None
        or not isinstance(item, pytest.Function)
        or item.config.getoption("fulltrace", default=False)
        or not _is_for_the_user(error)
    ):
        return None
    users = [frame for frame in _frames(error) if not _is_inside(frame, (*_BETWEEN, *_PYTEST))]
    if users:
        users[-1].tb_next = None
    elif call.when == "call":
        return None  # a test of ours, such as the conformance kit's
    error.__cause__, error.__suppress_context__ = None, True
    return None if users else f"{type(error).__name__}: {error}"


def told_page(text: str, path: Path, line: int, cause: str) -> Any:
    """Return a failure that prints a page, and whose cause stands in pytest's short summary.

    Of pytest's own class, so that it crosses from an xdist worker as it is.
    """
    from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation
    from _pytest._code.code import ReprTraceback as Shown

    shown = Shown([ReprEntryNative([text])], extraline=None, style="native")
    return ReprExceptionInfo(shown, ReprFileLocation(str(path), line, cause))


def told_promise(text: str, page: Page) -> Any:
    """Return what a promise of the kit that is not kept prints: its page."""
    path, _, line = page.where.rpartition(":")
    return told_page(text, Path(path), int(line), symptom(page))


def _is_for_the_user(error: BaseException) -> bool:
    """Tell whether one of ours refused something, with a text that says why."""
    *_, last = _frames(error)
    if not _is_inside(last, ("grpc",)):
        return False
    if isinstance(error, StatusError) and error.code == "INTERNAL":
        return error.__cause__ is None or isinstance(error.__cause__, StigmerError)
    is_status = type(error).__module__.startswith("grpc")
    return isinstance(error, StigmerError) or is_status or _is_raised_on_purpose(last)


def _is_raised_on_purpose(frame: TracebackType) -> bool:
    """Tell whether the frame stands at a `raise`: no operation of it went wrong."""
    return dis.opname[frame.tb_frame.f_code.co_code[frame.tb_lasti]] == "RAISE_VARARGS"


def _is_inside(frame: TracebackType, packages: tuple[str, ...]) -> bool:
    """Tell whether a frame is of this package or of one of these."""
    module = frame.tb_frame.f_globals.get("__name__", "").partition(".")[0]
    return module in packages or frame.tb_frame.f_code.co_filename.startswith(_OURS)


def _frames(error: BaseException) -> Iterator[TracebackType]:
    frame = error.__traceback__
    while frame is not None:
        yield frame
        frame = frame.tb_next
