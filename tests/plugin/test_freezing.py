"""The shortened walk replaces and puts back what freezegun alone does, at every start and stop."""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import freezegun
import pytest
from freezegun import api

from pytest_stigmer import freezing
from pytest_stigmer.clock import FrozenClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

START = "2026-01-25T10:00:00.123456Z"
IGNORED = ["grpc", "_pytest.timing", "subprocess"]
USER = """
import datetime, time
from datetime import datetime as moment, date
from time import time as seconds, monotonic

by_default = moment
def now_by_default(kind=moment, read=time.time): return kind.now(), read()
class Holder:
    kind = moment
    read = staticmethod(seconds)
"""
FAKES = {id(fake) for name, fake in vars(api).items() if name.lower().startswith("fake")}


class LazyModule(ModuleType):
    """A kind of module of a library's own."""


@contextmanager
def plain() -> Iterator[Any]:
    """Freeze as a user does who has nothing but freezegun."""
    with freezegun.freeze_time(START, ignore=IGNORED, real_asyncio=True) as frozen:
        yield frozen


def replaced() -> set[tuple[str, str]]:
    """List every name of every loaded module that freezegun's stand-ins are bound to."""
    return {
        (name, attribute)
        for name, module in list(sys.modules.items())
        if module is not api
        for attribute, value in list(getattr(module, "__dict__", {}).items())
        if id(value) in FAKES
    }


def in_a_thread(call: Callable[[], object]) -> object:
    """Return what a call returns in a raw thread."""
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(call()))
    thread.start()
    thread.join()
    return got[0]


def readings(user: ModuleType) -> dict[str, object]:
    """Ask each kind of source for the time; a real time becomes the word `real`."""

    async def loop_time() -> float:
        await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    found: dict[str, Any] = {
        "module": (user.datetime.datetime.now(), user.time.time()),
        "name": (user.moment.now(), user.date.today(), user.seconds(), user.monotonic()),
        "default": user.now_by_default(),
        "class": (user.Holder.kind.now(), user.Holder.read()),
        "asyncio": asyncio.run(loop_time()),
        "uuid1": uuid.uuid1().time // 10_000_000,
        "thread": in_a_thread(lambda: (user.moment.now(), user.seconds(), time.time())),
        "local": (time.localtime(), time.gmtime(), time.strftime("%c"), time.perf_counter_ns()),
        "type": (isinstance(user.moment(2026, 1, 1), dt.date), user.moment.__name__),
    }
    return {kind: _without_real(value) for kind, value in found.items()}


def _without_real(value: Any) -> Any:
    if isinstance(value, tuple) and not hasattr(value, "tm_year"):
        return tuple(_without_real(one) for one in value)
    frozen = repr(value).startswith(("FakeDate", "time.struct_time(tm_year=2026, tm_mon=1, "))
    return value if frozen or isinstance(value, str | bool) or _is_frozen(value) else "real"


