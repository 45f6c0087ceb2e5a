"""The control API from the client's end."""

from __future__ import annotations

from typing import Any

import grpc

from pytest_stigmer.service.control_api import control_api
from pytest_stigmer.service.handlers import NAMESPACE_KEY
from pytest_stigmer.service.transport import CALL_SECONDS, status_of


class ControlClient:
    """Steers one namespace of a server that `stigmer-harness serve` started."""

    def __init__(
        self,
        channel: Any,
        *,
        namespace: str = "",
        metadata: tuple[tuple[str, str], ...] = (),
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._channel = channel
        self._metadata = (*metadata, (NAMESPACE_KEY, namespace))
        self._seconds = seconds

    def call(
        self, name: str, *, wait: bool = False, seconds: float | None = None, **fields: Any
    ) -> Any:
        """Call a method with the fields of its request; return the answer, raise StatusError.

        With `wait` a server that does not listen yet is waited for until the deadline.
        """
        method = control_api().methods[name]
        rpc = self._channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        try:
            return rpc(
                method.request(**fields),
                timeout=seconds or self._seconds,
                metadata=self._metadata,
                wait_for_ready=wait,
            )
        except grpc.RpcError as error:
            raise status_of(error) from error
