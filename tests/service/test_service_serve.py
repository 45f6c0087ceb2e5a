"""`stigmer-harness serve`, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_stigmer.factories.factory import Factory

API = load("bundled")
ANYWHERE = "10.0.0.1:0"


@pytest.fixture
def request_of(stigmer_factory: Factory) -> Callable[..., Any]:
    """Give a function that makes a push request of the bundled generation."""

    def make(**fields: Any) -> Any:
        request = stigmer_factory.push_request(**{"name": "Calculator", **fields})
        return API.PushSkillRequest.FromString(request.SerializeToString())

    return make


def test_the_ready_line_is_all_of_standard_output(
    serving: Any, connected: Any, request_of: Callable[..., Any], tmp_path: Path
) -> None:
    """It has address, pid and database; calls are logged to standard error; SIGTERM gives 0."""
    ready_file = tmp_path / "ready.json"
    with serving("--ready-file", str(ready_file), token=True) as served:
        told = json.loads(ready_file.read_text())
        assert (told.pop("token") != "", told) == (True, served.ready)
        assert ready_file.stat().st_mode & 0o777 == 0o600
        assert served.ready["pid"] == served.process.pid
        host, _, port = served.address.partition(":")
        assert (host, port.isdecimal()) == ("127.0.0.1", True)
        assert Path(served.ready["database"]).is_file()
        with connected(served.address) as client:
            client().skills.push(request_of())
            with pytest.raises(StatusError):
                client().skills.get(API.SkillId(value="skl-1"))
        served.process.send_signal(signal.SIGTERM)
        code, out, log = served.end()
    assert (code, out) == (0, "")
    lines = [line.split(" ", 1)[1] for line in log.splitlines()]
    assert lines[0].startswith("push OK (")
    assert lines[1].startswith("get NOT_FOUND: Skill not found: skl-1 (")
    assert not Path(served.ready["database"]).exists()


def test_ctrl_c_stops_it_cleanly(serving: Any) -> None:
    """SIGINT gives exit code 0 and no traceback."""
    with serving() as served:
        served.process.send_signal(signal.SIGINT)
        assert served.end() == (0, "", "")


STOPPED_IN_ANOTHER_THREAD = """
import signal, sys, threading
from pytest_stigmer.cli import main

def stop():
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

announce = sys.stdout.write
sys.stdout.write = lambda text: threading.Timer(0.2, stop).start() or announce(text)
sys.exit(main(["serve", "--quiet"]))
"""


def test_a_signal_stops_it_whichever_thread_gets_it() -> None:
    """The system may hand SIGTERM to a thread of gRPC's; the server ends all the same."""
    command = [sys.executable, "-c", STOPPED_IN_ANOTHER_THREAD]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=15)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_given_database_stays(
    serving: Any, connected: Any, request_of: Callable[..., Any], tmp_path: Path
) -> None:
    """What was pushed before a stop is served after the next start, artifact included."""
    database = tmp_path / "kept.db"
    with serving("--database", str(database)) as served, connected(served.address) as client:
        pushed = client().skills.push(request_of())
        served.process.terminate()
        served.end()
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT id FROM resources").fetchall() == [(pushed.metadata.id,)]
    with serving("--database", str(database)) as served, connected(served.address) as client:
        key = API.GetArtifactRequest(artifact_storage_key=pushed.status.artifact_storage_key)
        assert client().skills.get(API.SkillId(value=pushed.metadata.id)) == pushed
        assert client().skills.get_artifact(key).artifact


def test_the_clock_may_start_frozen(
    serving: Any, connected: Any, request_of: Callable[..., Any]
) -> None:
    """Every namespace starts at the instant of --clock."""
    instant = "2026-01-25T10:00:00.100Z"
    with serving("--clock", instant) as served, connected(served.address) as client:
        for namespace in ("", "worker-1"):
            pushed = client(namespace).skills.push(request_of())
            assert pushed.status.audit.spec_audit.created_at.ToJsonString() == instant


