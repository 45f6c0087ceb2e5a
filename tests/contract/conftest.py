"""Registries on real files for the kit's own tests, on a clock that a test moves."""

from __future__ import annotations

import datetime as dt
import inspect
import shutil
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from _pytest.outcomes import Failed, Skipped

from pytest_stigmer.api.generation import Generation, load
from pytest_stigmer.clock import FrozenClock
from pytest_stigmer.defects.catalogue import find
from pytest_stigmer.explore.search import Search
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.factories.factory import Factory
from pytest_stigmer.kit.promises import promises_of
from pytest_stigmer.kit.skill_contract import SkillContract
from pytest_stigmer.kit.skill_declarations import Words
from pytest_stigmer.kit.store_contract import StoreContract
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.scenario.loader import load as load_scenario
from pytest_stigmer.scenario.runner import run
from pytest_stigmer.store.backup import backup
from pytest_stigmer.store.faults import forgo_durability
from pytest_stigmer.targets.local import LocalTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.explore.comparison import Counterexample
    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.scenario.runner import Status
    from pytest_stigmer.store.sqlite import SqliteStore

START = dt.datetime(2026, 1, 25, 10, 0, 0, 100_000, tzinfo=dt.UTC)


class Clock:
    """A clock that a test moves; it freezes nothing."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> dt.datetime:
        """Return the instant it was set to."""
        return self.instant

    def move(self, seconds: float) -> None:
        """Move by seconds, below 0 backwards."""
        self.instant += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 2026-01-25T10:00:00.100Z."""
    return Clock()


@pytest.fixture
def api() -> Generation:
    """Give the message classes of the bundled generation."""
    return load("bundled")


@pytest.fixture
def assembled(tmp_path: Path, clock: Clock, api: Generation) -> Iterator[Callable[..., Registry]]:
    """Give a function that opens registries, each closed at the end of the test."""
    opened: list[Registry] = []

    def opener(recipe: Recipe = REFERENCE, name: str = "stigmer.db") -> Registry:
        parts = Registry(tmp_path / name, clock=clock, recipe=recipe, generation=api)
        opened.append(parts)
        forgo_durability(parts.store)
        return parts

    yield opener
    for parts in opened:
        parts.close()


@pytest.fixture
def searching(tmp_path: Path, api: Generation) -> Iterator[Callable[..., Search]]:
    """Give a function that makes a search on local registries with a defect."""
    count = 0
    clock = FrozenClock()

    def made(defect: str | None = None, seed: int = 0) -> Search:
        recipe = find(defect).apply(REFERENCE) if defect else REFERENCE

        @contextmanager
        def open_target() -> Iterator[Any]:
            nonlocal count
            count += 1
            folder = tmp_path / str(count)
            folder.mkdir()
            path, factory = folder / "stigmer.db", Factory(0, "explore", api)
            target = LocalTarget(path, clock=clock, factory=factory, generation=api, recipe=recipe)
            try:
                yield target
            finally:
                target.close()
                shutil.rmtree(folder)

        return Search(open_target, api, seed=seed)

    with clock:
        yield made


@pytest.fixture
def judged(
    searching: Callable[..., Search], tmp_path: Path
) -> Callable[[Counterexample, str], tuple[Status, ...]]:
    """Give a function that runs what was found as a scenario: on a defect, on the reference."""

    def verdicts(found: Counterexample, defect: str) -> tuple[Status, ...]:
        path = tmp_path / "found.scenario.yaml"
        path.write_text(found.scenario(), encoding="utf-8")
        targets = (searching(name).open_target() for name in (defect, None))
        with next(targets) as broken, next(targets) as sound:
            return tuple(run(load_scenario(path), target).status for target in (broken, sound))

    return verdicts


class _Capable:
    """What the reference declares in either contract."""

    has_transactions = is_thread_safe = can_reopen = can_open_twice = can_move_clock = True

    def __init__(self, parts: Any, recipe: Recipe, stack: ExitStack) -> None:
        self.parts = parts
        self.recipe = recipe
        self.stack = stack

    def again(self) -> Registry:
        """Open the same file once more."""
        path, clock = self.parts.store.path, self.parts.clock
        return self.stack.enter_context(Registry(path, clock=clock, recipe=self.recipe))

    def move_clock(self, _: Any, seconds: float) -> None:
        """Move the registry's clock."""
        self.parts.clock.move(seconds)


class _Store(_Capable, StoreContract):
    """The contract of stores, its facts called one by one."""

    def reopen(self, store: Any) -> Any:
        """Open the same file again."""
        store.close()
        return self.again().store


class _Skills(_Capable, SkillContract):
    """The contract of skill APIs, its facts called one by one."""

    def reopen(self, skills: Any) -> Any:
        """Open the same file again."""
        self.parts.close()
        return self.beside(skills)

    def beside(self, _: Any) -> Any:
        """Open the same file beside the first one."""
        return self.again().client()


