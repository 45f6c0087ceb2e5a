"""A caller who goes away, at chosen moments: what targets over gRPC do, and which defects show."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from pytest_stigmer.defects.catalogue import recipe_with
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.scenario.loader import loads
from pytest_stigmer.scenario.runner import Status, run
from pytest_stigmer.scenario.target import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.scenario.model import Scenario

MOMENTS = 4
"""A push begins, writes twice and commits."""
NOTHING = loads(b"scenario: t\nsteps: [reopen: ]\n", Path("t.scenario.yaml"))
SHOWN = {
    "abandoned-push-leaves-its-version": "push_is_cut_short",
    "abandoned-push-leaves-its-artifact": "push_is_cut_short",
    "abandoned-deletion-is-half-done": "deletion_is_cut_short_on_disk",
    "abandoned-call-keeps-the-lock": "deletion_is_cut_short",
    "abandoned-call-keeps-its-place": "deletion_is_cut_short",
}


def test_caller_on_the_wire_leaves_before_each_statement(on_service: Any, tmp_path: Path) -> None:
    """A push is cut short at each moment; at the first it is not begun, at the others whole."""
    call = Call("push", {"name": "A", "skill_md": "# a"})
    seen = []
    with on_service(NOTHING, tmp_path / "it.db") as target:
        for order in range(MOMENTS + 1):
            answer, more = target.cut_short(call, "cancelled", order)
            found = len(target.perform("list_resources", {"kind": "skill"}).value)
            seen.append((answer.failure.code if answer.failure else "", more, found))
            target.start_over()
    whole = [("CANCELLED", True, 1)] * (MOMENTS - 1)
    assert seen == [("CANCELLED", True, 0), *whole, ("", False, 1)]


@pytest.mark.parametrize("defect", SHOWN)
def test_what_abandoned_calls_leave_shows_on_the_wire(
    on_service: Any, promise: Callable[[str], Scenario], tmp_path: Path, defect: str
) -> None:
    """A registry that is spoilt by a caller who goes away is red behind the service too."""
    scenario = promise(f"flows/{SHOWN[defect]}")
    with on_service(scenario, tmp_path / "it.db", recipe_with(defect)) as target:
        assert run(scenario, target).status is Status.FAILED


def test_call_that_ends_while_it_waits_for_the_lock_is_not_begun(plain: Any, api: Any) -> None:
    """Another process holds the file; the push's deadline passes, and nothing comes of it later."""
    request = api.codec.push_message(
        name="A", artifact=artifact(skill_md="# a", files={}), org="", scope=0, tag=""
    )
    with grpc.insecure_channel(plain.address) as channel:
        push = channel.unary_unary(api.methods["push"].path)
        with closing(sqlite3.connect(plain.store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(grpc.RpcError) as refused:
                push(request.SerializeToString(), timeout=0.2)
        assert refused.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        push(request.SerializeToString(), timeout=10)
    assert len(plain.listed()) == 1
    assert [call.code for call in plain.served.calls.all()][-1] == "OK"
