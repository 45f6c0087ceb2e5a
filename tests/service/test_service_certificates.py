"""Certificate and key of `serve`: what is wrong with them is said before anything listens."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_stigmer.errors import UsageError
from pytest_stigmer.service.places import check_pair

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the keys")
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a certificate, its key, that key under a passphrase, and another."""
    folder = tmp_path_factory.mktemp("keys")
    for name, options in (("own", ["-nodes"]), ("locked", ["-passout", "pass:word"])):
        made = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "36500", *options]
        command = ["openssl", "req", "-x509", *CURVE, *made, "-subj", "/CN=localhost"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
    other = ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "other.key"]
    subprocess.run(other, check=True, capture_output=True, cwd=folder)
    (folder / "noise.pem").write_bytes(b"\xff\x00 no PEM")
    (folder / "empty.pem").touch()
    return folder


def check(folder: Path, certificate: str, key: str) -> None:
    """Check two files of a folder."""
    chain = (folder / certificate).read_bytes()
    check_pair(folder / certificate, folder / key, chain)


def test_a_certificate_with_its_key_is_taken(keys: Path) -> None:
    """Text around the PEM, in any encoding, does no harm."""
    check(keys, "own.pem", "own.key")
    (keys / "told.pem").write_bytes("für uns\n".encode() + (keys / "own.pem").read_bytes())
    check(keys, "told.pem", "own.key")


@pytest.mark.parametrize(
    ("certificate", "key", "text"),
    [
        ("noise.pem", "own.key", "--tls-certificate: {}/noise.pem holds no certificate in PEM"),
        ("empty.pem", "own.key", "--tls-certificate: {}/empty.pem holds no certificate in PEM"),
        ("own.key", "own.pem", "--tls-certificate: {}/own.key holds no certificate in PEM form"),
        ("own.pem", "noise.pem", "--tls-key: {}/noise.pem holds no private key in PEM form"),
        ("locked.pem", "locked.key", "or one under a passphrase"),
        ("own.pem", "other.key", "--tls-key: {0}/other.key is not the key of the certificate {0}"),
    ],
)
def test_a_pair_that_is_none_is_a_usage_error(
    keys: Path, certificate: str, key: str, text: str
) -> None:
    """The error names the option, its file and what is wrong with it."""
    with pytest.raises(UsageError) as caught:
        check(keys, certificate, key)
    assert text.format(keys) in str(caught.value)
