"""A headless Chromium driven over its debugging pipe, with nothing but the standard library.

The protocol: JSON messages ended by a NUL byte, read by the browser from descriptor 3 and written
to descriptor 4 (chromium.org/developers/design-documents, remote debugging pipe).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # a container's root may not make the sandbox's namespaces
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_CHUNK = 1 << 16
_TRIES = 5_000
# Gives the pipes the numbers that the browser expects, and becomes the browser.
_LAUNCH = """
import os, sys
first, second = (os.dup(os.dup(int(number))) for number in sys.argv[1:3])
os.dup2(first, 3)
os.dup2(second, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def executable() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One browser with one tab; what the page complained about is in `complaints`."""

    def __init__(self, program: str, *, width: int = 1400, height: int = 1000) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._sent = 0
        self._messages: deque[dict[str, Any]] = deque()
        self._rest = b""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = self._start(program, f"--window-size={width},{height}")
        self._session: str | None = None
        page = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self.resize(width, height)

    def _start(self, program: str, *flags: str) -> subprocess.Popen[bytes]:
        browser_in, self._out = os.pipe()
        self._in, browser_out = os.pipe()
        profile = f"--user-data-dir={self._profile.name}"
        pipes = (str(browser_in), str(browser_out))
        process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *pipes, program, *_FLAGS, *flags, profile],
            pass_fds=(browser_in, browser_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(browser_in)
        os.close(browser_out)
        return process

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file and wait until it has."""
        self._call("Page.navigate", url=path.as_uri() + fragment)
        self.until("document.readyState === 'complete'")

    def until(self, condition: str) -> None:
        """Wait for a JavaScript condition; raise AssertionError when it stays false."""
        for _ in range(_TRIES):
            if self.evaluate(condition):
                return
        raise AssertionError(condition)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; raise AssertionError for an exception."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def prefer(self, theme: str) -> None:
        """Set what the system prefers: light or dark."""
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self._call("Emulation.setEmulatedMedia", features=features)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window's inside, in pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def press(self, key: str) -> None:
        """Press and release a key on the keyboard."""
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, **_KEYS[key])

    def screenshot(self, path: Path) -> Path:
        """Write what the window shows as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))
        return path

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        self._process.terminate()
        self._process.wait(10)
        os.close(self._in)
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _receive(self) -> dict[str, Any]:
        while not self._messages:
            data = os.read(self._in, _CHUNK)
            assert data, "the browser has ended"
            *whole, self._rest = (self._rest + data).split(b"\0")
            self._messages.extend(json.loads(part) for part in whole)
        return self._messages.popleft()

    def _note(self, event: dict[str, Any]) -> None:
        method, told = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(str(told["entry"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning"):
            self.complaints.append(str(told["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


_KEYS: dict[str, dict[str, Any]] = {
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "Tab": {"windowsVirtualKeyCode": 9},
}
