"""Many callers on one file at once: whatever they were answered, some order of events explains."""

from __future__ import annotations

import os
import random
import signal
import threading
import traceback
from contextlib import suppress
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.concurrency.checker import faults
from pytest_stigmer.concurrency.recorded_history import Recorder, load
from pytest_stigmer.concurrency.recorded_skills import RecordedSkills
from pytest_stigmer.defects.catalogue import catalogue
from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.assembly import REFERENCE
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.faults import forgo_durability

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.assembly import Recipe

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def hammer(skills: Any, api: Generation, worker: int, turns: int) -> None:
    """Push, read and sometimes delete two skills, as fast as it goes."""
    nonce = os.getpid()
    for turn in range(turns):
        name, tag = ("Calc", "Other")[turn % 2], ("stable", "beta")[turn // 2 % 2]
        data = artifact(skill_md=f"# {worker}-{nonce}-{turn}", files={})
        try:
            made = skills.push(api.PushSkillRequest(name=name, org="o", tag=tag, artifact=data))
        except StatusError as error:
            assert error.code == "UNAVAILABLE"  # noqa: PT017 - the lock was held for long
            continue
        for version in ("stable", "beta", "", made.status.version_hash):
            reference = api.ApiResourceReference(org="o", slug=name.lower(), version=version)
            try:
                skills.get_by_reference(reference)
            except StatusError as error:
                assert error.code in {"NOT_FOUND", "UNAVAILABLE"}  # noqa: PT017 - a deletion came in between
        if worker == 0 and turn % 5 == 4:
            with suppress(StatusError):
                skills.delete(api.SkillId(value=made.metadata.id))


def test_threads_on_one_registry_make_a_possible_history(
    assembled: Callable[..., Registry], api: Generation, tmp_path: Path
) -> None:
    """What several threads read while others push and delete is explained by some order."""
    client = assembled().client()
    recorders = [Recorder(tmp_path / "history.jsonl", f"w{number}") for number in range(4)]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            hammer(RecordedSkills(client, recorders[number]), api, number, turns=12)
        except BaseException as error:  # noqa: BLE001 - reported in the test's thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for recorder in recorders:
        recorder.close()
    assert failures == []
    done = load(tmp_path / "history.jsonl")
    assert len(done) > 150
    assert faults(done) == []


def started(folder: Path, api: Generation, worker: int, turns: int, recipe: Recipe) -> int:
    """Hammer the file of a folder from a process of its own; return its id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with Registry(folder / "stigmer.db", generation=api, recipe=recipe) as parts:
                forgo_durability(parts.store)
                recorder = Recorder(folder / "history.jsonl", f"w{worker}-{os.getpid()}")
                hammer(RecordedSkills(parts.client(), recorder), api, worker, turns)
            status = 0
        except BaseException:  # noqa: BLE001 - shown by the parent's test
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def ended(children: list[int]) -> list[int]:
    """Wait for processes and return their exit codes."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_processes_on_one_file_make_a_possible_history(tmp_path: Path, api: Generation) -> None:
    """What several processes read while others push and delete is explained by some order."""
    Registry(tmp_path / "stigmer.db", generation=api).open().close()
    children = [started(tmp_path, api, worker, 10, REFERENCE) for worker in range(3)]
    assert ended(children) == [0, 0, 0]
    done = load(tmp_path / "history.jsonl")
    assert len(done) > 100
    assert faults(done) == []


def test_checker_sees_through_a_defect(tmp_path: Path, api: Generation) -> None:
    """A registry that looks tags up in the wrong order is found out by the history alone."""
    recipe = catalogue()["tag-lookup-oldest-wins"].apply(REFERENCE)
    assert ended([started(tmp_path, api, 1, 12, recipe)]) == [0]
    assert faults(load(tmp_path / "history.jsonl"))


@pytest.mark.soak
def test_killed_processes_lose_nothing_acknowledged(tmp_path: Path, api: Generation) -> None:
    """Processes killed at random moments leave a sound file and a possible history."""
    chance = random.Random(20260126)  # noqa: S311 - moments, not secrets
    Registry(tmp_path / "stigmer.db", generation=api).open().close()
    children = [started(tmp_path, api, worker, 100_000, REFERENCE) for worker in range(3)]
    for _ in range(15):
        sleep(chance.uniform(0.02, 0.3))
        victim = chance.randrange(len(children))
        os.kill(children[victim], signal.SIGKILL)
        assert ended([children[victim]]) == [-signal.SIGKILL]
        children[victim] = started(tmp_path, api, victim, 100_000, REFERENCE)
    for child in children:
        os.kill(child, signal.SIGKILL)
    ended(children)
    with Registry(tmp_path / "stigmer.db", generation=api) as parts:
        assert parts.store.execute("PRAGMA integrity_check") == [("ok",)]
    done = load(tmp_path / "history.jsonl")
    assert len(done) > 500
    assert faults(done) == []
