"""Pushes of this tree and of another checkout in turn, each in a process of its own.

`python -m tests.benchmarks.against CHECKOUT` prints the median of the paired ratios; CHECKOUT has
an environment of its own in `.venv`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.promise import measure

_ROUNDS = 200
_PUSHER = """
import sys, time
from pytest_stigmer.api.generation import load
from pytest_stigmer.factories.artifacts import artifact
try:
    from pytest_stigmer.registry.registry import Registry as opened
except ImportError:
    from pytest_stigmer.assembly import assemble as opened
api = load("bundled")
with opened(sys.argv[1], generation=api) as parts:
    client = parts.client()
    for number, files in enumerate(sys.stdin):
        many = {f"docs/{n}.md": f"# {n} of {number}" for n in range(int(files))}
        data = artifact(skill_md=f"# {number}", files=many)
        request = api.PushSkillRequest(name="Calc", artifact=data)
        print("ready", flush=True)
        sys.stdin.readline()
        print(client.push(request).status.version_hash, flush=True)
"""


class Pusher:
    """A registry of one checkout that pushes when asked to; the request is made beforehand."""

    def __init__(self, tree: Path, folder: str, files: int) -> None:
        command = [tree / ".venv/bin/python", "-c", _PUSHER, f"{folder}/{tree.name}-{files}.db"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tree
        )
        self._files = files
        self.prepare()

    def prepare(self) -> None:
        """Let the next request be made, and wait for it."""
        self._ask(str(self._files))

    def push(self) -> str:
        """Push, and return the version hash."""
        return self._ask("now")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _ask(self, word: str) -> str:
        asked, answers = self._process.stdin, self._process.stdout
        assert asked
        assert answers
        asked.write(f"{word}\n")
        asked.flush()
        return answers.readline()


def main(other: Path) -> None:
    """Compare small pushes, and those of a thousand files."""
    here = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder:
        for files in (0, 1000):
            trees = [Pusher(tree, folder, files) for tree in (other, here)]
            theirs, ours = trees
            promise = measure(
                f"push of {files + 1} files here",
                ours.push,
                f"in {other}",
                theirs.push,
                limit=1,
                rounds=_ROUNDS,
                between=lambda both=trees: [each.prepare() for each in both],
            )
            print(promise.line())  # noqa: T201
            for each in trees:
                each.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
