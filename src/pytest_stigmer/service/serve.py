"""`stigmer-harness serve`: the fixture service as a process of its own, for suites in any language.

Standard output carries one line of JSON, when the server is ready; calls are logged to standard
error.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import ssl
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.clock import SystemClock, parse_instant
from pytest_stigmer.errors import UsageError, visible
from pytest_stigmer.service import check_installed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_stigmer.service.served import Call
    from pytest_stigmer.service.server import Server, ServerTls

_LOOK_FOR_PARENT_SECONDS = 0.2
_LAST_PORT = 65535
_MISMATCH = "KEY_VALUES_MISMATCH"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: loopback)")
    parser.add_argument("--port", type=int, default=0, help="default: 0, which takes a free one")
    parser.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        help="the default namespace's database, kept at the end (default: a temporary one)",
    )
    parser.add_argument(
        "--clock", metavar="INSTANT", default="", help="stop the clock at this instant"
    )
    parser.add_argument(
        "--ready-file", metavar="FILE", type=Path, help="write the ready line there too"
    )
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="stop when the parent process is gone"
    )
    parser.add_argument("--tls-certificate", metavar="PEM", type=Path, help="serve TLS with this")
    parser.add_argument("--tls-key", metavar="PEM", type=Path, help="the certificate's key")
    parser.add_argument("--quiet", action="store_true", help="do not log calls")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM, SIGINT or, when asked for, the parent's end; return 0.

    Raises UsageError for options that cannot be followed, a port that is taken among them.
    """
    check_installed("stigmer-harness serve")
    _check_port(arguments.port)
    parent = os.getppid()
    with ExitStack() as stack:
        stop = stack.enter_context(_told_to_stop())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stigmer-serve-")))
        database = arguments.database or folder / "stigmer.db"
        server = _start(arguments, database, folder, stack)
        _announce(server.address, database.absolute(), arguments.ready_file)
        seconds = _LOOK_FOR_PARENT_SECONDS if arguments.exit_with_parent else None
        while not select.select([stop], [], [], seconds)[0]:
            if os.getppid() != parent:
                break
    return 0


@contextmanager
def _told_to_stop() -> Iterator[socket.socket]:
    """Give a socket that has something to read once SIGTERM or SIGINT has come.

    The system may hand a signal to any thread. One of gRPC's would note it without waking this one,
    and Python's own handlers run here only; the wake-up descriptor is written by whoever gets it.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.settimeout(0)
        signal.set_wakeup_fd(writer.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(-1)


def _start(arguments: argparse.Namespace, database: Path, folder: Path, stack: ExitStack) -> Server:
    from pytest_stigmer.api.generation import load
    from pytest_stigmer.service.control import ControlHandlers
    from pytest_stigmer.service.namespaces import Namespaces
    from pytest_stigmer.service.server import Server

    generation = load("bundled")
    namespaces = Namespaces(
        database,
        folder,
        generation,
        start=_instant(arguments.clock),
        log=_ignore if arguments.quiet else _log,
    )
    stack.callback(namespaces.close)
    server = Server(
        generation,
        namespaces.find,
        host=arguments.host,
        port=arguments.port,
        tls=_tls(arguments.tls_certificate, arguments.tls_key),
        control=ControlHandlers(namespaces),
    )
    return stack.enter_context(server)


def _announce(address: str, database: Path, ready_file: Path | None) -> None:
    ready = {"address": address, "pid": os.getpid(), "database": str(database)}
    line = json.dumps(ready) + "\n"
    if ready_file is not None:
        # Renamed into place, so that whoever waits for the file never reads half a line.
        half = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
        half.write_text(line, encoding="utf-8")
        half.replace(ready_file)
    sys.stdout.write(line)
    sys.stdout.flush()


def _instant(text: str) -> str:
    try:
        return text and parse_instant(text).isoformat()
    except ValueError as error:
        raise UsageError(f"--clock: {error}") from error


def _check_port(port: int) -> None:
    # gRPC would listen on the port of the low 16 bits.
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(
            f"--port: {port} is no port: give 1 to {_LAST_PORT}, or 0, which takes a free one"
        )


def _tls(certificate: Path | None, key: Path | None) -> ServerTls | None:
    from pytest_stigmer.service.server import ServerTls

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("TLS needs both: --tls-certificate and --tls-key")
    try:
        tls = ServerTls(certificate.read_bytes(), key.read_bytes())
    except OSError as error:
        raise UsageError(f"--tls-certificate, --tls-key: {error}") from error
    check_pair(certificate, key, tls.certificate)
    return tls


def check_pair(certificate: Path, key: Path, chain: bytes) -> None:
    """Raise UsageError unless the files are a certificate, with this text, and its key.

    Asked before gRPC, which would only say that it cannot bind.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Which lengths of keys are acceptable is not asked here.
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        context.load_verify_locations(cadata=chain.decode("ascii", errors="ignore"))
    except (ssl.SSLError, ValueError):
        raise UsageError(
            f"--tls-certificate: {certificate} holds no certificate in PEM form"
        ) from None
    if certificate.is_file() and key.is_file():  # a pipe is read once, and was
        _check_key(context, certificate, key)


def _check_key(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")
    except ssl.SSLError as error:
        why = "holds no private key in PEM form, or one under a passphrase"
        if error.reason == _MISMATCH:
            why = f"is not the key of the certificate {certificate}"
        raise UsageError(f"--tls-key: {key} {why}") from None


def _log(call: Call) -> None:
    now = SystemClock().now().isoformat(timespec="milliseconds")
    sys.stderr.write(f"{now} {visible(call, line=True)}\n")


def _ignore(call: Call) -> None:
    del call
