"""Whose server it is: the token, the socket of one user, and what other machines may reach."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import ServerLost, StatusError, UsageError
from pytest_stigmer.service.transport import ClientTls
from pytest_stigmer.targets.server_connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")
MISSING = API.SkillId(value="skl-missing")
OWNER_ONLY = "UNAUTHENTICATED: the control API is for the owner of this server: send 'authoriz"
CHECK = "/grpc.health.v1.Health/Check"


@pytest.fixture
def push(stigmer_factory: Factory) -> Callable[[Any], Any]:
    """Give a function that pushes a skill for a client."""

    def push_by(client: Any) -> Any:
        request = stigmer_factory.push_request(name="Calculator")
        return client.skills.push(API.PushSkillRequest.FromString(request.SerializeToString()))

    return push_by


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Give a certificate for 127.0.0.1, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-keyout", str(key), "-out", str(certificate), "-days", "36500", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *made, *subject],
        check=True,
        capture_output=True,
    )
    return certificate, key


def test_only_the_owner_steers_a_server(
    serving: Any, connected: Any, push: Callable[[Any], Any]
) -> None:
    """Control calls need the token of the ready line; skill calls and health need none."""
    with serving(token=True) as served:
        with connected(served.address, token="guessed") as client:
            push(client())
            with pytest.raises(StatusError, match=OWNER_ONLY):
                client().control.call("Reset")
        with connected(served.address, token=served.ready["token"]) as client:
            client().control.call("Reset")
            with pytest.raises(StatusError, match="NOT_FOUND"):
                client().skills.get(MISSING)


def test_the_token_may_come_from_the_environment(serving: Any, connected: Any) -> None:
    """STIGMER_TOKEN gives a token that is known before the server starts."""
    with (
        serving(token=True, STIGMER_TOKEN="known") as served,
        connected(served.address, token="known") as client,
    ):
        assert served.ready["token"] == "known"
        assert client().control.call("GetClock").instant


def test_a_target_without_the_token_is_told_so(serving: Any) -> None:
    """A run that would steer the server does not take it for a stranger's."""
    with serving(token=True) as served:
        connection = Connection(served.address, API, seconds=5)
        with pytest.raises(UsageError, match="--stigmer-token or STIGMER_TOKEN"):
            connection.steerable  # noqa: B018 - asking raises
        connection.close()


def test_a_socket_is_for_one_user(
    serving: Any, connected: Any, push: Callable[[Any], Any], tmp_path: Path
) -> None:
    """`--unix` makes a file of mode 0600, serves there, and deletes it at the end."""
    path = tmp_path / "socket"
    with serving("--unix", str(path)) as served:
        assert (served.address, path.stat().st_mode & 0o777) == (f"unix:{path}", 0o600)
        with connected(served.address) as client:
            assert push(client()).metadata.slug == "calculator"
        second = subprocess.run(
            [*served.process.args[:4], "--unix", str(path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert "another server listens there" in second.stderr
        served.process.terminate()
        served.end()
    assert not path.exists()


def test_the_socket_of_a_killed_server_is_taken_over(serving: Any, tmp_path: Path) -> None:
    """Its file stays behind and is in nobody's way."""
    path = tmp_path / "socket"
    with serving("--unix", str(path)) as served:
        served.process.kill()
        served.end()
    assert path.exists()
    with serving("--unix", str(path)) as served:
        assert served.address == f"unix:{path}"


def test_tls_is_served_to_those_who_trust_it(
    serving: Any, connected: Any, push: Callable[[Any], Any], pair: tuple[Path, Path]
) -> None:
    """With certificate and key a client with the right roots is served, a plain one is not."""
    options = ("--tls-certificate", str(pair[0]), "--tls-key", str(pair[1]))
    with serving(*options) as served:
        with connected(served.address, ClientTls(pair[0].read_bytes())) as client:
            assert push(client()).metadata.slug == "calculator"
        with connected(served.address) as client, pytest.raises(StatusError, match="UNAVAILABLE"):
            client().skills.get(MISSING)


def test_a_server_for_other_machines_wants_the_token_for_every_call(
    serving: Any, connected: Any, push: Callable[[Any], Any], pair: tuple[Path, Path]
) -> None:
    """But for health, which a container's check asks without one."""
    options = ("--tls-certificate", str(pair[0]), "--tls-key", str(pair[1]))
    tls = ClientTls(pair[0].read_bytes())
    with serving("--listen", "127.0.0.1:0", *options, token=True) as served:
        with connected(served.address, tls) as client:
            with pytest.raises(StatusError, match="UNAUTHENTICATED: this server answers its own"):
                push(client())
            channel = client().control._channel
            assert channel.unary_unary(CHECK)(b"", timeout=10) == b"\x08\x01"
        with connected(served.address, tls, served.ready["token"]) as client:
            assert push(client()).metadata.slug == "calculator"


def test_a_certificate_that_is_refused_is_told_at_once(
    serving: Any, pair: tuple[Path, Path]
) -> None:
    """A target does not say that nobody answers, and does not wait for it."""
    options = ("--tls-certificate", str(pair[0]), "--tls-key", str(pair[1]))
    with serving(*options) as served:
        connection = Connection(served.address, API, tls=ClientTls(), seconds=3600)
        with pytest.raises(ServerLost, match=r"answers, but not over TLS \("):
            connection.steerable  # noqa: B018 - asking raises
        connection.close()