def test_it_stands_in_for_a_server_with_defects(
    serving: Any, connected: Any, request_of: Callable[..., Any]
) -> None:
    """All defects that were asked for are in place; without a control API nobody steers it."""
    defects = ("slug-keeps-case", "state-stays-uploading")
    with (
        serving("--no-control", "--quiet", "--defect", *defects, token=True) as served,
        connected(served.address) as client,
    ):
        assert "token" not in served.ready
        pushed = client().skills.push(request_of(org="acme"))
        assert pushed.metadata.slug == "Calculator"
        assert API.SkillState.Name(pushed.status.state) == "SKILL_STATE_UPLOADING"
        with pytest.raises(StatusError, match="unknown service"):
            client().control.call("GetClock")


def test_a_locale_of_ascii_alone_is_enough(serving: Any, connected: Any, tmp_path: Path) -> None:
    """A database with another name is served, and the log shows what cannot be written there."""
    database = tmp_path / "técnica.db"
    locale = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    with serving("--database", str(database), **locale) as served:
        assert os.fsencode(served.ready["database"]) == os.fsencode(database)
        with connected(served.address) as client, pytest.raises(StatusError, match="技"):
            client().skills.get(API.SkillId(value="技"))
        served.process.terminate()
        assert "Skill not found: \\u6280" in served.end()[2]
    assert database.exists()


def test_a_command_prints_in_ascii_what_it_cannot_write(tmp_path: Path) -> None:
    """No output ends in a traceback, whatever the terminal can show."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest_stigmer.cli", "new", "é"],
        capture_output=True,
        check=False,
        timeout=30,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"wrote \xe9.scenario.yaml" in done.stdout


CHILD = """
import subprocess, sys
serve = [sys.executable, "-m", "pytest_stigmer.cli", "serve", "--exit-with-parent"]
child = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
print(child.stdout.readline(), end="", flush=True)
sys.stdin.readline()
"""


def test_it_ends_with_its_parent_when_asked_to() -> None:
    """Its standard error, which it alone still holds, closes soon after its parent was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = json.loads(parent.stdout.readline())["pid"]
        os.kill(pid, 0)
        parent.kill()
        _, err = parent.communicate(timeout=10)
    assert err == ""


def test_a_taken_port_is_a_usage_error(serving: Any) -> None:
    """The second server says which address is taken and exits with 2."""
    with serving() as served:
        port = served.address.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-m", "pytest_stigmer.cli", "serve", "--port", port],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert (second.returncode, second.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--defect", "slug-keeps-cases"), "did you mean 'slug-keeps-case'"),
        (("--clock", "noon"), "--clock: 'noon' is not an instant"),
        (
            ("--port", "65536"),
            "--port: 65536 is no port: give 1 to 65535, or 0, which takes a free",
        ),
        (("--port", "-1"), "--port: -1 is no port"),
        (("--host", "10.0.0.1"), "can be reached from other machines: give --listen"),
        (("--listen", "10.0.0.1"), "'10.0.0.1' is not HOST:PORT"),
        (("--listen", ANYWHERE), "give --tls-certificate and --tls-key, and leave out"),
        (
            ("--listen", ANYWHERE, "--tls-certificate", "a", "--tls-key", "b", "--no-token"),
            "others can reach this address",
        ),
        (("--listen", ANYWHERE, "--unix", "socket"), "a server listens on one"),
        (("--unix", "x" * 120), "is longer than the 107 bytes"),
        (("--unix", "no/folder/socket"), "there is no folder"),
        pytest.param(("--unix", __file__), "exists and is not a socket", id="no socket"),
        pytest.param(
            ("--tls-key", __file__, "--tls-certificate", __file__),
            f"--tls-certificate: {__file__} holds no certificate in PEM form",
            id="no PEM",
        ),
        (("--tls-key", "key.pem"), "TLS needs both: --tls-certificate and --tls-key"),
        (
            ("--tls-key", "no.pem", "--tls-certificate", "no.pem"),
            "No such file or directory: 'no.pem'",
        ),
    ],
)
def test_options_that_cannot_be_followed_are_usage_errors(
    options: tuple[str, ...], text: str
) -> None:
    """Exit code 2 and one line that names the option."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest_stigmer.cli", "serve", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1
