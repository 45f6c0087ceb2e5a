"""What a push in process costs over what any push must do.

The floor writes no artifact; making that file is over a third of a small push.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.promise import Promise, measure

from pytest_stigmer.api.generation import load
from pytest_stigmer.factories.artifacts import artifact
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.skills.archive import ArchiveReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_SMALL = "# Calculator\n"
_LARGE = "".join(f"{number * 7919:09d}\n" for number in range(100_000))
_ROUNDS = 100


def promises() -> Iterator[Promise]:
    """Measure and return the promises of pushing."""
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder:
        yield _new_content(Path(folder) / "small", "push of 400 bytes", _SMALL, limit=8)
        yield _new_content(Path(folder) / "large", "push of 1 MB", _LARGE, limit=3)


def _new_content(folder: Path, name: str, skill_md: str, *, limit: float) -> Promise:
    api = load("bundled")
    with Registry(folder / "a.db", generation=api) as ours, Registry(folder / "b.db") as least:
        client = ours.client()
        artifacts = (artifact(skill_md=f"{skill_md}{n}") for n in itertools.count())
        requests = (api.PushSkillRequest(name="Calc", artifact=data) for data in artifacts)
        prepared = list(itertools.islice(requests, _ROUNDS + 10))
        pushes = iter(prepared)
        return measure(
            name,
            lambda: client.push(next(pushes)),
            "hash, archive check, 2 inserts at once",
            _floor(least, prepared[0].artifact),
            limit=limit,
            rounds=_ROUNDS,
        )


def _floor(parts: Registry, data: bytes) -> Callable[[], None]:
    """Return a function that does what no push can do without, and no more."""
    reader = ArchiveReader()
    connection = parts.store.connection
    audit = "INSERT INTO resource_audit (kind, resource_id, data) VALUES ('skill', 'a', ?)"
    save = "INSERT OR REPLACE INTO resources (kind, id, data) VALUES ('skill', 'a', ?)"

    def floor() -> None:
        # The reader hashes the artifact too.
        reader.read(data)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(audit, (data,))
        connection.execute(save, (data,))
        connection.execute("COMMIT")

    return floor
