"""What finding a skill by its slug costs among few and many; cold reads are shown, not promised."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.promise import Promise, measure

from pytest_stigmer.api.generation import load
from pytest_stigmer.registry.registry import Registry
from pytest_stigmer.store.bulk import load_resources
from pytest_stigmer.store.sqlite import SqliteStore
from pytest_stigmer.store.translation import ResourceRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FEW, MORE, MANY = 100, 10_000, 100_000
_ANY = float("inf")


def promises() -> Iterator[Promise]:
    """Measure and return the promises of references."""
    with tempfile.TemporaryDirectory(prefix="stigmer-bench-") as folder, ExitStack() as stack:
        few, more, many = (
            stack.enter_context(_filled(Path(folder) / f"{count}.db", count))
            for count in (FEW, MORE, MANY)
        )
        for parts, count in ((more, MORE), (many, MANY)):
            yield measure(
                f"reference among {count:,} skills, warm",
                _lookup(parts),
                f"the same among {FEW}",
                _lookup(few),
                limit=1.3,
                rounds=1000,
            )
        for what, disturb in (("cold", _reopened), ("after a foreign write", _written)):
            yield measure(
                f"reference among {MANY:,} skills, {what}",
                disturb(many),
                f"the same among {FEW}",
                disturb(few),
                limit=_ANY,
                rounds=3,
            )


def _lookup(parts: Registry) -> Callable[[], object]:
    client = parts.client()
    reference = parts.generation.ApiResourceReference(slug="skill-7", org="acme")
    return lambda: client.get_by_reference(reference)


def _reopened(parts: Registry) -> Callable[[], object]:
    """Return a lookup in a registry just opened, so that all skills are read."""

    def once() -> None:
        with Registry(parts.store.path, generation=parts.generation) as fresh:
            _lookup(fresh)()

    return once


def _written(parts: Registry) -> Callable[[], object]:
    """Return a lookup after another connection's commit, so that all skills are read again."""
    lookup = _lookup(parts)

    def once() -> None:
        with SqliteStore(parts.store.path) as other:
            other.save_resource("agent", "agt-1", parts.generation.SkillId(value="x"))
        lookup()

    return once


def _filled(path: Path, count: int) -> Registry:
    parts = Registry(path, generation=load("bundled"))
    load_resources(parts.store, [_skill(parts, number) for number in range(count)])
    return parts


def _skill(parts: Registry, number: int) -> ResourceRow:
    skill = parts.generation.Skill(
        metadata={"slug": f"skill-{number}", "org": "acme", "id": f"skl-{number:06d}"},
        spec={"skill_md": "# A skill of ordinary length\n" * 20},
        status={"version_hash": f"{number:064x}"},
    )
    return ResourceRow("skill", skill.metadata.id, skill.SerializeToString())