def _is_frozen(value: Any) -> bool:
    second = int(dt.datetime.fromisoformat(START).timestamp())
    uuids = second + 12_219_292_800  # the seconds from the start of uuid1's calendar to 1970
    return isinstance(value, int | float) and int(value) in (second, second * 10**9, uuids)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give a module of a user's that holds the time in every way there is."""
    (tmp_path / "stigmer_user_clock.py").write_text(USER, encoding="utf-8")
    (tmp_path / "stigmer_user_later.py").write_text(USER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("stigmer_user_clock", "stigmer_user_later"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("stigmer_user_clock")


def nothing(user: ModuleType) -> None:
    """Leave all as it was: the second walk goes by what the first has found."""


def add(user: ModuleType) -> None:
    """Give a module another name for the time."""
    user.more = dt.datetime  # type: ignore[attr-defined]


def add_to_another(user: ModuleType) -> None:
    """Give a module that held no time one."""
    sys.modules["this_has_none"].clock = time.time  # type: ignore[attr-defined]
    assert user is not sys.modules["this_has_none"]


def exchange(user: ModuleType) -> None:
    """Take a name away and give another, so that their number stays."""
    del user.by_default
    user.other_seconds = time.time  # type: ignore[attr-defined]


def add_to_one_of_another_kind(user: ModuleType) -> None:
    """Give a module that may answer otherwise than from its dictionary one."""
    sys.modules["this_is_lazy"].clock = time.time  # type: ignore[attr-defined]
    assert user is not sys.modules["this_is_lazy"]


def add_a_namesake(user: ModuleType) -> None:
    """Put a module of the same name, without any time, behind a changed one."""
    user.more = dt.datetime  # type: ignore[attr-defined]
    sys.modules["stigmer_user_alias"] = ModuleType(user.__name__)


def put_another_in_its_place(user: ModuleType) -> None:
    """Put a second module under the name of the first."""
    other = ModuleType(user.__name__)
    vars(other).update({**vars(user), "extra": time.monotonic})
    sys.modules[user.__name__] = other


def reload(user: ModuleType) -> None:
    """Run a module's source once more."""
    importlib.reload(user)


def bind_again(user: ModuleType) -> None:
    """Bind a name that held a time to something else, which freezegun's own notes miss."""
    user.moment = user.date  # type: ignore[attr-defined]


def alias(user: ModuleType) -> None:
    """Show one module under two names."""
    sys.modules["stigmer_user_alias"] = user


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        add,
        add_to_another,
        add_to_one_of_another_kind,
        add_a_namesake,
        exchange,
        put_another_in_its_place,
        reload,
        bind_again,
        alias,
    ],
)
def test_each_walk_replaces_what_freezegun_alone_replaces(
    user: ModuleType, change: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any change of the modules the same names of the same modules stand in for the time."""
    monkeypatch.setitem(sys.modules, "this_has_none", ModuleType("this_has_none"))
    monkeypatch.setitem(sys.modules, "this_is_lazy", LazyModule("this_is_lazy"))
    monkeypatch.setitem(sys.modules, "stigmer_user_alias", ModuleType("stigmer_user_alias"))
    with FrozenClock(START):
        pass
    change(user)
    with plain():
        expected, told = replaced(), readings(sys.modules[user.__name__])
    for _ in range(2):
        assert replaced() == set()
        with FrozenClock(START):
            assert replaced() == expected
            assert readings(sys.modules[user.__name__]) == told
    assert replaced() == set()


@pytest.mark.parametrize("freeze", [plain, lambda: FrozenClock(START)])
def test_a_module_imported_while_frozen_gets_its_time_back(
    user: ModuleType, freeze: Callable[[], AbstractContextManager[object]]
) -> None:
    """What a module took from a frozen clock is the real one after it, as with freezegun alone."""
    with freeze():
        later: Any = importlib.import_module("stigmer_user_later")
        assert readings(later)["name"] == readings(user)["name"]
        assert later.moment is not api.real_datetime
    assert (later.moment, later.seconds) == (api.real_datetime, api.real_time)
    with freeze():
        assert later.moment is not api.real_datetime


def test_each_kind_of_source_is_frozen_where_freezegun_freezes_it(user: ModuleType) -> None:
    """What the comparison compares is a frozen time, and a real one where freezegun leaves it."""
    with FrozenClock(START):
        told = readings(user)
    instant = dt.datetime.fromisoformat(START).replace(tzinfo=None)
    assert told["module"] == (instant, pytest.approx(1769335200.123456))
    assert told["default"] == ("real", "real")
    assert told["class"] == ("real", "real")
    assert told["asyncio"] == "real"
    assert told["uuid1"] != "real"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.14 is to lose policies
def test_loops_of_another_policy_see_the_real_time(request: pytest.FixtureRequest) -> None:
    """The class of the loops is looked up anew once a policy was set, as uvloop does."""

    class Loop(asyncio.SelectorEventLoop):
        pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Loop

    with FrozenClock(START):
        assert "time" not in vars(Loop)
    request.addfinalizer(lambda: asyncio.set_event_loop_policy(None))
    asyncio.set_event_loop_policy(Policy())
    with FrozenClock(START):
        assert "time" in vars(Loop)


def test_a_walk_asks_only_modules_that_matter(user: ModuleType) -> None:
    """A second start looks at a small part of the loaded modules, that of the user included."""
    seen: list[set[str]] = []
    walk = freezing._showing

    @contextmanager
    def watched(module: ModuleType, shown: dict[str, Any], *known: Any) -> Iterator[None]:
        seen.append(set(shown))
        with walk(module, shown, *known):
            yield

    with FrozenClock(START), pytest.MonkeyPatch.context() as patch:
        patch.setattr(freezing, "_showing", watched)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(freezing, "_showing", watched)
        with FrozenClock(START):
            pass
    at_start, at_stop = seen
    assert user.__name__ in at_start
    assert len(at_start) < len(sys.modules) / 5
    assert at_stop == set()


@pytest.mark.parametrize(
    "other",
    [
        {"_GLOBAL_MODULES_CACHE": None},
        {"_get_module_attributes_hash": None},
        {"sys": ModuleType("sys")},
        {"asyncio": None},
        {"_freeze_time": type("_freeze_time", (), {"start": lambda _: None, "stop": print})},
    ],
)
def test_an_unknown_freezegun_is_used_as_it_is(other: dict[str, Any]) -> None:
    """A version that walks otherwise is slower, and never half used."""
    unknown = ModuleType("api")
    vars(unknown).update({**vars(api), **other})
    assert freezing._is_known(api)
    assert not freezing._is_known(unknown)


def test_a_freeze_by_an_unknown_freezegun_freezes_as_any(
    user: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the shortened walk all is frozen and given back all the same."""
    with FrozenClock(START):
        expected = replaced()
    monkeypatch.setattr(freezing, "_is_known", lambda _: False)
    with FrozenClock(START):
        assert replaced() == expected
        assert user.moment is not api.real_datetime
    assert replaced() == set()
