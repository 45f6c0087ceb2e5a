"""What goes wrong within the service: callers get a status, whoever runs it gets the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.service.loopback import Registries
from pytest_stigmer.service.namespace import Namespace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.service.loopback import Service
    from pytest_stigmer.store.sqlite import SqliteStore

API = load("bundled")
MISSING = API.SkillId(value="skl-missing")
CALLS: dict[str, Callable[[Any], Any]] = {
    "get": lambda client: client.skills.get(MISSING),
    "Snapshot": lambda client: client.control.call("Snapshot"),
}


def broken(*_: Any, **__: Any) -> None:
    """Fail as a mistake in the service would."""
    raise RuntimeError("the real cause")


@pytest.mark.parametrize("call", CALLS)
def test_a_namespace_that_cannot_be_opened_is_a_status(
    steered: Callable[..., Any], tmp_path: Path, call: str
) -> None:
    """It is the store's own, names the file without its folder, and the next call tries again."""
    (tmp_path / "namespace-1.db").mkdir()
    with pytest.raises(StatusError) as caught:
        CALLS[call](steered("one"))
    assert caught.value.code == "PERMISSION_DENIED"
    assert "namespace-1.db: it is a directory" in caught.value.details
    assert str(tmp_path) not in caught.value.details
    assert steered("one").control.call("Snapshot").value == "1"


def test_a_snapshot_that_was_damaged_is_a_status(
    steered: Callable[..., Any], tmp_path: Path
) -> None:
    """The refusal of Restore names the copy without its folder."""
    control = steered().control
    number = control.call("Snapshot").value
    (tmp_path / f"default.db.snapshot-{number}").write_bytes(b"junk" * 999)
    with pytest.raises(StatusError, match=r"^DATA_LOSS: .*default\.db\.snapshot-1") as caught:
        control.call("Restore", value=number)
    assert str(tmp_path) not in caught.value.details


def test_the_cause_of_an_internal_error_is_logged(
    stigmer_service: Service,
    stigmer_store: SqliteStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The caller is told the kind of the error alone; the log has method, text and traceback."""
    monkeypatch.setattr(stigmer_store, "get_resource", broken)
    with pytest.raises(StatusError, match=r"INTERNAL: internal error: RuntimeError$"):
        stigmer_service.skills.get(MISSING)
    assert "get: INTERNAL: internal error: RuntimeError\nTraceback" in caplog.text
    assert "RuntimeError: the real cause" in caplog.text


def test_an_error_on_the_way_to_a_registry_is_internal_and_logged(
    stigmer_service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not UNKNOWN, and the caller does not read its text."""
    monkeypatch.setattr(Registries, "find", broken)
    with pytest.raises(StatusError, match=r"INTERNAL: internal error: RuntimeError$"):
        stigmer_service.skills.get(MISSING)
    assert "RuntimeError: the real cause" in caplog.text


def test_an_error_of_the_control_api_is_internal_and_logged(
    steered: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake behind a control method is answered and logged like one behind the skill API."""
    monkeypatch.setattr(Namespace, "snapshot", broken)
    with pytest.raises(StatusError, match=r"INTERNAL: internal error: RuntimeError$"):
        steered().control.call("Snapshot")
    assert "Snapshot: INTERNAL: internal error: RuntimeError\nTraceback" in caplog.text


def test_refusals_are_not_logged(
    steered: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A status that the API has for a request is no failure of the service."""
    client = steered()
    client.control.call("InjectFault", code="INTERNAL")
    for _ in range(2):
        with pytest.raises(StatusError):
            client.skills.get(MISSING)
    with pytest.raises(StatusError):
        client.control.call("Restore", value="7")
    assert not caplog.records