def _facts() -> Iterator[tuple[str, Callable[[Registry, Recipe], None]]]:
    for contract in (_Store, _Skills):
        for name, method in inspect.getmembers(contract, inspect.isfunction):
            if not name.startswith("test_"):
                continue
            if name == "test_promise":
                for promise in promises_of(contract.subject):
                    label = f"{contract.__name__[1:]}.{name}[{promise.id}]"
                    yield label, partial(_call, contract, name, {"promise": promise})
                continue
            marks = [mark.args for mark in getattr(method, "pytestmark", ())]
            for values in product(*(list(values) for _, values in marks)):
                label = f"{contract.__name__[1:]}.{name}" + "".join(f"[{v}]" for v in values)
                given = dict(zip((argument for argument, _ in marks), values, strict=True))
                yield label, partial(_call, contract, name, given)


def _call(contract: Any, name: str, given: dict[str, Any], parts: Registry, recipe: Recipe) -> None:
    makers = {
        "store": lambda: parts.store,
        "skills": parts.client,
        "words": partial(Words, "x1"),
        "request": lambda: SimpleNamespace(node=SimpleNamespace(nodeid=name)),
    }
    with ExitStack() as stack:
        held = contract(parts, recipe, stack)
        if "promise" in given and (reason := held.left_out(given["promise"])):
            pytest.skip(reason)
        fact = getattr(held, name)
        wanted = inspect.signature(fact).parameters
        fact(**given, **{key: make() for key, make in makers.items() if key in wanted})


@pytest.fixture(scope="session")
def kit() -> dict[str, Callable[[Registry, Recipe], None]]:
    """Give every fact of the kit by name, as a function of a registry."""
    return dict(_facts())


class Broken(NamedTuple):
    """Why a fact does not hold: the kit's own words, or what the registry raised in its midst."""

    why: str
    in_words: bool


def broken(call: Callable[..., None], *arguments: Any) -> Broken | None:
    """Call a fact and say why it does not hold; None when it does."""
    try:
        call(*arguments)
    except Skipped:
        return None
    except (AssertionError, Failed) as error:
        return Broken(str(error), in_words=True)
    except Exception as error:  # noqa: BLE001 - the registry may raise anything
        return Broken(f"{type(error).__name__}: {error}", in_words=False)
    return None


@pytest.fixture
def verdict(
    tmp_path: Path, api: Generation, kit: dict[str, Callable[[Registry, Recipe], None]]
) -> Callable[[str, Recipe], Broken | None]:
    """Give a function that says why a fact does not hold for a recipe; None when it does."""

    def on_recipe(fact: str, recipe: Recipe) -> Broken | None:
        opened = partial(Registry, clock=Clock(), recipe=recipe, generation=api)
        with TemporaryDirectory(dir=tmp_path) as path, opened(f"{path}/stigmer.db") as parts:
            forgo_durability(parts.store)
            return broken(kit[fact], parts, recipe)

    return on_recipe


@pytest.fixture
def verdict_on(clock: Clock, kit: dict[str, Callable[..., None]]) -> Callable[..., Broken | None]:
    """Give a function that says why a fact does not hold for a store or for a skill API."""

    def on_subject(fact: str, subject: Any) -> Broken | None:
        parts = SimpleNamespace(clock=clock, store=subject, client=lambda: subject)
        return broken(kit[fact], parts, REFERENCE)

    return on_subject


State = dict[str, list[tuple[Any, ...]]]

_DUMP = {
    "resources": "SELECT kind, id, data FROM resources ORDER BY kind, id",
    "resource_audit": "SELECT kind, resource_id, data, version_hash, tag FROM resource_audit "
    "ORDER BY id",
    "integrity": "PRAGMA integrity_check",
}


@pytest.fixture
def state_of() -> Callable[[SqliteStore], State]:
    """Give a function that returns all that a store holds."""
    return lambda store: {name: store.execute(sql) for name, sql in _DUMP.items()}


@pytest.fixture
def push(api: Generation) -> Callable[[Registry, str, str], Any]:
    """Give a function that pushes a small skill by name and text."""

    def pushed(parts: Registry, name: str, text: str) -> Any:
        data = artifact(skill_md=text, files={})
        return parts.client().push(api.PushSkillRequest(name=name, tag="v1", artifact=data))

    return pushed


@pytest.fixture
def populated(
    assembled: Callable[..., Registry],
    tmp_path: Path,
    api: Generation,
    push: Callable[[Registry, str, str], Any],
) -> Callable[..., Registry]:
    """Give a function that opens a registry on a copy of one file with some history."""
    parts = assembled(name="origin.db")
    push(parts, "Calc", "# one")
    push(parts, "Other", "# one")
    skill = api.Skill(spec=api.SkillSpec(skill_md="# saved"))
    parts.store.save_resource("skill", "x", skill)
    for _ in range(3):
        parts.store.save_audit("skill", "x", skill, version_hash="1" * 64, tag="v1")
    count = 0

    def opened(recipe: Recipe = REFERENCE) -> Registry:
        nonlocal count
        count += 1
        name = f"copy-{count}.db"
        backup(tmp_path / "origin.db", tmp_path / name)
        shutil.copytree(tmp_path / "origin.db.artifacts", tmp_path / f"{name}.artifacts")
        return assembled(recipe, name)

    return opened
