"""What the classes that hold a store or a skill API to its promises have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_stigmer.clock import DEFAULT_START, moved, parse_instant
from pytest_stigmer.conditions.choice import PLAIN, chosen, conditions_of
from pytest_stigmer.errors import UsageError
from pytest_stigmer.kit.promises import Promise, check_names, promises_of

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

_DECLARED_BY = {"second": "can_open_twice", "reopen": "can_reopen"}
"""The attribute of a class that declares a capability of its target."""


_MISSPELT = 0.9
"""How alike a capability a name must be to be one: slips are from 0.9 on, `can_rename` is 0.7."""


class Capabilities:
    """Capabilities are class attributes: each is declared, and none is found out by trying."""

    waived: ClassVar[Mapping[str, str]] = {}
    """Promises that are not asked, by name (all cases of it) or by test id, each with the reason.

    They are reported as skipped.
    """
    can_reopen: ClassVar[bool] = False
    """Whether `reopen` is overridden: what was stored outlives the object or process."""
    can_open_twice: ClassVar[bool] = False
    """Whether `beside` is overridden: two may be in use on the same data."""
    can_move_clock: ClassVar[bool] = False
    """Whether `move_clock` is overridden: the clock can be moved, backwards too.

    Without it the steps of a promise that move the clock do nothing: what is promised holds
    whatever time passes between two steps.
    """
    is_thread_safe: ClassVar[bool] = False
    """Whether threads may share the subject."""
    patience: ClassVar[float] = 60.0
    """After how many seconds threads that use one subject at once are taken to wait for ever."""

    subject: ClassVar[str] = "store"
    """What the promises are about, by the capability that they need: `store` or `skills`."""

    def __init_subclass__(cls, **named: Any) -> None:
        """Refuse a capability that is misspelt: it would be taken for one that is not declared."""
        super().__init_subclass__(**named)
        declared = [item for base in cls.__mro__[1:] for item in vars(base).items()]
        known = sorted({name for name, value in declared if isinstance(value, bool)})
        for name, value in vars(cls).items():
            if not isinstance(value, bool) or name in known:
                continue
            if get_close_matches(name, known, cutoff=_MISSPELT):
                raise UsageError.unknown(f"capability of {cls.__name__}", name, known)

    def reopen(self, subject: Any, /) -> Any:
        """Close the subject and return another on the same data; override with `can_reopen`."""
        del subject
        raise UsageError.not_overridden(type(self).__name__, "reopen", "can_reopen")

    def beside(self, subject: Any, /) -> Any:
        """Give a second one on the same data, both in use; override with `can_open_twice`."""
        del subject
        raise UsageError.not_overridden(type(self).__name__, "beside", "can_open_twice")

    def move_clock(self, subject: Any, seconds: float, /) -> None:
        """Move its clock by seconds, below 0 backwards; override with `can_move_clock`."""
        del subject, seconds
        raise UsageError.not_overridden(type(self).__name__, "move_clock", "can_move_clock")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make a test of each promise."""
        if "promise" in metafunc.fixturenames:
            found = promises_of(self.subject)
            check_names(self.waived, found)
            names = chosen(metafunc.config.getoption("--stigmer-conditions", None) or "default")
            asked = [
                replace(promise, cell=cell)
                for promise in found
                for cell in (PLAIN, *conditions_of(promise.scenario, names))
            ]
            metafunc.parametrize("promise", [self._test(promise) for promise in asked])

    def needs(self, capability: str) -> None:
        """Skip the fact unless the class declares the capability."""
        if not getattr(self, capability):
            pytest.skip(f"{type(self).__name__} declares {capability} = False")

    def capabilities(self) -> frozenset[str]:
        """Return what a scenario may use here, in the words of `scenario.verbs.Capability`."""
        declared = {word for word, name in _DECLARED_BY.items() if getattr(self, name, False)}
        return frozenset({self.subject, "clock", *declared})

    def provided(self) -> frozenset[str]:
        """Return what conditions may use here; less than scenarios, which name what they need."""
        undeclared = {word for word, name in _DECLARED_BY.items() if not getattr(self, name, False)}
        return self.capabilities() - undeclared

    def left_out(self, promise: Promise) -> str:
        """Return why a promise is not asked here, or ''."""
        waiver = self.waived.get(promise.id) or self.waived.get(promise.name)
        return f"waived: {waiver}" if waiver else self.lacks(promise)

    def lacks(self, promise: Promise) -> str:
        """Return what the class does not declare and a promise needs, as a sentence, or ''."""
        for word in sorted(promise.scenario.needs - self.capabilities()):
            if word in _DECLARED_BY:
                return f"{type(self).__name__} declares {_DECLARED_BY[word]} = False"
            return f"the promise needs {word}, and the kit reaches nothing but the {self.subject}"
        return ""

    def asked(self, promise: Promise) -> Promise:
        """Return a promise as it is asked of this class."""
        return promise

    def _test(self, promise: Promise) -> ParameterSet:
        reason = self.left_out(promise)
        marks = [pytest.mark.skip(reason=reason)] if reason else []
        return pytest.param(self.asked(promise), id=promise.test_id, marks=marks)


class ToldClock:
    """The clock of a scenario; where the subject's can be moved, that one goes along.

    The first instant is only told: nobody knows what the subject's clock says.
    """

    def __init__(self, move: Callable[[float], Any] | None) -> None:
        self._move = move
        self._told: dt.datetime | None = None

    def now(self) -> dt.datetime:
        """Return the instant that was told last."""
        return self._told or parse_instant(DEFAULT_START)

    def advance(self, duration: str) -> None:
        """Move by a duration such as `-300ms`."""
        self._go(moved(self.now(), duration))

    def move_to(self, instant: str) -> None:
        """Move to an instant."""
        self._go(parse_instant(instant))

    def _go(self, instant: dt.datetime) -> None:
        if self._told is not None and self._move is not None:
            self._move((instant - self._told).total_seconds())
        self._told = instant
