"""The shell example, run as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("drive_serve.sh")


def _curl_speaks_http2() -> bool:
    curl = shutil.which("curl")
    return bool(curl) and b"HTTP2" in subprocess.check_output([str(curl), "--version"])


@pytest.mark.skipif(not _curl_speaks_http2(), reason="needs a curl with HTTP/2")
def test_a_shell_and_curl_drive_the_service() -> None:
    """Health, the control API and a refused call, from a process that knows only bytes."""
    harness = f"{sys.executable} -m pytest_stigmer.cli"
    done = subprocess.run(
        ["sh", str(SCRIPT)],
        env={**os.environ, "STIGMER_HARNESS": harness},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "health: 0",
        "clock: 0",
        "get: 5 Skill not found: skl-missing",
        "1",
    ]
