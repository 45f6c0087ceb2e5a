"""Run every benchmark of this folder: `python -m tests.benchmarks [NAME...]`, for instance `store`.

Each `bench_NAME.py` has a function `promises()` that returns what it measured. The exit status is 1
when a promised ratio was missed.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.promise import Promise

_FOLDER = Path(__file__).parent


def _promises(names: list[str]) -> Iterator[Promise]:
    for path in sorted(_FOLDER.glob("bench_*.py")):
        if not names or path.stem.removeprefix("bench_") in names:
            module = importlib.import_module(f"tests.benchmarks.{path.stem}")
            yield from module.promises()


def main(names: list[str]) -> int:
    """Print one line per promise as soon as it is measured; return the exit status."""
    outcomes = []
    for promise in _promises(names):
        print(promise.line(), flush=True)  # noqa: T201
        outcomes.append(promise.kept)
    print(f"{sum(outcomes)} of {len(outcomes)} promises kept")  # noqa: T201
    return 0 if outcomes and all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
