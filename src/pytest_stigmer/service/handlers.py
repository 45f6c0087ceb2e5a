"""From calls on the wire to calls in bytes: what happens to each, once for every method."""

from __future__ import annotations

import logging
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from pytest_stigmer.errors import StatusError, StigmerError
from pytest_stigmer.skills.callers import Caller, waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.api.generation import Generation
    from pytest_stigmer.service.listener import Incoming
    from pytest_stigmer.service.served import Served, Visit
    from pytest_stigmer.service.waiting import Alarms
    from pytest_stigmer.service.way import Way

NAMESPACE_KEY = "stigmer-namespace"
"""The metadata key that selects a registry; without it a call goes to the default one."""

_LOG = logging.getLogger(__name__)


def namespace_of(call: Incoming) -> str:
    """Return the namespace that a call's metadata names, '' for none."""
    for key, value in call.metadata:
        if key == NAMESPACE_KEY:
            return str(value)
    return ""


class SkillHandlers:
    """Takes the calls of the skill API, still in bytes, to the registries of their namespaces."""

    def __init__(
        self, generation: Generation, find: Callable[[str], Served], way: Way, alarms: Alarms
    ) -> None:
        self._find = find
        self._way = way
        self._alarms = alarms
        self.by_path = {
            method.path: partial(self._enter, name) for name, method in generation.methods.items()
        }

    def _enter(self, method: str, call: Incoming) -> None:
        self._way.enter(call, partial(self._arrive, method, call))

    def _arrive(self, method: str, call: Incoming, request: bytes) -> None:
        try:
            visit = self._find(namespace_of(call)).arrive(method, request)
        except Exception as error:  # noqa: BLE001 - a caller gets a status whatever happens
            refuse(call, status_of_failure(method, error))
            self._way.leave(call)
            return
        if visit.late:
            call.under_way = False
            self._way.leave(call)
            self._wait(method, call, visit)
            return
        self._serve(method, call, visit)
        self._way.leave(call)

    def _wait(self, method: str, call: Incoming, visit: Visit) -> None:
        def go_on() -> None:
            if taken.acquire(blocking=False):
                self._way.workers.do(partial(self._serve, method, call, visit))

        def over() -> None:
            if taken.acquire(blocking=False):
                forget()
                visit.abandon()

        taken = Lock()
        forget = self._alarms.after(visit.late, go_on)
        call.when_over(over)

    def _serve(self, method: str, call: Incoming, visit: Visit) -> None:
        call.under_way = True
        try:
            with waiting(Caller(lambda: call.over)):
                answer = visit.serve()
            call.end(message=answer)
        except Exception as error:  # noqa: BLE001 - a caller gets a status whatever happens
            refuse(call, status_of_failure(method, error))


def status_of_failure(method: str, error: Exception) -> StatusError:
    """Return the status that ends a call; log a cause that is no error of this package."""
    status = StatusError.of(error)
    cause = error.__cause__ if isinstance(error, StatusError) else error
    if cause is not None and not isinstance(cause, StigmerError):
        _LOG.error("%s: %s", method, status, exc_info=cause)
    return status


def refuse_unknown(services: tuple[str, ...], call: Incoming) -> None:
    """Refuse what no handler takes, in the words of the real server.

    Source: grpc-go, as stigmer b070f18 uses it.
    """
    service, _, method = call.path.removeprefix("/").rpartition("/")
    text = f"unknown service {service}"
    if service in services:
        text = f"unknown method {method} for service {service}"
    refuse(call, StatusError("UNIMPLEMENTED", text))


def refuse(call: Incoming, error: StatusError) -> None:
    """End a call with the error's status."""
    call.end(error.code, error.details)
