"""The checker of histories accepts what a correct registry may answer, and nothing else."""

from __future__ import annotations

import json
import os
import re
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.concurrency.checker import check_file, faults
from pytest_stigmer.concurrency.recorded_history import Operation, Recorder, load
from pytest_stigmer.concurrency.recorded_skills import RecordedSkills
from pytest_stigmer.errors import StatusError, UsageError
from pytest_stigmer.factories.artifacts import artifact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.registry.registry import Registry

NOT_FOUND = {"failed": "NOT_FOUND"}
_COUNT = iter(range(10**6))


def push(
    start: float, end: float | None, version: str, result: Any = None, tag: str = "t"
) -> Operation:
    """Describe a push that was acknowledged, unless it has another result or no end."""
    arguments = {"subject": "o/s", "tag": tag, "version": version}
    acknowledged = None if end is None else {"id": "1"}
    return operation("push", arguments, start, end, result or acknowledged)


def read(start: float, end: float, result: Any, **asked: str) -> Operation:
    """Describe a read of a tag; a text as result is the version it gave."""
    asked = asked or {"tag": "t"}
    given = {"version": result} if isinstance(result, str) else result
    return operation("read", {"subject": "o/s", **asked}, start, end, given)


def delete(start: float, end: float | None) -> Operation:
    """Describe a deletion."""
    return operation("delete", {"subject": "o/s"}, start, end, None if end is None else {})


def operation(
    verb: str, arguments: dict[str, str], start: float, end: float | None, result: Any
) -> Operation:
    """Build an operation of some worker."""
    return Operation(str(next(_COUNT)), "w", verb, arguments, start, end, result)


POSSIBLE = {
    "an error that says nothing": [push(0, 1, "a"), read(2, 3, {"failed": "UNAVAILABLE"})],
    "an answer that was too large": [
        push(0, 1, "a", {"failed": "RESOURCE_EXHAUSTED"}),
        read(2, 3, "a"),
        read(4, 5, {"failed": "RESOURCE_EXHAUSTED"}),
    ],
    "a refusal": [push(0, 1, "a"), read(2, 3, {"failed": "INVALID_ARGUMENT"})],
    "the newest by an empty tag": [push(0, 1, "a"), read(2, 3, "a", tag="")],
    "the newest by latest": [
        push(0, 1, "a", tag="latest"),
        push(2, 3, "b"),
        read(4, 5, "b", tag="latest"),
    ],
    "no ids at all": [push(0, 1, "a", {}), push(2, 3, "b", {})],
    "a failure before any push": [read(0, 1, {"failed": "INTERNAL"}), push(2, 3, "a")],
}
"""What no random history of test_linearizable_orders.py has: it is held to every order there."""

IMPOSSIBLE = {
    "newer": [push(0, 1, "a"), push(2, 3, "b"), read(4, 5, "a")],
    "never pushed": [push(0, 1, "a"), read(2, 3, "z")],
    "never pushed so": [push(0, 1, "a", tag="other"), read(2, 3, "a")],
    "never pushed before": [read(0, 1, "a"), push(2, 3, "a")],
    "never pushed, refused": [
        push(0, 1, "a", {"failed": "INVALID_ARGUMENT"}),
        read(2, 3, "a"),
    ],
    "acknowledged": [push(0, 1, "a"), read(2, 3, NOT_FOUND)],
    "acknowledged, and is damaged": [push(0, 1, "a"), read(2, 3, {"failed": "DATA_LOSS"})],
    "acknowledged, by hash": [push(0, 1, "a"), read(2, 3, NOT_FOUND, version="a")],
    "deletion": [push(0, 1, "a"), delete(2, 3), read(4, 5, "a")],
    "was given b before and it was not pushed since": [
        push(0, 1, "a"),
        push(2, 9, "b"),
        read(3, 4, "b"),
        read(5, 6, "a"),
    ],
    "was given a before and it was not pushed since": [
        push(0, 2, "a"),
        push(1, 3, "b"),
        read(4, 5, "a"),
        read(6, 7, "b"),
    ],
    "was given a before and it was not pushed since, whoever else read b": [
        push(0, 2, "a"),
        push(1, 3, "b"),
        read(4, 5, "a"),
        read(4.5, 6, "b"),
        read(7, 8, "b"),
    ],
    "was given a before and it was not pushed since, though a came after the read had begun": [
        push(0, 2, "b"),
        read(1, 5, "a"),
        push(3, None, "a"),
        read(6, 7, "b"),
    ],
    "was given b before and nothing was deleted since": [
        push(0, None, "b"),
        read(1, 2, "b"),
        read(3, 4, NOT_FOUND),
    ],
    "was given NOT_FOUND before and it was not pushed since": [
        push(0, 1, "a"),
        delete(2, 9),
        read(3, 4, NOT_FOUND),
        read(5, 6, "a"),
    ],
    "two live skills have the slug o/s": [push(0, 1, "a"), push(2, 3, "b", {"id": "2"})],
    "two live skills have the slug o/s, after a deletion": [
        push(0, 1, "a"),
        delete(2, 3),
        push(4, 5, "b", {"id": "2"}),
        push(6, 7, "c", {"id": "3"}),
    ],
    "newer, by an empty tag": [push(0, 1, "a"), push(2, 3, "b"), read(4, 5, "a", tag="")],
}


