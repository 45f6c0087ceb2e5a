"""freezegun, started and stopped without its walk over every loaded module.

At each start freezegun asks every loaded module for all its names, and remembers in which of them
it found something to replace. Here it is shown only those, and the ones whose names are others
since: everything that is replaced and put back is freezegun's own doing.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What a start and a stop must use for the walk to be the one that is shortened here.
_USED = {"start": "_get_cached_module_attributes", "stop": "modules_at_start"}
_State = tuple[int, int, str]
_Found = list[tuple[str, object]] | None


class Bindings:
    """Every name in a loaded module under which one function is known, for another to stand in."""

    def __init__(self, real: Callable[..., Any], stand_in: Callable[..., Any]) -> None:
        self.real = real
        self._stand_in = stand_in
        self._states: dict[str, _State] = {}
        self._names: dict[str, list[str]] = {}
        self._users = 0

    def bind(self, states: dict[str, _State]) -> None:
        """Put the stand-in under each name; `states` tells which modules are others by now."""
        for name in _changed(self._states, states):
            self._names[name] = self._found_in(name, self.real)
        self._states = states
        self._users += 1
        for name in [name for name, found in self._names.items() if found]:
            self._set(name, self._names[name], self.real, self._stand_in)

    def unbind(self, later: Iterable[str]) -> None:
        """Put the function itself back, in modules loaded `later` too, when nobody needs it now."""
        self._users -= 1
        if not self._users:
            named = {name: found for name, found in self._names.items() if found}
            for name, found in {
                **named,
                **{name: self._found_in(name, self._stand_in) for name in later},
            }.items():
                self._set(name, found, self._stand_in, self.real)

    def _found_in(self, name: str, value: object) -> list[str]:
        module = sys.modules.get(name)
        if type(module) is not ModuleType or name == self.real.__module__:
            return []
        return [name for name, found in list(module.__dict__.items()) if found is value]

    def _set(self, module: str, names: list[str], before: object, after: object) -> None:
        there = getattr(sys.modules.get(module), "__dict__", {})
        for name in names:
            if there.get(name) is before:
                there[name] = after


class _Shown:
    """The `sys` that freezegun sees meanwhile."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self.modules = modules

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class _Walk:
    """What is known of the loaded modules under one list of ignored ones."""

    def __init__(self, api: Any, ignored: tuple[str, ...]) -> None:
        self._api = api
        self._ignored = ignored
        self._states: dict[str, _State] = {}
        self._busy: dict[str, _Found] = {}

    @contextmanager
    def shortened(self, states: dict[str, _State]) -> Iterator[None]:
        """Show freezegun the modules that it has to look at, and learn what it made of the new."""
        others = _changed(self._states, states)
        for name in others:
            self._busy.pop(name, None)
        always = sys.modules.keys() - states.keys()
        due = {name: sys.modules[name] for name in (*always, *others, *self._busy.keys() & states)}
        known = {id(due[name]): found for name, found in self._busy.items() if name in due}
        with _showing(self._api, due, known):
            yield
        self._states = states
        self._busy |= {name: found for name in others if (found := self._found_in(name)) != []}

    def _found_in(self, name: str) -> _Found:
        """Return what freezegun replaces in a module; None when it has to be asked each time."""
        module = sys.modules.get(name)
        if not isinstance(module, ModuleType) or "__dir__" in module.__dict__:
            return None
        if name.startswith(self._ignored):
            return []
        names, found = self._api._GLOBAL_MODULES_CACHE.get(module.__name__, (None, None))  # noqa: SLF001
        return found if names == self._api._get_module_attributes_hash(module) else None  # noqa: SLF001


def _states() -> dict[str, _State]:
    """Return what tells a module whose names are others: itself, their number, the last of them."""
    return {
        name: (id(module), len(names), next(reversed(names)))
        for name, module in sys.modules.copy().items()
        if type(module) is ModuleType and (names := module.__dict__)
    }


def _changed(before: dict[str, _State], now: dict[str, _State]) -> list[str]:
    """Name the modules that are new or have other names."""
    if before == now:
        return []
    return [name for name, state in now.items() if before.get(name) != state]


_walks: dict[tuple[ModuleType, tuple[str, ...]], _Walk] = {}


def _is_known(api: Any) -> bool:
    """Whether this freezegun walks as the one that this module was written against."""
    kind = getattr(api, "_freeze_time", None)
    codes = {name: getattr(getattr(kind, name, None), "__code__", None) for name in _USED}
    return (
        getattr(api, "sys", None) is sys
        and isinstance(getattr(api, "_GLOBAL_MODULES_CACHE", None), dict)
        and callable(getattr(api, "_get_module_attributes_hash", None))
        and all(
            code is not None and {"sys", "modules", _USED[name]} <= set(code.co_names)
            for name, code in codes.items()
        )
    )


@contextmanager
def _showing(
    api: Any, modules: Mapping[str, Any], known: Mapping[int, _Found] = MappingProxyType({})
) -> Iterator[None]:
    ask = api._get_cached_module_attributes  # noqa: SLF001

    def recall(module: ModuleType) -> Any:
        found = known.get(id(module))
        return ask(module) if found is None else found

    api.sys, api._get_cached_module_attributes = _Shown(modules), recall  # noqa: SLF001
    try:
        yield
    finally:
        api.sys, api._get_cached_module_attributes = sys, ask  # noqa: SLF001


class Freezer:
    """One freeze of Python's clock, ready to start; `ignored` modules keep the real time.

    While it lasts the stand-in of `bindings` is in place.
    """

    def __init__(
        self, instant: dt.datetime, ignored: list[str], bindings: Bindings | None = None
    ) -> None:
        from freezegun import api

        self._api = api
        self._freezer: Any = api.freeze_time(instant, ignore=ignored, real_asyncio=True)
        self._quick = _is_known(api)
        self._bindings = bindings
        self._before: set[str] = set()

    def start(self) -> Any:
        """Freeze, and return what moves the frozen time."""
        states = _states()
        self._before = set(sys.modules)
        if self._bindings:
            self._bindings.bind(states)
        if not self._quick:
            return self._freezer.start()
        ignored = self._freezer.ignore
        walk = _walks.setdefault((self._api, ignored), _Walk(self._api, ignored))
        with walk.shortened(states):
            return self._freezer.start()

    def stop(self) -> None:
        """Give Python its own clock back, in modules loaded meanwhile too."""
        later = {name: sys.modules[name] for name in sys.modules.keys() - self._before}
        if self._bindings:
            self._bindings.unbind(later)
        if not self._quick:
            self._freezer.stop()
            return
        with _showing(self._api, later):
            self._freezer.stop()
