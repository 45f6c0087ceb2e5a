"""Nothing of a server grows without end: namespaces, open files, snapshots, faults."""

from __future__ import annotations

import os
import resource
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError, TooManyFiles
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.service.injection import MOST_FAULTS, Fault
from pytest_stigmer.service.namespace import MOST_SNAPSHOTS, Namespace
from pytest_stigmer.service.namespaces import OPEN_AT_ONCE, Namespaces
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def namespaces(tmp_path: Path) -> Iterator[Callable[..., Namespaces]]:
    """Give a function that makes the namespaces of a server, without a wire."""
    made: list[Namespaces] = []

    def make(**options: Any) -> Namespaces:
        made.append(Namespaces(tmp_path / "0.db", tmp_path, API, log=[].append, **options))
        return made[-1]

    yield make
    for given in made:
        given.close()


def open_files() -> int:
    """Count this process's descriptors."""
    return len(list(DESCRIPTORS.iterdir()))


def push(namespace: Namespace, factory: Factory, name: str = "Calculator") -> Any:
    """Push a skill to a namespace."""
    return SkillClient(API, namespace).push(factory.push_request(name=name))


def test_one_namespace_too_many_is_refused_by_the_name_of_the_option(
    namespaces: Callable[..., Namespaces],
) -> None:
    """RESOURCE_EXHAUSTED says how many there may be; a dropped one makes room."""
    given = namespaces(most=2)
    for name in ("one", "two", "", "one"):
        given.find(name)
    with pytest.raises(StatusError, match=r"RESOURCE_EXHAUSTED: .* 2 namespaces.*--namespaces"):
        given.find("three")
    given.drop("one")
    given.find("three")


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="counts the descriptors in /proc")
def test_namespaces_that_rest_have_no_open_files(
    namespaces: Callable[..., Namespaces], stigmer_factory: Factory
) -> None:
    """However many there are, the files of a few are open, and each still has its skills."""
    given = namespaces()
    pushed = {}
    for number in range(OPEN_AT_ONCE + 8):
        pushed[number] = push(given.find(str(number)), stigmer_factory)
        if number == OPEN_AT_ONCE - 1:
            before = open_files()
    assert open_files() <= before
    for number, skill in pushed.items():
        client = SkillClient(API, given.find(str(number)))
        assert client.get(API.SkillId(value=skill.metadata.id)) == skill
    assert open_files() <= before


@pytest.mark.parametrize(
    "act",
    [
        lambda namespace: namespace.restore(namespace.snapshot()),
        lambda namespace: namespace.load([], []),
        lambda namespace: namespace.delete_snapshot(namespace.snapshot()),
    ],
)
def test_a_namespace_that_rests_wakes_for_whatever_it_is_asked(
    namespaces: Callable[..., Namespaces],
    stigmer_factory: Factory,
    act: Callable[[Namespace], object],
) -> None:
    """The control API finds its files open as it left them."""
    namespace = namespaces().find("one")
    pushed = push(namespace, stigmer_factory)
    assert namespace.rest()
    act(namespace)
    assert SkillClient(API, namespace).get(API.SkillId(value=pushed.metadata.id)) == pushed


def test_a_namespace_with_a_call_under_way_does_not_rest(
    namespaces: Callable[..., Namespaces], tmp_path: Path
) -> None:
    """Its files stay open; one that rests can be dropped as it is."""
    namespace = namespaces().find("one")
    with namespace.gate.shared():
        assert not namespace.rest()
    assert namespace.rest()
    namespace.drop()
    assert not list(tmp_path.glob("namespace-*"))


def test_snapshots_are_deleted_one_by_one_or_with_their_namespace(
    namespaces: Callable[..., Namespaces], stigmer_factory: Factory, tmp_path: Path
) -> None:
    """Nothing of them remains on disk, and a deleted one is NOT_FOUND."""
    given = namespaces()
    namespace = given.find("one")
    push(namespace, stigmer_factory)
    before = sorted(tmp_path.rglob("*"))
    namespace.delete_snapshot(namespace.snapshot())
    assert sorted(tmp_path.rglob("*")) == before
    for act in (namespace.restore, namespace.delete_snapshot):
        with pytest.raises(StatusError, match="NOT_FOUND: no snapshot '1'"):
            act("1")
    namespace.snapshot()
    given.drop("one")
    assert not list(tmp_path.glob("namespace-*"))


def test_a_client_deletes_its_snapshots(steered: Callable[..., Any]) -> None:
    """The control API has a call for it."""
    control = steered().control
    number = control.call("Snapshot").value
    control.call("DeleteSnapshot", value=number)
    with pytest.raises(StatusError, match="NOT_FOUND"):
        control.call("Restore", value=number)


def test_one_snapshot_too_many_is_refused(
    namespaces: Callable[..., Namespaces], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text says what to delete."""
    monkeypatch.setattr("pytest_stigmer.service.namespace.MOST_SNAPSHOTS", 2)
    namespace = namespaces().find("")
    for _ in range(2):
        namespace.snapshot()
    with pytest.raises(StatusError, match=r"RESOURCE_EXHAUSTED: 2 snapshots.*DeleteSnapshot"):
        namespace.snapshot()
    assert MOST_SNAPSHOTS == 100


def test_faults_that_are_spent_are_gone_and_too_many_are_refused(
    namespaces: Callable[..., Namespaces],
) -> None:
    """A thousand may be in place; each that has struck makes room."""
    faults = namespaces().find("").faults
    for _ in range(MOST_FAULTS):
        faults.add(Fault(on_call=2, times=2))
    with pytest.raises(StatusError, match="RESOURCE_EXHAUSTED: 1000 faults are in place"):
        faults.add(Fault())
    for _ in range(3):
        faults.meet("get")
    assert not faults._armed


def test_a_process_without_descriptors_is_told_so(tmp_path: Path) -> None:
    """The error is not about the folder and who may write it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    registry, taken = Registry(tmp_path / "one.db", generation=API), []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files() + 8, hard))
        with suppress(OSError):
            while True:
                taken.append(os.dup(1))
        with pytest.raises(TooManyFiles, match=r"one.db: Too many open files: .*ulimit -n"):
            registry.open()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in taken:
            os.close(descriptor)
    with closing(registry):
        registry.open()
