"""freezegun, started and stopped without its walk over every loaded module.

At each start freezegun asks every loaded module for all its names, and remembers in which of them
it found something to replace. Here it is shown only those, and the ones whose names are others
since: everything that is replaced and put back is freezegun's own doing.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from functools import cached_property
from itertools import repeat
from sysconfig import get_path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What a start and a stop must use for the walk to be the one that is shortened here.
_USED = {"start": "_get_cached_module_attributes", "stop": "modules_at_start"}
_State = tuple[int, int, str]
_Found = list[tuple[str, object]] | None


class _Seen:
    """What tells, of each loaded module, whether its names are others since.

    That is the number of its names, and the last of them; of an installed library the number alone,
    as no library takes a name away for each that it adds. Modules of a kind of their own, which may
    answer otherwise than a dictionary, are `odd`.
    """

    def __init__(self) -> None:
        loaded = list(sys.modules.items())
        self._names = [name for name, _ in loaded]
        self._modules = [module for _, module in loaded]
        self.plain = {name: vars(one) for name, one in loaded if type(one) is ModuleType}
        self.odd = {name for name, _ in loaded if name not in self.plain}
        self._dictionaries = list(self.plain.values())
        self._own = {name: names for name, names in self.plain.items() if not _is_installed(names)}
        self._sizes, self._last = self._measure()

    def is_current(self) -> bool:
        """Whether nothing has changed; costs far less than looking anew."""
        return self._is_all_there() and self._measure() == (self._sizes, self._last)

    @cached_property
    def states(self) -> dict[str, _State]:
        """The state of each plain module by its name."""
        last = dict(zip(self._own, self._last, strict=True))
        return {
            name: (id(names), size, last.get(name, ""))
            for (name, names), size in zip(self.plain.items(), self._sizes, strict=True)
        }

    def others_than(self, before: _Seen | None) -> list[str]:
        """Name the modules that are new since, or have other names."""
        if before is self:
            return []
        known = before.states if before else {}
        return [name for name, state in self.states.items() if known.get(name) != state]

    def loaded_since(self) -> dict[str, Any]:
        """Return the modules that were loaded after this look."""
        if self._is_all_there():
            return {}
        return {name: sys.modules[name] for name in sys.modules.keys() - self.plain - self.odd}

    def _is_all_there(self) -> bool:
        # Lists take what is the same object for equal without asking it.
        modules = sys.modules
        return list(modules) == self._names and list(modules.values()) == self._modules

    def _measure(self) -> tuple[list[int], list[str]]:
        last = map(next, map(reversed, self._own.values()), repeat(""))
        return list(map(len, self._dictionaries)), list(last)


_INSTALLED = tuple(
    get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def _is_installed(names: Mapping[str, Any]) -> bool:
    return str(names.get("__file__") or _INSTALLED[0]).startswith(_INSTALLED)


_latest: list[_Seen] = []


def _look() -> _Seen:
    """Return what is loaded now: the same object as the last time when nothing has changed."""
    if not (_latest and _latest[0].is_current()):
        _latest[:] = [_Seen()]
    return _latest[0]


class Bindings:
    """Every name in a loaded module under which one function is known, for another to stand in."""

    def __init__(self, real: Callable[..., Any], stand_in: Callable[..., Any]) -> None:
        self.real = real
        self._stand_in = stand_in
        self._seen: _Seen | None = None
        self._names: dict[str, list[str]] = {}
        self._users = 0

    def bind(self, seen: _Seen) -> None:
        """Put the stand-in under each name; `seen` tells which modules are others by now."""
        for name in seen.others_than(self._seen):
            self._names[name] = self._found_in(name, self.real)
        self._seen = seen
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
    """A module as freezegun sees it meanwhile, with something `instead`."""

    def __init__(self, module: ModuleType, **instead: Any) -> None:
        self._module = module
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


_loops: list[tuple[object, Any]] = []


def _closed_loop() -> Any:
    """Return a closed loop, of which freezegun wants the class: the same until the policy changes.

    To open one costs as much as all that is replaced.
    """
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    if not (_loops and policy is _loops[0][0]):
        loop = asyncio.new_event_loop()
        loop.close()
        _loops[:] = [(getattr(asyncio.events, "_event_loop_policy", None), loop)]
    return _loops[0][1]


class _Walk:
    """What is known of the loaded modules under one list of ignored ones."""

    def __init__(self, api: Any, ignored: tuple[str, ...]) -> None:
        self._api = api
        self._ignored = ignored
        self._seen: _Seen | None = None
        self._due: dict[str, Any] = {}
        self._busy: dict[str, _Found] = {}

    @contextmanager
    def shortened(self, seen: _Seen) -> Iterator[None]:
        """Show freezegun the modules that it has to look at, and learn what it made of the new."""
        others = seen.others_than(self._seen)
        for name in others:
            self._busy.pop(name, None)
        if seen is not self._seen or not self._due:
            names = (*seen.odd, *others, *self._busy.keys() & seen.plain.keys())
            self._due = {name: sys.modules[name] for name in names if name in sys.modules}
        known = {id(self._due[name]): one for name, one in self._busy.items() if name in self._due}
        with _showing(self._api, self._due, known):
            yield
        self._busy |= {name: found for name in others if (found := self._found_in(name)) != []}
        self._seen, self._due = seen, {} if others else self._due

    def _found_in(self, name: str) -> _Found:
        """Return what freezegun replaces in a module; None when it has to be asked each time."""
        module = sys.modules.get(name)
        if not isinstance(module, ModuleType) or "__dir__" in module.__dict__:
            return None
        if name.startswith(self._ignored):
            return []
        names, found = self._api._GLOBAL_MODULES_CACHE.get(module.__name__, (None, None))  # noqa: SLF001
        return found if names == self._api._get_module_attributes_hash(module) else None  # noqa: SLF001


_walks: dict[tuple[ModuleType, tuple[str, ...]], _Walk] = {}


def _is_known(api: Any) -> bool:
    """Whether this freezegun walks as the one that this module was written against."""
    kind = getattr(api, "_freeze_time", None)
    codes = {name: getattr(getattr(kind, name, None), "__code__", None) for name in _USED}
    return (
        getattr(api, "sys", None) is sys
        and getattr(api, "asyncio", None) is asyncio
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

    shown = {
        "sys": _Shown(sys, modules=modules),
        "asyncio": _Shown(asyncio, new_event_loop=_closed_loop),
        "_get_cached_module_attributes": recall,
    }
    real = {name: getattr(api, name) for name in shown}
    vars(api).update(shown)
    try:
        yield
    finally:
        vars(api).update(real)


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
        self._seen: _Seen | None = None

    def start(self) -> Any:
        """Freeze, and return what moves the frozen time."""
        self._seen = seen = _look()
        if self._bindings:
            self._bindings.bind(seen)
        if not self._quick:
            return self._freezer.start()
        ignored = self._freezer.ignore
        walk = _walks.setdefault((self._api, ignored), _Walk(self._api, ignored))
        with walk.shortened(seen):
            return self._freezer.start()

    def stop(self) -> None:
        """Give Python its own clock back, in modules loaded meanwhile too."""
        later = self._seen.loaded_since() if self._seen else {}
        if self._bindings:
            self._bindings.unbind(later)
        if not self._quick:
            self._freezer.stop()
            return
        with _showing(self._api, later):
            self._freezer.stop()
