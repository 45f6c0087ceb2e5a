"""`stigmer-harness serve`: the fixture service as a process of its own, for suites in any language.

Standard output carries one line of JSON, when the server is ready; calls are logged to standard
error.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.clock import SystemClock, parse_instant
from pytest_stigmer.errors import UsageError, visible
from pytest_stigmer.registry.own_folder import OwnFolder
from pytest_stigmer.service import MOST_NAMESPACES, check_installed
from pytest_stigmer.service.access import TOKEN_VARIABLE, Access
from pytest_stigmer.service.places import for_the_owner_alone, place_of, tls_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_stigmer.registry.assembly import Recipe
    from pytest_stigmer.service.namespaces import Namespaces
    from pytest_stigmer.service.places import ServerTls
    from pytest_stigmer.service.served import Call
    from pytest_stigmer.service.server import Server

_LOOK_FOR_PARENT_SECONDS = 0.2
_TOKEN_BYTES = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="default: 0, which takes a free one")
    parser.add_argument(
        "--unix", metavar="PATH", type=Path, help="listen on a socket that only its owner may open"
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="listen for other machines: needs TLS, and every call but health a token",
    )
    parser.add_argument(
        "--database",
        metavar="FILE",
        type=Path,
        help="the default namespace's database, kept at the end (default: a temporary one)",
    )
    parser.add_argument(
        "--namespaces",
        metavar="N",
        type=int,
        default=MOST_NAMESPACES,
        help="how many namespaces there may be beside the default one (%(default)s)",
    )
    parser.add_argument(
        "--clock", metavar="INSTANT", default="", help="stop the clock at this instant"
    )
    parser.add_argument(
        "--ready-file",
        metavar="FILE",
        type=Path,
        help="write the ready line there, for its owner alone; the line on standard output then "
        "has no token",
    )
    parser.add_argument(
        "--no-token",
        action="store_true",
        help="let whoever reaches the server steer it; else the control API wants the token of the "
        f"ready line (or of the environment's {TOKEN_VARIABLE}), which is a secret in a CI log",
    )
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="stop when the parent process is gone"
    )
    parser.add_argument("--tls-certificate", metavar="PEM", type=Path, help="serve TLS with this")
    parser.add_argument("--tls-key", metavar="PEM", type=Path, help="the certificate's key")
    parser.add_argument(
        "--no-control",
        action="store_true",
        help="serve the skill API without the control API, as a real server does",
    )
    parser.add_argument("--quiet", action="store_true", help="do not log calls")


def run(arguments: argparse.Namespace, recipe: Recipe) -> int:
    """Serve until SIGTERM, SIGINT or, when asked for, the parent's end; return 0.

    `recipe` is what the registries of all namespaces are made of.
    Raises UsageError for options that cannot be followed, a port that is taken among them.
    """
    check_installed("stigmer-harness serve")
    place = place_of(arguments)
    tls = tls_of(arguments.tls_certificate, arguments.tls_key)
    parent = os.getppid()
    with ExitStack() as stack:
        stop = stack.enter_context(_told_to_stop())
        own = OwnFolder.create("stigmer-serve-")
        stack.callback(own.remove)
        database = arguments.database or own.path / "stigmer.db"
        given = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(_TOKEN_BYTES)
        needs_none = arguments.no_token or (arguments.no_control and not arguments.listen)
        access = Access("" if needs_none else given, everywhere=bool(arguments.listen))
        namespaces = _namespaces(arguments, database, own.path, recipe)
        stack.callback(namespaces.close)
        steered = None if arguments.no_control else namespaces
        server = stack.enter_context(_server(namespaces, steered, place, tls, access))
        ready = {
            "address": server.address,
            "pid": os.getpid(),
            "database": str(database.absolute()),
        }
        _announce(ready, access.token, arguments.ready_file)
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


def _namespaces(
    arguments: argparse.Namespace, database: Path, folder: Path, recipe: Recipe
) -> Namespaces:
    from pytest_stigmer.api.generation import load
    from pytest_stigmer.service.namespaces import Namespaces

    return Namespaces(
        database,
        folder,
        load("bundled"),
        start=_instant(arguments.clock),
        log=_ignore if arguments.quiet else _log,
        recipe=recipe,
        most=arguments.namespaces,
    )


def _server(
    namespaces: Namespaces,
    steered: Namespaces | None,
    place: str,
    tls: ServerTls | None,
    access: Access,
) -> Server:
    from pytest_stigmer.service.control import ControlHandlers
    from pytest_stigmer.service.server import Server

    with for_the_owner_alone(place):
        return Server(
            namespaces.generation,
            namespaces.find,
            place,
            tls=tls,
            access=access,
            control=ControlHandlers(steered) if steered else None,
        )


def _announce(ready: dict[str, object], token: str, ready_file: Path | None) -> None:
    line = json.dumps({**ready, "token": token} if token else ready) + "\n"
    if ready_file is not None:
        # Renamed into place, so that whoever waits for the file never reads half a line.
        half = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        half.write_text(line, encoding="utf-8")
        half.replace(ready_file)
        line = json.dumps(ready) + "\n"
    sys.stdout.write(line)
    sys.stdout.flush()


def _instant(text: str) -> str:
    try:
        return text and parse_instant(text).isoformat()
    except ValueError as error:
        raise UsageError(f"--clock: {error}") from error


def _log(call: Call) -> None:
    now = SystemClock().now().isoformat(timespec="milliseconds")
    sys.stderr.write(f"{now} {visible(call, line=True)}\n")


def _ignore(call: Call) -> None:
    del call
