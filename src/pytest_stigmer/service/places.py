"""Where `serve` listens, by what it proves to be itself, and what it refuses to listen on."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import stat
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

LAST_PORT = 65535
UNIX = "unix:"

_LONGEST_SOCKET_NAME = 107
_MISMATCH = "KEY_VALUES_MISMATCH"


@dataclass(frozen=True)
class ServerTls:
    """What a server shows to be the one it says: PEM texts of its certificate chain and key."""

    certificate: bytes
    key: bytes


def place_of(arguments: argparse.Namespace) -> str:
    """Return the one address that the options ask for; raise UsageError for what is not allowed."""
    if arguments.listen is not None and arguments.unix is not None:
        raise UsageError("--listen and --unix are two places; a server listens on one")
    if arguments.listen is not None:
        return _beyond(arguments)
    if arguments.unix is not None:
        return f"{UNIX}{_socket_file(arguments.unix)}"
    _check_port("--port", arguments.port)
    if not _is_loopback(arguments.host):
        raise UsageError(
            f"--host: {arguments.host} can be reached from other machines: give --listen "
            f"{arguments.host}:PORT with TLS and a token"
        )
    return f"{arguments.host}:{arguments.port}"


def _beyond(arguments: argparse.Namespace) -> str:
    """Return the address of --listen, which others can reach."""
    host, _, port = arguments.listen.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"--listen: {arguments.listen!r} is not HOST:PORT, such as 0.0.0.0:7234")
    _check_port("--listen", int(port))
    if arguments.tls_certificate is None or arguments.no_token:
        raise UsageError(
            "--listen: others can reach this address, and whoever reaches the server may read and "
            "change all in it: give --tls-certificate and --tls-key, and leave out --no-token"
        )
    return str(arguments.listen)


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def _check_port(option: str, port: int) -> None:
    # gRPC would listen on the port of the low 16 bits.
    if not 0 <= port <= LAST_PORT:
        raise UsageError(
            f"{option}: {port} is no port: give 1 to {LAST_PORT}, or 0, which takes a free one"
        )


def _socket_file(path: Path) -> Path:
    """Return where a socket may be made; a file there that nobody serves any more is deleted."""
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("--unix: this system has no such sockets; use --port, on loopback")
    path = path.absolute()
    if len(os.fsencode(path)) > _LONGEST_SOCKET_NAME:
        raise UsageError(
            f"--unix: {path} is longer than the {_LONGEST_SOCKET_NAME} bytes that a socket's name "
            "may have: give a shorter path"
        )
    if not path.parent.is_dir():
        raise UsageError(f"--unix: there is no folder {path.parent}: make it first")
    if not path.exists():
        return path
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise UsageError(f"--unix: {path} exists and is not a socket: give another path")
    with closing(socket.socket(socket.AF_UNIX)) as asked, suppress(ConnectionRefusedError):
        asked.connect(str(path))
        raise UsageError.cannot_listen(f"{UNIX}{path}", "another server listens there")
    path.unlink()
    return path


@contextmanager
def for_the_owner_alone(place: str) -> Iterator[None]:
    """Make files of mode 0600 in the block, if the place is one."""
    before = os.umask(0o177) if place.startswith(UNIX) else None
    try:
        yield
    finally:
        if before is not None:
            os.umask(before)


def tls_of(certificate: Path | None, key: Path | None) -> ServerTls | None:
    """Read a certificate and its key; raise UsageError for what cannot be served with."""
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