@pytest.mark.parametrize("what", POSSIBLE)
def test_possible_history_has_no_fault(what: str) -> None:
    """What a correct registry may answer when operations overlap or die is accepted."""
    assert faults(POSSIBLE[what]) == []


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_impossible_history_is_told(what: str) -> None:
    """An answer that no order of the operations explains is told in one sentence."""
    (told,) = faults(IMPOSSIBLE[what])
    assert what.split(",", maxsplit=1)[0].removesuffix(" before") in told


def test_long_history_is_judged_to_its_end() -> None:
    """The one wrong answer after 20 000 operations is told, and nothing else."""
    right = [
        one
        for turn in range(0, 20_000, 2)
        for one in (push(turn, turn + 1, f"v{turn}"), read(turn + 1.1, turn + 1.2, f"v{turn}"))
    ]
    (told,) = faults([*right, read(30_000, 30_001, NOT_FOUND)])
    assert re.search(
        r"although w \(key \d+, 19998\.000000 to 19999\.000000 s\) had its push of version v19998 "
        "acknowledged before",
        told,
    )


def test_two_live_skills_of_a_slug_are_told_once_for_all_that_follows() -> None:
    """Both pushes are named, and of the reads that go wrong only the number is told."""
    first, second = push(0, 1, "a"), push(0.5, 2, "b", {"id": "2"})
    (told,) = faults([first, second, *(read(turn, turn + 0.5, NOT_FOUND) for turn in range(3, 8))])
    assert told == (
        "two live skills have the slug o/s, although nobody deleted it in between: "
        f"1 by w (key {first.key}, 0.000000 to 1.000000 s) and "
        f"2 by w (key {second.key}, 0.500000 to 2.000000 s); 5 reads of it went wrong too"
    )


def test_worker_without_a_name_is_its_process_and_thread(tmp_path: Path) -> None:
    """Threads that share a recorder are told apart."""

    def work() -> None:
        with recorder.operation("read", subject="o/s") as result:
            result["failed"] = "NOT_FOUND"

    with Recorder(tmp_path / "history.jsonl") as recorder:
        thread = Thread(target=work, name="second")
        work()
        thread.start()
        thread.join()
    here = f"process {os.getpid()}"
    workers = [one.worker for one in load(tmp_path / "history.jsonl")]
    assert workers == [f"{here}, MainThread", f"{here}, second"]


def test_recorded_calls_are_read_back(
    assembled: Callable[..., Registry], api: Generation, tmp_path: Path
) -> None:
    """Calls through the recording client become operations with their results."""
    path = tmp_path / "history.jsonl"
    recorder = Recorder(path, "w1")
    skills = RecordedSkills(assembled().client(), recorder)
    data = artifact(skill_md="# one", files={})
    made = skills.push(api.PushSkillRequest(name="My Calc", org="o", tag="t", artifact=data))
    skills.get_by_reference(api.ApiResourceReference(org="o", slug="my-calc", version="t"))
    with pytest.raises(StatusError):
        skills.get_by_reference(api.ApiResourceReference(org="o", slug="my-calc", version="no"))
    skills.delete(api.SkillId(value=made.metadata.id))
    recorder.close()
    done = load(path)
    assert [one.verb for one in done] == ["push", "read", "read", "delete"]
    assert {one.arguments["subject"] for one in done} == {"o/my-calc"}
    assert done[1].result == {"version": made.status.version_hash}
    assert done[2].failed == "NOT_FOUND"
    assert check_file(path) == []


