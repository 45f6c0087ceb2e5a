"""The control API: what a suite in another process may do to the registries of a server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.clock import parse_instant
from pytest_stigmer.errors import StatusError, StigmerError, UndecodableMessage
from pytest_stigmer.service.control_api import SERVICE, control_api
from pytest_stigmer.service.handlers import namespace_of, refuse, status_of_failure
from pytest_stigmer.service.injection import DEFAULT_DETAILS, Fault
from pytest_stigmer.service.way import Way
from pytest_stigmer.store.translation import AuditRow, ResourceRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from pytest_stigmer.service.listener import Incoming
    from pytest_stigmer.service.namespace import Namespace
    from pytest_stigmer.service.namespaces import Namespaces

_THREADS = 4

_CALL_FIELDS = (
    "method",
    "code",
    "details",
    "instant",
    "request_bytes",
    "response_bytes",
    "milliseconds",
)


class ControlHandlers:
    """Decodes a call of the control API, does one thing to its namespace, encodes the answer.

    The calls have threads of their own: what holds up the skill API does not hold up these.
    """

    name = SERVICE

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._messages = control_api().messages
        self.way = Way(_THREADS, "stigmer-control")
        actions: dict[str, Callable[[Namespace, Any], Any]] = {
            "Reset": lambda namespace, _: namespace.reset(),
            "Snapshot": self._snapshot,
            "Restore": lambda namespace, request: namespace.restore(request.value),
            "DeleteSnapshot": lambda namespace, request: namespace.delete_snapshot(request.value),
            "GetClock": lambda namespace, _: self._clock(namespace),
            "SetClock": self._set_clock,
            "AdvanceClock": self._advance_clock,
            "ListCalls": self._list_calls,
            "InjectFault": lambda namespace, request: namespace.faults.add(_fault(request)),
            "ClearFaults": lambda namespace, _: namespace.faults.clear(),
            "LoadHistory": _load,
        }
        self.by_path = {
            control_api().methods[name].path: partial(self._enter, name, partial(self._on, action))
            for name, action in actions.items()
        }
        self.by_path[control_api().methods["Drop"].path] = partial(
            self._enter, "Drop", lambda name, _: namespaces.drop(name)
        )

    def _on(self, action: Callable[[Namespace, Any], Any], name: str, request: Any) -> Any:
        return action(self._namespaces.find(name), request)

    def _enter(self, method: str, action: Callable[[str, Any], Any], call: Incoming) -> None:
        self.way.enter(call, partial(self._serve, method, action, call))

    def _serve(
        self, method: str, action: Callable[[str, Any], Any], call: Incoming, request: bytes
    ) -> None:
        try:
            answer = action(namespace_of(call), self._decoded(method, request))
            found = self._messages["Nothing"]() if answer is None else answer
            call.end(message=found.SerializeToString())
        except Exception as error:  # noqa: BLE001 - a caller gets a status whatever happens
            refuse(call, _status_of(method, error))
        finally:
            self.way.leave(call)

    def _decoded(self, method: str, request: bytes) -> Any:
        wanted = control_api().methods[method].request
        try:
            return wanted.FromString(request)
        except DecodeError as error:
            raise UndecodableMessage(wanted.DESCRIPTOR.full_name, str(error)) from None

    def _snapshot(self, namespace: Namespace, _: Any) -> Any:
        return self._messages["SnapshotId"](value=namespace.snapshot())

    def _clock(self, namespace: Namespace) -> Any:
        clock = namespace.clock
        instant = clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        return self._messages["ClockState"](instant=instant, frozen=clock.frozen)

    def _set_clock(self, namespace: Namespace, request: Any) -> Any:
        namespace.clock.set(request.value)
        return self._clock(namespace)

    def _advance_clock(self, namespace: Namespace, request: Any) -> Any:
        namespace.clock.advance(request.value)
        return self._clock(namespace)

    def _list_calls(self, namespace: Namespace, _: Any) -> Any:
        listed = self._messages["CallLog"]()
        for call in namespace.calls.all():
            listed.calls.add(**{name: getattr(call, name) for name in _CALL_FIELDS})
        return listed


def _status_of(method: str, error: Exception) -> StatusError:
    if isinstance(error, ValueError) and not isinstance(error, StigmerError):
        return StatusError("INVALID_ARGUMENT", str(error))
    return status_of_failure(method, error)


def _fault(request: Any) -> Fault:
    return Fault(
        method=request.method or None,
        on_call=request.on_call or 1,
        times=request.times or 1,
        code=request.code or None,
        details=request.details or DEFAULT_DETAILS,
        latency=request.latency,
    )


def _load(namespace: Namespace, request: Any) -> None:
    live = [
        ResourceRow(row.kind or SKILL_KIND, row.id, row.data, _instant(row.updated_at))
        for row in request.live
    ]
    audits = [
        AuditRow(
            row.kind or SKILL_KIND,
            row.resource_id,
            row.data,
            row.version_hash,
            row.tag,
            _instant(row.archived_at),
        )
        for row in request.audits
    ]
    namespace.load(live, audits)


def _instant(text: str) -> dt.datetime | None:
    return parse_instant(text) if text else None
