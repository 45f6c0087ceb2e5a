"""The server's end of the wire: every call is a few events, and one that waits holds no thread.

It stands where `grpc.server` stands, on `grpc._cython.cygrpc`, which is the same since grpcio 1.74.
`grpc.server` lends each call a thread before its request has come, so that a few half-sent requests
stop it; `grpc.aio` takes 1.4 times as long for a warm call. This takes 0.75 times as long, since a
request is handed to a thread once, when it is whole. `make bench` measures it against the former.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import grpc
from grpc._cython import cygrpc

from pytest_stigmer.clock import stopwatch
from pytest_stigmer.service.memory import LARGE_BYTES, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_stigmer.service.waiting import Alarms

    Then = Callable[[bytes | None], None]

SLOW_SECONDS = 60.0
"""How long a client may take to send a request, and to take an answer."""

_LOOK_SECONDS = 1.0
# A client that is told to leave closes its connection; one that is thrown out logs that.
_FAREWELL_SECONDS = 0.25
_NO_FLAGS = 0
_LOG = logging.getLogger(__name__)


class Incoming:
    """One call from its arrival to its end; any thread may use it.

    Nothing here waits: what is given to `receive` and `when_over` is called by the thread that
    reads the wire, which must not wait either. Once the call is over, all of it does nothing.
    """

    def __init__(self, listener: Listener, event: Any) -> None:
        self.path: str = event.call_details.method.decode("utf-8", "replace")
        self.metadata: Sequence[tuple[str, str | bytes]] = event.invocation_metadata or ()
        self.over = False
        self.under_way = False
        self.carried = 0  # bytes of messages
        self.last_words: bytes | None = None
        self._listener = listener
        self.peer = str(event.call.peer())  # tells one connection from another
        self._call = event.call
        self._begun = self._ended = False
        self._client_since: float | None = None
        self._when_over: list[Callable[[], None]] = []

    def receive(self, then: Then) -> None:
        """Wait for the next message and give it to `then`; None when the client sends no more."""

        def received(event: Any) -> None:
            self._client_since = None
            message = event.batch_operations[0].message()
            self.carried += len(message or b"")
            then(message)

        self._client_since = stopwatch()
        if not self._start((cygrpc.ReceiveMessageOperation(_NO_FLAGS),), received):
            then(None)

    def send(self, message: bytes, then: Callable[[], None] | None = None) -> None:
        """Send one message of several, and call `then` when it is on its way.

        Before that the next one cannot be sent, and an end could overtake it.
        """

        def sent(_: Any) -> None:
            if then is not None:
                then()

        sending: tuple[Any, ...] = (cygrpc.SendMessageOperation(message, _NO_FLAGS),)
        if not self._begun:
            self._begun = True
            sending = (cygrpc.SendInitialMetadataOperation(None, _NO_FLAGS), *sending)
        self._start(sending, sent)

    def end(self, code: str = "OK", details: str = "", message: bytes | None = None) -> None:
        """End the call with a gRPC status and, first, its one answer; later ends do nothing."""
        number = grpc.StatusCode[code].value[0]
        sending = [
            cygrpc.SendStatusFromServerOperation(
                None, number, details.encode("utf-8", "replace"), _NO_FLAGS
            )
        ]
        if not self._begun:
            sending.append(cygrpc.SendInitialMetadataOperation(None, _NO_FLAGS))
        if message is not None:
            self.carried += len(message)
            sending.append(cygrpc.SendMessageOperation(message, _NO_FLAGS))
        self._client_since = stopwatch()
        self._start(sending, _nothing, ends=True)

    def when_over(self, then: Callable[[], None]) -> None:
        """Call `then` when the call is over, whoever ended it; at once if it is."""
        with self._listener.lock:
            if not self.over:
                self._when_over.append(then)
                return
        then()

    def watch(self) -> None:
        """Notice its end."""

        def closed(_: Any) -> None:
            with self._listener.lock:
                self.over = True
                told, self._when_over = self._when_over, []
                self._listener.forget(self)
            for then in told:
                then()

        self._start((cygrpc.ReceiveCloseOnServerOperation(_NO_FLAGS),), closed)

    def give_up(self, now: float) -> None:
        """End a call whose client has been slow for too long."""
        since = self._client_since
        if since is None or now - since < SLOW_SECONDS:
            return
        if self._ended:
            self._call.cancel()
        self.end("DEADLINE_EXCEEDED", f"the request did not come within {SLOW_SECONDS:g} s")

    def _start(
        self, operations: Sequence[Any], then: Callable[[Any], None], *, ends: bool = False
    ) -> bool:
        with self._listener.lock:
            if self.over or self._ended:
                return False
            try:
                self._call.start_server_batch(operations, then)
            except ValueError:  # the message before this one was never taken
                self._call.cancel()
                return False
            self._ended = ends
            self._listener.due += 1
            return True


class Listener:
    """Listens on an address from its construction until `stop`; `accept` is given every call.

    `accept` is called by the thread that reads the wire. `port` is the one that was taken. Raises
    RuntimeError when it cannot listen there.
    """

    def __init__(
        self,
        accept: Callable[[Incoming], None],
        address: str,
        alarms: Alarms,
        *,
        options: Sequence[tuple[str, int]] = (),
        credentials: Any = None,
    ) -> None:
        self.lock = threading.Lock()
        self.live: set[Incoming] = set()
        self.due = 0  # how many events are to come
        self._accept = accept
        self._alarms = alarms
        self._looking = self._tidying = self._stopping = False
        self._idle, self._stopped = threading.Event(), threading.Event()
        self._queue = cygrpc.CompletionQueue()
        self._server = cygrpc.Server(tuple(options), False)  # noqa: FBT003 - no xDS
        self._server.register_completion_queue(self._queue)
        taken = credentials and credentials._credentials  # noqa: SLF001 - grpc's own way in
        self.port = int(self._server.add_http2_port(address.encode(), *([taken] if taken else [])))
        if not self.port:
            raise RuntimeError(f"the address {address} cannot be taken")
        self._server.start()
        self._request_call()
        threading.Thread(target=self._read, name="stigmer-wire", daemon=True).start()

    def stop(self, grace: float) -> None:
        """Refuse new calls, end those that wait, give those under way `grace` seconds, and stop."""
        with self.lock:
            if self._stopping:
                return
            self._stopping = True
            self._server.shutdown(self._queue, _nothing)
            self.due += 1
            if not self.live:
                self._idle.set()
            waiting = [call for call in self.live if not call.under_way]
        for call in waiting:
            call.end("UNAVAILABLE", "the server stops", call.last_words)
        self._idle.wait(grace)
        if not self._stopped.wait(_FAREWELL_SECONDS):
            self._server.cancel_all_calls()
        if self._stopped.wait(grace):
            self._server.destroy()

    def forget(self, call: Incoming) -> None:
        """Note, under the lock, that a call is over."""
        self.live.discard(call)
        if call.carried >= LARGE_BYTES and not self._tidying:
            self._tidying = True
            self._alarms.after(_LOOK_SECONDS, self._tidy)
        if self._stopping and not self.live:
            self._idle.set()

    def _read(self) -> None:
        while self.due:
            event = self._queue.poll(None)
            with self.lock:
                self.due -= 1
            try:
                event.tag(event)
            except Exception:  # noqa: BLE001 - the next call must not be lost too
                _LOG.exception("a call was lost")
            # An event that is still known keeps its call, and the call its connection.
            event = None
        self._stopped.set()

    def _request_call(self) -> None:
        with self.lock:
            if not self._stopping:
                self._server.request_call(self._queue, self._queue, self._accepted)
                self.due += 1

    def _accepted(self, event: Any) -> None:
        self._request_call()
        if not event.success or not event.call_details.method:
            return
        call = Incoming(self, event)
        with self.lock:
            self.live.add(call)
            first, self._looking = not self._looking, True
        if first:
            self._alarms.after(_LOOK_SECONDS, self._look)
        call.watch()
        self._accept(call)

    def _tidy(self) -> None:
        self._tidying = False
        tidy()

    def _look(self) -> None:
        """End the calls whose clients have been slow for too long."""
        with self.lock:
            calls = list(self.live)
            self._looking = bool(calls)
        for call in calls:
            call.give_up(stopwatch())
        if calls:
            self._alarms.after(_LOOK_SECONDS, self._look)


def _nothing(_: Any) -> None:
    """Let an event pass."""