def test_operation_that_never_ended_is_known_to_have_begun(tmp_path: Path) -> None:
    """A call whose process died leaves its beginning, and a line cut off is left out."""
    path = tmp_path / "history.jsonl"
    recorder = Recorder(path)
    with pytest.raises(KeyboardInterrupt), recorder.operation("delete", subject="o/s"):
        raise KeyboardInterrupt
    recorder.close()
    with path.open("a") as file:
        file.write('{"key": "cut')
    (only,) = load(path)
    assert only.end is None
    assert only.may_have_happened
    assert not only.is_acknowledged


def test_recorders_of_one_name_lose_nothing(tmp_path: Path) -> None:
    """Two runs that call their workers alike leave all their operations in one file."""
    path = tmp_path / "history.jsonl"
    for _ in range(2):
        recorder = Recorder(path, "gw0")
        with recorder.operation("read", subject="o/s") as result:
            result["failed"] = "NOT_FOUND"
        recorder.close()
    assert len(load(path)) == 2


def test_nothing_is_recorded_after_the_end(tmp_path: Path) -> None:
    """A recorder that is closed, twice even, writes into no file that was opened since."""
    recorder = Recorder(tmp_path / "history.jsonl")
    recorder.close()
    recorder.close()
    with (
        (tmp_path / "other.txt").open("w", encoding="utf-8"),
        pytest.raises(ValueError, match="closed file"),
        recorder.operation("read", subject="o/s"),
    ):
        pass
    assert (tmp_path / "other.txt").read_text(encoding="utf-8") == ""


LINE = {"key": "1", "worker": "w", "verb": "read", "arguments": {"subject": "o/s"}, "start": 1}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "it is list, not an object"),
        (LINE | {"start": "1"}, "'start' is '1'"),
        ({"key": "1"}, "'worker' is None"),
        (LINE | {"seconds": 1}, "'seconds' is none of key, worker"),
        (LINE | {"verb": "get"}, "'verb' is 'get', none of push, read, delete"),
        (LINE | {"arguments": {}}, "'arguments' has no 'subject'"),
        (LINE | {"verb": "push"}, "'arguments' has no 'version'"),
        (LINE | {"end": 2, "result": {"version": None}}, "'version' is None, not a text"),
        (LINE | {"result": {}}, "it has a result and no 'end'"),
        (LINE | {"end": 0}, "it ends at 0, before its start at 1"),
        (LINE | {"start": float("nan")}, "nan is no number of seconds"),
        (LINE | {"end": float("inf")}, "inf is no number of seconds"),
        (LINE | {"arguments": {"subject": "o/s", "tga": "t"}}, "the argument 'tga' is none of"),
        (LINE | {"end": 2, "result": {}}, "the 'result' of a read has neither"),
        (LINE | {"end": 2, "result": {"failed": "Unavailable"}}, "'failed' is 'Unavailable', not"),
        (LINE | {"start": 2}, "another has the key '1'"),
    ],
)
def test_line_that_is_no_operation_is_told(tmp_path: Path, line: Any, why: str) -> None:
    """File, line and reason are named, and nothing is judged."""
    path = tmp_path / "history.jsonl"
    wrong = line if isinstance(line, str) else json.dumps(line)
    path.write_text(f"{json.dumps(LINE)}\n{wrong}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check_file(path)
    assert str(caught.value).startswith(f"{path}:2: not an operation: {why}")


def test_line_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    """Such a file shows no fault of the registry."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(UsageError, match=r"history\.jsonl:1: not an operation: it is no UTF-8"):
        check_file(path)


def test_skills_of_one_id_are_told() -> None:
    """A push that takes over the skill of another organisation is seen in its answer."""
    taken = operation("push", {"subject": "p/s", "version": "b"}, 2, 3, {"id": "1"})
    first = push(0, 1, "a")
    (told,) = faults([first, taken])
    assert told == (
        f"two skills were given one id, 1: o/s by w (key {first.key}, 0.000000 to 1.000000 s) and "
        f"p/s by w (key {taken.key}, 2.000000 to 3.000000 s)"
    )


def test_last_line_counts_unless_it_was_cut_off(tmp_path: Path) -> None:
    """Not every language ends the last line; a process that died leaves a part of one."""
    path = tmp_path / "history.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE | {'key': '2'})}", encoding="utf-8")
    assert [one.key for one in load(path)] == ["1", "2"]
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE | {'key': '2'})[:-9]}", encoding="utf-8")
    assert [one.key for one in load(path)] == ["1"]


def test_history_of_nothing_is_not_judged(tmp_path: Path) -> None:
    """A file without operations proves nothing and is an error."""
    path = tmp_path / "history.jsonl"
    path.touch()
    with pytest.raises(UsageError, match="holds no operations"):
        check_file(path)
