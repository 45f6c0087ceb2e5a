"""A look at certificate and key before gRPC, which would say that it cannot bind, takes them."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from pytest_stigmer.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_MISMATCH = "KEY_VALUES_MISMATCH"


def check_pair(certificate: Path, key: Path, chain: bytes) -> None:
    """Raise UsageError unless the files are a certificate, with this text, and its key."""
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
