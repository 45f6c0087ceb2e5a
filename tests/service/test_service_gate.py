"""Calls of a namespace and changes of the whole of it, at the same time."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.registry import registry
from pytest_stigmer.service import served
from pytest_stigmer.service.injection import Fault
from pytest_stigmer.service.namespace import Namespace
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")
CHANGES = {
    "reset": Namespace.reset,
    "snapshot": Namespace.snapshot,
    "restore": lambda namespace: namespace.restore("1"),
    "drop": Namespace.drop,
}


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Namespace]:
    """Give a namespace in this process, without a wire."""
    with closing(Namespace(tmp_path / "stigmer.db", API, "", log=[].append)) as opened:
        yield opened


@pytest.fixture
def aside(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., threading.Thread]]:
    """Give `aside(act)`: a thread acts; returned once it waits at the gate, or has ended."""
    stopped, threads = threading.Event(), []
    condition = namespace.gate._changed
    wait_for = condition.wait_for

    def waits(ready: Callable[[], bool], *seconds: float) -> bool:
        if not ready():
            stopped.set()
        return wait_for(ready, *seconds)

    def run(act: Callable[[], object]) -> threading.Thread:
        def acting() -> None:
            try:
                act()
            finally:
                stopped.set()

        thread = threading.Thread(target=acting, daemon=True)
        threads.append(thread)
        thread.start()
        assert stopped.wait(10)
        return thread

    monkeypatch.setattr(condition, "wait_for", waits)
    yield run
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def artifact_of(skills: SkillClient, skill: Any) -> bytes:
    """Return the artifact of a skill."""
    key = API.GetArtifactRequest(artifact_storage_key=skill.status.artifact_storage_key)
    data: bytes = skills.get_artifact(key).artifact
    return data


def test_a_push_during_a_restore_keeps_its_artifact(
    namespace: Namespace,
    aside: Callable[..., threading.Thread],
    stigmer_factory: Factory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A push that comes between the database and the artifacts waits for both."""
    skills, request = SkillClient(API, namespace), stigmer_factory.push_request(name="Calculator")
    snapshot, restore = namespace.snapshot(), registry.restore
    pushed: list[Any] = []
    pushing: list[threading.Thread] = []

    def meanwhile(*halves: Any) -> None:
        restore(*halves)
        pushing.append(aside(lambda: pushed.append(skills.push(request))))

    monkeypatch.setattr(registry, "restore", meanwhile)
    namespace.restore(snapshot)
    pushing[0].join(10)
    assert artifact_of(skills, pushed[0])


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_waits_for_the_calls_under_way(
    namespace: Namespace,
    aside: Callable[..., threading.Thread],
    stigmer_factory: Factory,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """What a call has begun it ends on the registry that it found, with the right answer."""
    skills = SkillClient(API, namespace)
    pushed = skills.push(stigmer_factory.push_request(name="Calculator"))
    namespace.snapshot()
    endpoint, done = namespace.endpoint, []

    def call(method: str, request: bytes) -> bytes:
        aside(lambda: done.append(CHANGES[change](namespace)))
        assert not done
        return endpoint.answer(method, request)  # type: ignore[attr-defined]

    monkeypatch.setattr(endpoint, "call", call)
    assert skills.get(API.SkillId(value=pushed.metadata.id)) == pushed


def test_a_late_call_does_not_hold_up_a_change(
    namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an injected latency lasts, a snapshot can be taken."""
    taken = []
    monkeypatch.setattr(
        served, "sleep", lambda _: taken.append(namespace.gate._inside or namespace.snapshot())
    )
    namespace.faults.add(Fault(latency="1h"))
    with pytest.raises(StatusError, match="NOT_FOUND"):
        SkillClient(API, namespace).get(API.SkillId(value="skl-1"))
    assert taken == ["1"]


@pytest.mark.parametrize(
    "act",
    [
        lambda namespace: SkillClient(API, namespace).get(API.SkillId(value="skl-1")),
        lambda namespace: namespace.load([], []),
        *CHANGES.values(),
    ],
)
def test_a_call_to_a_namespace_that_was_just_dropped_is_told_so(
    namespace: Namespace, tmp_path: Path, act: Callable[[Namespace], Any]
) -> None:
    """The text names no file, and nothing is made anew where the namespace was."""
    namespace.drop()
    with pytest.raises(StatusError, match="UNAVAILABLE: this namespace was dropped meanwhile"):
        act(namespace)
    assert not list(tmp_path.iterdir())


def test_a_call_that_is_held_up_does_not_hold_up_a_close(namespace: Namespace) -> None:
    """The file stays open for it, and is closed once the call has ended."""
    with namespace.gate.shared():
        namespace.close()
        assert namespace.registry.store.list_resources("skill") == []
    namespace.close()
    with pytest.raises(StatusError, match="UNAVAILABLE"):
        namespace.snapshot()


def test_a_gate_is_open_again_after_an_error(namespace: Namespace) -> None:
    """A call and a change that fail hold up nobody."""
    for _ in range(2):
        with pytest.raises(StatusError):
            namespace.restore("7")
        with pytest.raises(StatusError):
            SkillClient(API, namespace).get(API.SkillId(value="skl-1"))
    assert namespace.snapshot() == "1"
