"""Honest and hostile clients on one server: `python -m tests.service.soak --minutes 10`.

Prints, for the start, the middle and the end, how many honest calls were made, their median and
99th percentile, and the server's resident memory and open files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import grpc
from tests.service.raw_client import RawClient

from pytest_stigmer.api.generation import load
from pytest_stigmer.errors import StatusError
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.service.handlers import NAMESPACE_KEY
from pytest_stigmer.service.transport import ControlClient, GrpcTransport, open_channel
from pytest_stigmer.skills.endpoint import SkillClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

API = load("bundled")
PUSH, GET = API.methods["push"].path, API.methods["get"].path
HONEST = 3
LARGE = 9 * 1024 * 1024


@dataclass
class Sample:
    """What was seen in one part of the run."""

    calls: int
    median: float
    p99: float
    slowest: float
    resident: int
    files: int

    def line(self, name: str) -> str:
        """Return the row of a table."""
        return (
            f"{name:<7} {self.calls:6} calls  median {self.median * 1000:6.1f} ms  "
            f"p99 {self.p99 * 1000:7.1f} ms  slowest {self.slowest * 1000:7.1f} ms  "
            f"{self.resident:5} MB  {self.files:4} files"
        )


@contextmanager
def server() -> Iterator[dict[str, Any]]:
    """Give the ready line of a server in a process of its own."""
    command = [sys.executable, "-m", "pytest_stigmer.cli", "serve", "--quiet", "--namespaces", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def honest(
    address: str, number: int, until: float, seen: list[tuple[float, float]], failed: list[str]
) -> None:
    """Push and read back until the time is up; note when each call ended and how long it took."""
    with closing(open_channel(address)) as channel:
        metadata = ((NAMESPACE_KEY, f"honest-{number}"),)
        skills = SkillClient(API, GrpcTransport(channel, API, metadata=metadata))
        data = artifact(skill_md=f"# {number}", files={})

        def timed(call: Callable[[Any], Any], request: Any) -> Any:
            start = time.monotonic()
            try:
                answer = call(request)
            except StatusError as error:
                failed.append(f"{error} after {time.monotonic() - start:.2f} s")
                raise
            seen.append((time.monotonic(), time.monotonic() - start))
            return answer

        turn = 0
        while time.monotonic() < until:
            turn += 1
            request = API.PushSkillRequest(name=f"S {turn % 50}", artifact=data)
            pushed = timed(skills.push, request)
            found = timed(skills.get, API.SkillId(value=pushed.metadata.id))
            assert found == pushed
            time.sleep(0.02)


def half_sent(address: str, _: str) -> None:
    """Leave requests half-sent, on one connection or many, and go away."""
    clients = [RawClient(address) for _ in range(20)]
    for client in clients:
        for _ in range(20):
            client.half_send(PUSH, length=LARGE)
    time.sleep(0.5)
    for client in clients:
        client.close()


def noise(address: str, _: str) -> None:
    """Send bytes of no protocol, and hold connections that say nothing."""
    chance = random.Random()  # noqa: S311 - bytes, not secrets
    held = [RawClient(address) for _ in range(50)]
    for client in held[:20]:
        with suppress(OSError):
            client._socket.sendall(chance.randbytes(3000))
    time.sleep(0.5)
    for client in held:
        client.close()


def late(address: str, token: str) -> None:
    """Inject an hour of latency, call, and cancel."""
    with closing(open_channel(address)) as channel:
        shown = (("authorization", f"Bearer {token}"),)
        ControlClient(channel, namespace="late", metadata=shown).call(
            "InjectFault", latency="1h", times=50
        )
        get = channel.unary_unary(GET)
        calls = [
            get.future(b"\x0a\x01x", timeout=60, metadata=((NAMESPACE_KEY, "late"),))
            for _ in range(50)
        ]
        time.sleep(0.3)
        for call in calls:
            call.cancel()
        ControlClient(channel, namespace="late", metadata=shown).call("ClearFaults")


def large(address: str, _: str) -> None:
    """Push nine mebibytes four times at once, over and over the same ones."""
    content = random.Random(1).randbytes(LARGE)  # noqa: S311 - bytes, not secrets
    request = API.PushSkillRequest(
        name="Large", artifact=artifact(skill_md="#", files={"x": content})
    )
    with closing(open_channel(address)) as channel:
        data, push = request.SerializeToString(), channel.unary_unary(PUSH)
        calls = [push.future(data, metadata=((NAMESPACE_KEY, "large"),)) for _ in range(4)]
        for call in calls:
            with suppress(grpc.RpcError):
                call.result()


def many(address: str, token: str) -> None:
    """Ask for more namespaces than there may be, with long names; steer without the token."""
    with closing(open_channel(address)) as channel:
        for number in range(100):
            control = ControlClient(channel, namespace=f"many-{number}")
            shown = (("authorization", f"Bearer {token}"),) if number % 2 else ()
            control = ControlClient(channel, namespace=f"many-{number}", metadata=shown)
            for method in ("Snapshot", "Drop"):
                with suppress(StatusError):
                    control.call(method)
        for text in ("x" * 20_000, "技" * 20_000):
            with suppress(grpc.RpcError):
                channel.unary_unary(GET)(API.SkillId(value=text).SerializeToString(), timeout=30)


HOSTILE = (half_sent, noise, late, large, many)


def hostile(address: str, token: str, seconds: float) -> None:
    """Run every hostile client, over and over, each in a thread."""
    until = time.monotonic() + seconds

    def again(act: Callable[[str, str], None]) -> None:
        while time.monotonic() < until:
            # What the server refuses, or cuts off, is what they are here for.
            with suppress(OSError, StatusError, grpc.RpcError):
                act(address, token)

    threads = [Thread(target=again, args=(act,), daemon=True) for act in HOSTILE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)


def soak(seconds: float) -> list[Sample]:
    """Run for so long; return what was seen in the first, the middle and the last part."""
    with server() as ready:
        seen: list[tuple[float, float]] = []
        failed: list[str] = []
        start = time.monotonic()
        command = [sys.executable, "-m", "tests.service.soak", "--hostile", ready["address"]]
        command += ["--token", ready["token"], "--minutes", str(seconds / 60)]
        others = subprocess.Popen(command)
        arguments = [
            (ready["address"], number, start + seconds, seen, failed) for number in range(HONEST)
        ]
        threads = [Thread(target=honest, args=given) for given in arguments]
        for thread in threads:
            thread.start()
        samples = []
        for part in (1, 2, 3):
            time.sleep(max(0.0, start + seconds * part / 3 - time.monotonic()))
            end = start + seconds * part / 3
            took = [one for at, one in list(seen) if end - seconds / 3 <= at < end]
            samples.append(_sample(took, ready["pid"]))
        for thread in threads:
            thread.join()
        others.wait()
        assert not failed, failed
        return samples


def _sample(took: list[float], pid: int) -> Sample:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return Sample(
        len(took),
        statistics.median(took),
        statistics.quantiles(took, n=100)[98],
        max(took),
        int(resident.split()[1]) // 1024,
        len(list(Path(f"/proc/{pid}/fd").iterdir())),
    )


def main() -> None:
    """Run the soak, or the hostile half of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--hostile", metavar="ADDRESS")
    parser.add_argument("--token", default="")
    given = parser.parse_args()
    if given.hostile:
        hostile(given.hostile, given.token, given.minutes * 60)
        return
    print(f"{HONEST} honest clients, {len(HOSTILE)} hostile ones, {os.cpu_count()} cores")  # noqa: T201
    for name, sample in zip(("start", "middle", "end"), soak(given.minutes * 60), strict=True):
        print(sample.line(name))  # noqa: T201


if __name__ == "__main__":
    main()
