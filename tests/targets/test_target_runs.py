"""pytest runs with `--stigmer-target`, as a user starts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FLOWS = str(Path(__file__).parent / "flows")
USES_FLOW = """
    def test_one(stigmer_flow):
        pushed = stigmer_flow.push(name="Calculator", tag="stable", skill_md="# one")
        assert stigmer_flow.get_by_reference(slug="calculator", version="stable") == pushed
        assert pushed.metadata.slug == "calculator"

    def test_two(stigmer_flow):
        test_one(stigmer_flow)
"""
DEAD_PROXY = "http://127.0.0.1:9"


@pytest.fixture
def outcomes(pytester: pytest.Pytester) -> Any:
    """Give a function that runs the flows on a target, two workers, and returns the outcomes."""
    pytester.makepyfile(USES_FLOW)

    def run(target: str) -> dict[str, int]:
        arguments = ("-n", "2", "--stigmer-target", target, FLOWS, ".", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess(*arguments).parseoutcomes()

    return run


def test_service_and_server_have_the_outcomes_of_local(
    serving: Any, outcomes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under xdist, and with a dead proxy in the environment, all flows pass as in process."""
    for name in ("no_grpc_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving("--port", "0", "--quiet") as served:
        for name in ("http_proxy", "https_proxy", "grpc_proxy"):
            monkeypatch.setenv(name, DEAD_PROXY)
        assert outcomes("service") == {"passed": 8}
        assert outcomes(served.address) == {"passed": 6, "skipped": 2}


KILLS_THE_SERVER = """
    import os, signal

    def pytest_runtest_teardown(item, nextitem):
        if nextitem is not None and "organisations" in item.nodeid:
            os.kill({pid}, signal.SIGKILL)
"""


def test_a_run_outlives_its_server(serving: Any, pytester: pytest.Pytester, tmp_path: Path) -> None:
    """Killed after the second scenario, it costs the rest one line each, and the run ends."""
    with serving("--quiet", TMPDIR=str(tmp_path)) as served:
        pytester.makepyfile(killer=KILLS_THE_SERVER.format(pid=served.ready["pid"]))
        result = pytester.runpytest_subprocess(
            "--stigmer-target", served.address, FLOWS, "-rN", "-p", "no:randomly", "-p", "killer"
        )
        served.process.wait(10)
    result.assert_outcomes(passed=2, failed=2, skipped=2)
    pages = " ".join(result.stdout.str().partition("\nRED ")[0].split())
    assert pages.count(f"the server {served.address} was lost at SetClock (UNAVAILABLE: ") == 2
    assert pages.count("nothing more is sent to it in this run") == 2
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*left behind*")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--stigmer-deadline", "0"), "--stigmer-deadline '0' is not a positive number of seconds"),
        (("--stigmer-tls-ca", "no.pem"), "--stigmer-tls-ca 'no.pem' is not a file"),
        (("--stigmer-defect", "order-trusts-clock"), "needs a registry of our own"),
    ],
)
def test_options_that_cannot_be_followed_are_usage_errors(
    pytester: pytest.Pytester, options: tuple[str, ...], text: str
) -> None:
    """Nothing runs; the line names the option."""
    result = pytester.runpytest_subprocess("--stigmer-target", "127.0.0.1:1", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert text in result.stderr.str()


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_server_that_is_not_there_is_one_line_and_no_red_test(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    """It is a usage error of the run: a thousand red pages would say no more."""
    pytester.makepyfile(USES_FLOW)
    options = ("--stigmer-target", "127.0.0.1:1", "--stigmer-deadline", "0.2", *workers)
    result = pytester.runpytest_subprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: no server answers at 127.0.0.1:1 within 0.2 s" in result.stderr.str()
    result.stdout.no_fnmatch_line("*FAILED*")


def test_credentials_show_nowhere(
    serve_plain: Any, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """Neither header nor failure tells the token."""
    pytester.makepyfile(FAILS)
    with serve_plain(tmp_path) as server:
        options = ("--stigmer-target", server.address, "--stigmer-token", "secret-key")
        result = pytester.runpytest_subprocess(*options)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "secret-key" not in result.stdout.str() + result.stderr.str()


INTERRUPTED = """
    import os, signal

    # A shell that starts a run in the background has Ctrl-C ignored there, which is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def test_one(stigmer_flow):
        stigmer_flow.push(name="Calculator", org="acme", skill_md="# one")
        os.kill(os.getpid(), signal.SIGINT)
        stigmer_flow.push(name="Never", skill_md="# two")

    def test_two(stigmer_flow):
        raise AssertionError("the run goes on")
"""


def test_ctrl_c_leaves_nothing_on_a_server_of_others(
    serve_plain: Any, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """What the interrupted test had made is deleted before the run ends."""
    pytester.makepyfile(INTERRUPTED)
    with serve_plain(tmp_path) as server:
        result = pytester.runpytest_subprocess(
            "--stigmer-target", server.address, "-p", "no:randomly"
        )
        calls = server.called
        assert server.listed() == []
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert calls == ["push", "delete"]


FAILS = """
    def test_one(stigmer_flow):
        pushed = stigmer_flow.push(name="Calculator", skill_md="# one")
        assert pushed.metadata.name == "Computer"
"""


def test_a_failed_test_leaves_nothing_on_a_server_of_others(
    serve_plain: Any, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """Its skill is deleted; the failure shows the name that the test gave."""
    pytester.makepyfile(FAILS)
    with serve_plain(tmp_path) as server:
        result = pytester.runpytest_subprocess("--stigmer-target", server.address)
        assert server.listed() == []
        assert server.called == ["push", "delete"]
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*'Calculator' == 'Computer'*"])
