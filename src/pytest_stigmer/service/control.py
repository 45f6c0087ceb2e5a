"""The control API: what a suite in another process may do to the registries of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from pytest_stigmer.api.values import SKILL_KIND
from pytest_stigmer.clock import parse_instant
from pytest_stigmer.errors import StatusError, StigmerError
from pytest_stigmer.service.control_api import SERVICE, control_api
from pytest_stigmer.service.handlers import namespace_of, refuse, status_of_failure
from pytest_stigmer.service.injection import DEFAULT_DETAILS, Fault
from pytest_stigmer.store.translation import AuditRow, ResourceRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from pytest_stigmer.service.namespaces import Namespace, Namespaces


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
    """Decodes a call of the control API, does one thing to its namespace, encodes the answer."""

    name = SERVICE

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._messages = control_api().messages
        actions: dict[str, Callable[[Namespace, Any], Any]] = {
            "Reset": lambda namespace, _: namespace.reset(),
            "Snapshot": self._snapshot,
            "Restore": lambda namespace, request: namespace.restore(request.value),
            "GetClock": lambda namespace, _: self._clock(namespace),
            "SetClock": self._set_clock,
            "AdvanceClock": self._advance_clock,
            "ListCalls": self._list_calls,
            "InjectFault": lambda namespace, request: namespace.faults.add(_fault(request)),
            "ClearFaults": lambda namespace, _: namespace.faults.clear(),
            "LoadHistory": _load,
        }
        servers = {name: self._server_of(name, action) for name, action in actions.items()}
        servers["Drop"] = self._answering("Drop", lambda name, _: namespaces.drop(name))
        self._by_path = {
            method.path: grpc.unary_unary_rpc_method_handler(
                servers[name],
                request_deserializer=method.request.FromString,
                response_serializer=method.response.SerializeToString,
            )
            for name, method in control_api().methods.items()
        }

    def service(self, call: Any) -> Any:
        """Return the handler of a call, or None for another service's."""
        return self._by_path.get(call.method)

    def _server_of(
        self, method: str, action: Callable[[Namespace, Any], Any]
    ) -> Callable[[Any, Any], Any]:
        return self._answering(
            method, lambda name, request: action(self._namespaces.find(name), request)
        )

    def _answering(
        self, method: str, action: Callable[[str, Any], Any]
    ) -> Callable[[Any, Any], Any]:
        def serve(request: Any, context: Any) -> Any:
            try:
                answer = action(namespace_of(context), request)
            except Exception as error:  # noqa: BLE001 - a caller gets a status whatever happens
                return refuse(context, _status_of(method, error))
            return self._messages["Nothing"]() if answer is None else answer

        return serve

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
